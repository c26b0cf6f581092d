import { lastPart, parseArn } from "../../ground/arn.ts";
import type { Need, RightsTable } from "../kit/rights.ts";
import { taggedKind, toTagList, type TagCall, type Tagging } from "../kit/tagging.ts";
import { defineService, type CallContext } from "../service.ts";
import type { Members } from "../kit/members.ts";
import { accessKeyHandlers, otherCredentialHandlers } from "./access-keys.ts";
import { accountHandlers } from "./account.ts";
import { iamArn } from "./entities.ts";
import { entityPolicyHandlers } from "./entity-policies.ts";
import { invalidInput } from "./faults.ts";
import { groupHandlers, groupPolicyHandlers } from "./groups.ts";
import { instanceProfileHandlers } from "./instance-profiles.ts";
import { managedPolicyVersionHandlers } from "./managed-policy-versions.ts";
import { managedPolicyHandlers } from "./managed-policies.ts";
import { oidcProviderHandlers, providerArn } from "./oidc-providers.ts";
import { policySimulatorHandlers } from "./policy-simulator.ts";
import { roleHandlers } from "./roles.ts";
import { serviceLinkedRoleHandlers } from "./service-linked-roles.ts";
import { groups, instanceProfiles, managedPolicies, oidcProviders, roles, users } from "./state.ts";
import { userHandlers } from "./users.ts";

/** By how ARNs call a kind: how its operations do, the member that names one, and whether that takes the ARN. */
const KINDS: Readonly<Record<string, readonly [name: string, member: string, byArn?: true]>> = {
  role: ["Role", "RoleName"],
  user: ["User", "UserName"],
  "instance-profile": ["InstanceProfile", "InstanceProfileName"],
  policy: ["Policy", "PolicyArn", true],
  "oidc-provider": ["OpenIDConnectProvider", "OpenIDConnectProviderArn", true],
};

/**
 * Users and roles are tagged by their ARNs, and not found by their tags.
 * https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html
 */
const tagging: Tagging<CallContext> = {
  kinds: [taggedKind(managedPolicies), taggedKind(instanceProfiles), taggedKind(oidcProviders)],
  tag: (arn, tags) => call("Tag", arn, { Tags: toTagList(tags) }),
  untag: (arn, TagKeys) => call("Untag", arn, { TagKeys }),
};

/** @throws AwsError `InvalidInput` for an ARN of something that has no tags */
function call(verb: string, arn: string, given: object): TagCall {
  const path = parseArn(arn)?.resource.split("/") ?? [];
  const [name, member, byArn] = KINDS[path[0] ?? ""] ?? [];
  if (name === undefined) throw invalidInput(`ARN ${arn} is not valid.`);
  return {
    operation: `${verb}${name}`,
    input: { [member!]: byArn ? arn : path.at(-1), ...given },
  };
}

interface Entity {
  readonly arn: string;
  readonly tags?: readonly { readonly Key: string; readonly Value: string }[];
}

/** The ARN of an entity, with its path where it is there. */
const entity =
  (kind: "role" | "user" | "group" | "instance-profile", member: string) =>
  (
    input: Readonly<Record<string, string | undefined>>,
    { store, account, principal }: CallContext,
  ) => {
    const kinds = { role: roles, user: users, group: groups, "instance-profile": instanceProfiles };
    const name = input[member];
    // Operations that are about the caller's own user where they name none.
    if (name === undefined)
      return principal.arn.includes(":user/") ? principal.arn : iamArn(account, kind, "/", "*");
    const known = store.of<Entity>(kinds[kind]).get(name);
    return known?.arn ?? iamArn(account, kind, input["Path"] ?? "/", name);
  };

const listed =
  (kind: string) =>
  ({ PathPrefix: prefix = "/" }: { PathPrefix?: string }, { account }: CallContext) =>
    iamArn(account, kind, prefix, "");

const serviceRole = (
  { AWSServiceName: name }: { AWSServiceName: string },
  { account }: CallContext,
) => `arn:aws:iam::${account}:role/aws-service-role/${name}/*`;

/** A policy, a boundary, and the service that a role is for, as IAM's own condition keys. */
const KEYS: readonly (readonly [member: string, key: string])[] = [
  ["PolicyArn", "iam:PolicyARN"],
  ["PermissionsBoundary", "iam:PermissionsBoundary"],
  ["AWSServiceName", "iam:AWSServiceName"],
];

