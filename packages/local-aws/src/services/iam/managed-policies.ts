import type { Policy } from "@aws-sdk/client-iam";
import type { Scope } from "../../store/store.ts";
import { AWS_MANAGED_POLICIES } from "./aws-managed-policies.ts";
import {
  checkNameIsFree,
  findPolicy,
  iamArn,
  newEntityId,
  requireOwnPolicy,
  requirePolicy,
} from "./entities.ts";
import * as faults from "./faults.ts";
import type { IamHandlers } from "./handlers.ts";
import { paginate } from "./pages.ts";
import { groups, type ManagedPolicy, managedPolicies, roles, users } from "./state.ts";
import { withoutTags, withTags } from "./tags.ts";
import { checkIdentityPolicy, isTooLong } from "./validate-policy.ts";

const isAwsPolicy = (arn: string) => arn.startsWith("arn:aws:iam::aws:");

/** How many roles, users and groups a policy is attached to, or bounds. */
function usesOf(scope: Scope, arn: string): { attachments: number; boundaries: number } {
  const entities = [...scope.of(roles).values(), ...scope.of(users).values()];
  const all = [...entities, ...scope.of(groups).values()];
  return {
    attachments: all.filter(({ attachedPolicies }) => attachedPolicies.includes(arn)).length,
    boundaries: entities.filter(({ permissionsBoundary }) => permissionsBoundary === arn).length,
  };
}

function toApiPolicy(policy: Readonly<ManagedPolicy>, scope: Scope): Policy {
  const { attachments, boundaries } = usesOf(scope, policy.arn);
  return {
    PolicyName: policy.policyName,
    PolicyId: policy.policyId,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.versions.find(({ isDefault }) => isDefault)?.versionId,
    AttachmentCount: attachments,
    PermissionsBoundaryUsageCount: boundaries,
    IsAttachable: true,
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.updatedAt),
  };
}

/** The policies that a List call asks about: AWS's own, the account's, or both. */
function candidates(scope: Scope, which: string | undefined): readonly Readonly<ManagedPolicy>[] {
  const own = scope.of(managedPolicies).values();
  const aws = [...AWS_MANAGED_POLICIES.keys()].map((arn) => findPolicy(scope, arn)!);
  if (which === "Local") return own;
  return which === "AWS" ? aws : [...own, ...aws];
}

function isUsed(scope: Scope, arn: string, usage: string | undefined): boolean {
  const { attachments, boundaries } = usesOf(scope, arn);
  if (usage === "PermissionsBoundary") return boundaries > 0;
  if (usage === "PermissionsPolicy") return attachments > 0;
  return attachments + boundaries > 0;
}

/** Managed policies. Their versions are elsewhere. */
export const managedPolicyHandlers = {
  CreatePolicy(input, { store, account, clock }) {
    const { PolicyName: policyName, Path: path = "/", PolicyDocument: document } = input;
    const names = store
      .of(managedPolicies)
      .values()
      .map((policy) => policy.policyName);
    checkNameIsFree(names, policyName, () =>
      faults.entityAlreadyExists(
        `A policy called ${policyName} already exists. Duplicate names are not allowed.`,
      ),
    );
    checkIdentityPolicy(document);
    if (isTooLong(document)) throw faults.quotaExceeded("PolicySize", 6144);
    const arn = iamArn(account, "policy", path, policyName);
    const now = clock.now();
    const policy = store.of(managedPolicies).put(arn, {
      policyName,
      policyId: newEntityId("ANPA"),
      arn,
      path,
      versions: [{ versionId: "v1", document, isDefault: true, createdAt: now }],
      nextVersion: 2,
      tags: withTags([], input.Tags),
      createdAt: now,
      updatedAt: now,
      ...(input.Description !== undefined && { description: input.Description }),
    });
    return { Policy: { ...toApiPolicy(policy, store), Tags: tagsOf(policy) } };
  },

  GetPolicy(input, { store }) {
    const policy = requirePolicy(store, input.PolicyArn);
    const { description: Description } = policy;
    return { Policy: { ...toApiPolicy(policy, store), Description, Tags: [...policy.tags] } };
  },

  ListPolicies(input, { store }) {
    const matching = candidates(store, input.Scope).filter(
      ({ path, arn }) =>
        path.startsWith(input.PathPrefix ?? "/") &&
        (!input.OnlyAttached || isUsed(store, arn, undefined)) &&
        (input.PolicyUsageFilter === undefined || isUsed(store, arn, input.PolicyUsageFilter)),
    );
    const { items, paging } = paginate(matching, input, "policies", ({ arn }) => arn);
    return { Policies: items.map((policy) => toApiPolicy(policy, store)), ...paging };
  },

  DeletePolicy(input, { store }) {
    const { arn, versions } = requireOwnPolicy(store, input.PolicyArn);
    if (isUsed(store, arn, undefined))
      throw faults.deleteConflict("Cannot delete a policy attached to entities.");
    if (versions.length > 1)
      throw faults.deleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      );
    store.of(managedPolicies).delete(arn);
    return {};
  },

  ListEntitiesForPolicy(input, { store }) {
    const { arn } = requirePolicy(store, input.PolicyArn);
    const uses = (entity: {
      attachedPolicies: readonly string[];
      permissionsBoundary?: string;
      path: string;
    }) =>
      (input.PolicyUsageFilter === "PermissionsBoundary"
        ? entity.permissionsBoundary === arn
        : entity.attachedPolicies.includes(arn)) && entity.path.startsWith(input.PathPrefix ?? "/");
    const wanted = (type: string) =>
      input.EntityFilter === undefined || input.EntityFilter === type;
    // One list of all, as it is cut into pages.
    const entities = [
      ...(wanted("User") ? store.of(users).filter(uses) : []),
      ...(wanted("Group") ? store.of(groups).filter(uses) : []),
      ...(wanted("Role") ? store.of(roles).filter(uses) : []),
    ];
    const { items, paging } = paginate(entities, input, "policy-entities", ({ arn: id }) => id);
    return {
      PolicyGroups: items.flatMap((entity) =>
        "groupName" in entity ? [{ GroupName: entity.groupName, GroupId: entity.groupId }] : [],
      ),
      PolicyUsers: items.flatMap((entity) =>
        "userName" in entity ? [{ UserName: entity.userName, UserId: entity.userId }] : [],
      ),
      PolicyRoles: items.flatMap((entity) =>
        "roleName" in entity ? [{ RoleName: entity.roleName, RoleId: entity.roleId }] : [],
      ),
      ...paging,
    };
  },

  TagPolicy(input, { store }) {
    const { arn, tags } = requireOwnPolicy(store, input.PolicyArn);
    store.of(managedPolicies).patch(arn, { tags: withTags(tags, input.Tags) });
    return {};
  },

  UntagPolicy(input, { store }) {
    const { arn, tags } = requireOwnPolicy(store, input.PolicyArn);
    store.of(managedPolicies).patch(arn, { tags: withoutTags(tags, input.TagKeys) });
    return {};
  },

  ListPolicyTags(input, { store }) {
    if (isAwsPolicy(input.PolicyArn))
      throw faults.invalidInput(`ARN ${input.PolicyArn} is not valid.`);
    const { tags } = requireOwnPolicy(store, input.PolicyArn);
    const { items, paging } = paginate(tags, input, "policy-tags", ({ Key }) => Key!);
    return { Tags: items, ...paging };
  },
} satisfies IamHandlers;

const tagsOf = ({ tags }: Readonly<ManagedPolicy>) => (tags.length > 0 ? [...tags] : undefined);
