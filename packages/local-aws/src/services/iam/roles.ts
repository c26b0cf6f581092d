import type { Role as ApiRole } from "@aws-sdk/client-iam";
import type { Scope } from "../../store/store.ts";
import {
  checkNameIsFree,
  encodeDocument,
  findPolicy,
  iamArn,
  newEntityId,
  requireModifiableRole,
  requireRole,
} from "./entities.ts";
import * as faults from "./faults.ts";
import type { IamHandlers } from "./handlers.ts";
import { paginate } from "./pages.ts";
import { instanceProfiles, type Role, roles } from "./state.ts";
import { withoutTags, withTags } from "./tags.ts";
import { checkTrustPolicy } from "./validate-trust-policy.ts";

const DEFAULT_SESSION_SECONDS = 3600;

/** What every answer says of a role. */
function toListedRole(role: Readonly<Role>): ApiRole {
  return {
    Path: role.path,
    RoleName: role.roleName,
    RoleId: role.roleId,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodeDocument(role.assumeRolePolicyDocument),
    Description: role.description,
    MaxSessionDuration: role.maxSessionDuration,
  };
}

/** What GetRole says beyond that. */
export function toApiRole(role: Readonly<Role>): ApiRole {
  const { lastUsed, permissionsBoundary } = role;
  return {
    ...toListedRole(role),
    PermissionsBoundary:
      permissionsBoundary === undefined
        ? undefined
        : {
            PermissionsBoundaryType: "Policy" as never,
            PermissionsBoundaryArn: permissionsBoundary,
          },
    Tags: role.tags.length > 0 ? [...role.tags] : undefined,
    RoleLastUsed: lastUsed ? { LastUsedDate: new Date(lastUsed.at), Region: lastUsed.region } : {},
  };
}

/** A boundary's ARN, checked to be a policy. */
export function checkedBoundary(scope: Scope, arn: string): string {
  if (!findPolicy(scope, arn))
    throw faults.noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
  return arn;
}

function checkDeletable(scope: Scope, role: Readonly<Role>): void {
  if (role.attachedPolicies.length > 0) throw faults.mustDetachPolicies();
  if (Object.keys(role.inlinePolicies).length > 0) throw faults.mustDeletePolicies();
  if (scope.of(instanceProfiles).find(({ roleNames }) => roleNames.includes(role.roleName)))
    throw faults.deleteConflict(
      "Cannot delete entity, must remove roles from instance profile first.",
    );
}

/** Roles. Their policies are elsewhere. */
export const roleHandlers = {
  CreateRole(input, { store, account, clock }) {
    const { RoleName: roleName, Path: path = "/" } = input;
    checkNameIsFree(store.of(roles).ids(), roleName, () =>
      faults.entityAlreadyExists(`Role with name ${roleName} already exists.`),
    );
    checkTrustPolicy(store, input.AssumeRolePolicyDocument);
    const boundary = input.PermissionsBoundary;
    const role = store.of(roles).put(roleName, {
      roleName,
      roleId: newEntityId("AROA"),
      arn: iamArn(account, "role", path, roleName),
      path,
      assumeRolePolicyDocument: input.AssumeRolePolicyDocument,
      maxSessionDuration: input.MaxSessionDuration ?? DEFAULT_SESSION_SECONDS,
      inlinePolicies: {},
      attachedPolicies: [],
      tags: withTags([], input.Tags),
      createdAt: clock.now(),
      ...(input.Description !== undefined && { description: input.Description }),
      ...(boundary !== undefined && { permissionsBoundary: checkedBoundary(store, boundary) }),
    });
    const { RoleLastUsed: _never, ...answer } = toApiRole(role);
    return { Role: answer };
  },

  GetRole(input, { store }) {
    return { Role: toApiRole(requireRole(store, input.RoleName)) };
  },

  ListRoles(input, { store }) {
    const matching = store.of(roles).filter(({ path }) => path.startsWith(input.PathPrefix ?? "/"));
    const { items, paging } = paginate(matching, input, "roles", ({ arn }) => arn);
    return { Roles: items.map(toListedRole), ...paging };
  },

  UpdateRole(input, { store }) {
    // The description alone of a service-linked role is its account's:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/edit-service-linked-role.html
    const need = input.MaxSessionDuration === undefined ? requireRole : requireModifiableRole;
    const { roleName } = need(store, input.RoleName);
    store.of(roles).patch(roleName, {
      ...(input.Description !== undefined && { description: input.Description }),
      ...(input.MaxSessionDuration !== undefined && {
        maxSessionDuration: input.MaxSessionDuration,
      }),
    });
    return {};
  },

  UpdateRoleDescription(input, { store }) {
    const { roleName } = requireRole(store, input.RoleName);
    const role = store.of(roles).patch(roleName, { description: input.Description });
    return { Role: toListedRole(role) };
  },

  UpdateAssumeRolePolicy(input, { store }) {
    const { roleName } = requireModifiableRole(store, input.RoleName);
    checkTrustPolicy(store, input.PolicyDocument);
    store.of(roles).patch(roleName, { assumeRolePolicyDocument: input.PolicyDocument });
    return {};
  },

  DeleteRole(input, { store }) {
    const role = requireModifiableRole(store, input.RoleName);
    checkDeletable(store, role);
    store.of(roles).delete(role.roleName);
    return {};
  },

  PutRolePermissionsBoundary(input, { store }) {
    const { roleName } = requireModifiableRole(store, input.RoleName);
    const permissionsBoundary = checkedBoundary(store, input.PermissionsBoundary);
    store.of(roles).patch(roleName, { permissionsBoundary });
    return {};
  },

  DeleteRolePermissionsBoundary(input, { store }) {
    const { permissionsBoundary, ...role } = requireModifiableRole(store, input.RoleName);
    if (permissionsBoundary === undefined)
      throw faults.noSuchEntity(
        `Role ${role.roleName} does not have a permissions boundary attached.`,
      );
    store.of(roles).put(role.roleName, role);
    return {};
  },

  TagRole(input, { store }) {
    const { roleName, tags } = requireRole(store, input.RoleName);
    store.of(roles).patch(roleName, { tags: withTags(tags, input.Tags) });
    return {};
  },

  UntagRole(input, { store }) {
    const { roleName, tags } = requireRole(store, input.RoleName);
    store.of(roles).patch(roleName, { tags: withoutTags(tags, input.TagKeys) });
    return {};
  },

  ListRoleTags(input, { store }) {
    const { tags } = requireRole(store, input.RoleName);
    const { items, paging } = paginate(tags, input, "role-tags", ({ Key }) => Key!);
    return { Tags: items, ...paging };
  },
} satisfies IamHandlers;