/** What IAM has to allow who uses IAM. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
const rights: RightsTable<CallContext> = {
  prefix: "iam",
  resources: [
    [
      entity("role", "RoleName"),
      "CreateRole GetRole UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy DeleteRole PutRolePermissionsBoundary DeleteRolePermissionsBoundary TagRole UntagRole ListRoleTags PutRolePolicy GetRolePolicy DeleteRolePolicy ListRolePolicies AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole DeleteServiceLinkedRole",
    ],
    [serviceRole, "CreateServiceLinkedRole"],
    [
      entity("user", "UserName"),
      "CreateUser GetUser UpdateUser DeleteUser TagUser UntagUser ListUserTags PutUserPolicy GetUserPolicy DeleteUserPolicy ListUserPolicies AttachUserPolicy DetachUserPolicy ListAttachedUserPolicies ListGroupsForUser CreateAccessKey ListAccessKeys UpdateAccessKey DeleteAccessKey PutUserPermissionsBoundary DeleteUserPermissionsBoundary ListSSHPublicKeys ListSigningCertificates ListMFADevices ListServiceSpecificCredentials DeleteLoginProfile",
    ],
    [
      entity("group", "GroupName"),
      "CreateGroup GetGroup UpdateGroup DeleteGroup AddUserToGroup RemoveUserFromGroup PutGroupPolicy GetGroupPolicy DeleteGroupPolicy ListGroupPolicies AttachGroupPolicy DetachGroupPolicy ListAttachedGroupPolicies",
    ],
    [
      entity("instance-profile", "InstanceProfileName"),
      "CreateInstanceProfile GetInstanceProfile AddRoleToInstanceProfile RemoveRoleFromInstanceProfile DeleteInstanceProfile TagInstanceProfile UntagInstanceProfile ListInstanceProfileTags",
    ],
    [
      ({ PolicyArn }: { PolicyArn: string }) => PolicyArn,
      "GetPolicy DeletePolicy ListEntitiesForPolicy TagPolicy UntagPolicy ListPolicyTags CreatePolicyVersion GetPolicyVersion ListPolicyVersions SetDefaultPolicyVersion DeletePolicyVersion",
    ],
    [
      (
        { PolicyName, Path = "/" }: { PolicyName: string; Path?: string },
        { account }: CallContext,
      ) => iamArn(account, "policy", Path, PolicyName),
      "CreatePolicy",
    ],
    [
      ({ OpenIDConnectProviderArn: arn }: { OpenIDConnectProviderArn: string }) => arn,
      "GetOpenIDConnectProvider DeleteOpenIDConnectProvider AddClientIDToOpenIDConnectProvider RemoveClientIDFromOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint TagOpenIDConnectProvider UntagOpenIDConnectProvider ListOpenIDConnectProviderTags",
    ],
    [
      ({ Url }: { Url: string }, { account }: CallContext) => providerArn(account, Url),
      "CreateOpenIDConnectProvider",
    ],
    [listed("role"), "ListRoles"],
    [listed("user"), "ListUsers"],
    [listed("group"), "ListGroups"],
    [listed("instance-profile"), "ListInstanceProfiles"],
    [
      ({ PolicySourceArn }: { PolicySourceArn: string }) => PolicySourceArn,
      "SimulatePrincipalPolicy",
    ],
  ],
  needs({ operation, input, context }, usual) {
    const needs: Need[] = [usual];
    if (operation === "AddRoleToInstanceProfile")
      needs.push({
        action: "iam:PassRole",
        on: [entity("role", "RoleName")(input, context)],
        keys: { "iam:PassedToService": "ec2.amazonaws.com" },
      });
    return needs;
  },
  keys({ input, context }) {
    const given = KEYS.flatMap(([member, key]) =>
      typeof input[member] === "string" ? [[key, input[member]] as const] : [],
    );
    // Of an entity that has a boundary already, every change of its policies tells it.
    const known =
      context.store.of(roles).get(input.RoleName ?? "") ??
      context.store.of(users).get(input.UserName ?? "");
    const boundary = known?.permissionsBoundary;
    return {
      ...(boundary !== undefined && { "iam:PermissionsBoundary": boundary }),
      ...Object.fromEntries(given),
    };
  },
  tagsOf(arn, { store }) {
    const name = lastPart(arn);
    const kind = /:(role|user|instance-profile)\//.exec(arn)?.[1];
    const kinds = { role: roles, user: users, "instance-profile": instanceProfiles };
    const found: Entity | undefined =
      kind === undefined
        ? (store.of(managedPolicies).get(arn) ?? store.of(oidcProviders).get(arn))
        : store.of<Entity>(kinds[kind as keyof typeof kinds]).get(name);
    return found?.tags;
  },
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html */
const members: Members = {
  refused: {
    SimulateCustomPolicyRequest:
      "OrderedOrganizationPolicyInputList ResourceOwner ResourceHandlingOption",
    SimulatePrincipalPolicyRequest: "PolicyExclusionList ResourceOwner ResourceHandlingOption",
  },
  meaningless: [
    {
      why: ["There is none that it could choose.", "選べるものがありません。"],
      members: {
        ListServiceSpecificCredentialsRequest: "ServiceName AllUsers",
        ListVirtualMFADevicesRequest: "AssignmentStatus",
      },
    },
  ],
  usedIn: {},
};

/** AWS Identity and Access Management. Providers of SAML, MFA and passwords are not there. */
export const service = defineService({
  id: "iam",
  rights,
  fault: "ServiceFailureException",
  members,
  tagging,
  handlers: {
    ...roleHandlers,
    ...entityPolicyHandlers,
    ...managedPolicyHandlers,
    ...managedPolicyVersionHandlers,
    ...instanceProfileHandlers,
    ...userHandlers,
    ...otherCredentialHandlers,
    ...groupHandlers,
    ...groupPolicyHandlers,
    ...accessKeyHandlers,
    ...accountHandlers,
    ...serviceLinkedRoleHandlers,
    ...oidcProviderHandlers,
    ...policySimulatorHandlers,
  },
});
