import type { AttachedPolicy } from "@aws-sdk/client-iam";
import type { Scope } from "../../store/store.ts";
import { findPolicy, requireModifiableRole, requireRole, requireUser } from "./entities.ts";
import * as faults from "./faults.ts";
import type { IamHandlers } from "./handlers.ts";
import { type PageRequest, paginate } from "./pages.ts";
import { type Role, roles, type User, users } from "./state.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_ATTACHED = 10;

/** The attachments with one more; attaching what is attached changes nothing. */
function attached(
  scope: Scope,
  entity: Readonly<Role | User>,
  arn: string,
  quota: string,
): readonly string[] {
  if (!findPolicy(scope, arn)) throw faults.policyNotAttachable(arn);
  if (entity.attachedPolicies.includes(arn)) return entity.attachedPolicies;
  if (entity.attachedPolicies.length >= MAX_ATTACHED)
    throw faults.quotaExceeded(quota, MAX_ATTACHED);
  return [...entity.attachedPolicies, arn];
}

function detached(entity: Readonly<Role | User>, arn: string): readonly string[] {
  if (!entity.attachedPolicies.includes(arn)) throw faults.policyNotFound(arn);
  return entity.attachedPolicies.filter((one) => one !== arn);
}

function listed(
  scope: Scope,
  entity: Readonly<Role | User>,
  input: PageRequest & { PathPrefix?: string | undefined },
) {
  const policies = entity.attachedPolicies
    .map((arn) => findPolicy(scope, arn))
    .filter((policy) => policy?.path.startsWith(input.PathPrefix ?? "/"))
    .map((policy): AttachedPolicy => ({ PolicyName: policy?.policyName, PolicyArn: policy?.arn }));
  const { items, paging } = paginate(
    policies,
    input,
    "attached-policies",
    ({ PolicyArn }) => PolicyArn!,
  );
  return { AttachedPolicies: items, ...paging };
}

/** Managed policies on roles and users. */
export const attachedPolicyHandlers = {
  AttachRolePolicy(input, { store }) {
    const role = requireModifiableRole(store, input.RoleName);
    const attachedPolicies = attached(store, role, input.PolicyArn, "PoliciesPerRole");
    store.of(roles).patch(role.roleName, { attachedPolicies });
    return {};
  },
  DetachRolePolicy(input, { store }) {
    const role = requireModifiableRole(store, input.RoleName);
    store.of(roles).patch(role.roleName, { attachedPolicies: detached(role, input.PolicyArn) });
    return {};
  },
  ListAttachedRolePolicies(input, { store }) {
    return listed(store, requireRole(store, input.RoleName), input);
  },

  AttachUserPolicy(input, { store }) {
    const user = requireUser(store, input.UserName);
    const attachedPolicies = attached(store, user, input.PolicyArn, "PoliciesPerUser");
    store.of(users).patch(user.userName, { attachedPolicies });
    return {};
  },
  DetachUserPolicy(input, { store }) {
    const user = requireUser(store, input.UserName);
    store.of(users).patch(user.userName, { attachedPolicies: detached(user, input.PolicyArn) });
    return {};
  },
  ListAttachedUserPolicies(input, { store }) {
    return listed(store, requireUser(store, input.UserName), input);
  },
} satisfies IamHandlers;
