import type { Need, RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";
import { iamArn } from "./entities.ts";
import { providerArn } from "./oidc-providers.ts";
import { groups, instanceProfiles, oidcProviders, managedPolicies, roles, users } from "./state.ts";

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
export const rights: RightsTable<CallContext> = {
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
    const name = arn.slice(arn.lastIndexOf("/") + 1);
    const kind = /:(role|user|instance-profile)\//.exec(arn)?.[1];
    const kinds = { role: roles, user: users, "instance-profile": instanceProfiles };
    const found: Entity | undefined =
      kind === undefined
        ? (store.of(managedPolicies).get(arn) ?? store.of(oidcProviders).get(arn))
        : store.of<Entity>(kinds[kind as keyof typeof kinds]).get(name);
    return found?.tags;
  },
};
