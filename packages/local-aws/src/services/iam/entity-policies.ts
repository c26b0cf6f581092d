import type { AttachedPolicy } from "@aws-sdk/client-iam";
import type { Scope } from "../../store/store.ts";
import {
  encodeDocument,
  requireModifiableRole,
  requireRole,
  requireUser,
  findPolicy,
} from "./entities.ts";
import type { IamHandlers } from "./handlers.ts";
import { paginate, type PageRequest } from "./pages.ts";
import { roles, users, type Role } from "./state.ts";
import { checkIdentityPolicy } from "./validate-policy.ts";
import * as faults from "./faults.ts";

/** Characters of all inline policies together: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_ROLE_BYTES = 10_240;
const MAX_USER_BYTES = 2048;

type Documents = Readonly<Record<string, string>>;

/** The inline policies with one more, checked. @throws AwsError `MalformedPolicyDocument`, `LimitExceeded` */
export function withPolicy(
  before: Documents,
  name: string,
  document: string,
  max: number,
  owner: string,
): Documents {
  checkIdentityPolicy(document);
  const after = { ...before, [name]: document };
  const size = Object.values(after).reduce((sum, text) => sum + text.replace(/\s/g, "").length, 0);
  if (size > max)
    throw faults.limitExceeded(`Maximum policy size of ${max} bytes exceeded for ${owner}`);
  return after;
}

/** The inline policies without one. */
export const withoutPolicy = (before: Documents, name: string): Documents =>
  Object.fromEntries(Object.entries(before).filter(([other]) => other !== name));

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_ATTACHED = 10;

/** The attachments with one more; attaching what is attached changes nothing. */
export function attached(
  scope: Scope,
  entity: Readonly<Pick<Role, "attachedPolicies">>,
  arn: string,
  quota: string,
): readonly string[] {
  if (!findPolicy(scope, arn)) throw faults.policyNotAttachable(arn);
  if (entity.attachedPolicies.includes(arn)) return entity.attachedPolicies;
  if (entity.attachedPolicies.length >= MAX_ATTACHED)
    throw faults.quotaExceeded(quota, MAX_ATTACHED);
  return [...entity.attachedPolicies, arn];
}

/** The attachments without one. @throws AwsError `NoSuchEntity` */
export function detached(
  entity: Readonly<Pick<Role, "attachedPolicies">>,
  arn: string,
): readonly string[] {
  if (!entity.attachedPolicies.includes(arn)) throw faults.policyNotFound(arn);
  return entity.attachedPolicies.filter((one) => one !== arn);
}

/** A page of what is attached. */
export function listed(
  scope: Scope,
  entity: Readonly<Pick<Role, "attachedPolicies">>,
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

/** Policies of roles and users: their own inline ones, and the managed ones that are attached to them. */
export const entityPolicyHandlers = {
  PutRolePolicy(input, { store }) {
    const { roleName, inlinePolicies } = requireModifiableRole(store, input.RoleName);
    const { PolicyName, PolicyDocument } = input;
    const owner = `role ${roleName}`;
    store.of(roles).patch(roleName, {
      inlinePolicies: withPolicy(inlinePolicies, PolicyName, PolicyDocument, MAX_ROLE_BYTES, owner),
    });
    return {};
  },

  GetRolePolicy(input, { store }) {
    const { roleName, inlinePolicies } = requireRole(store, input.RoleName);
    const document = inlinePolicies[input.PolicyName];
    if (document === undefined) throw faults.rolePolicyNotFound(input.PolicyName);
    return {
      RoleName: roleName,
      PolicyName: input.PolicyName,
      PolicyDocument: encodeDocument(document),
    };
  },

  DeleteRolePolicy(input, { store }) {
    const { roleName, inlinePolicies } = requireModifiableRole(store, input.RoleName);
    if (!Object.hasOwn(inlinePolicies, input.PolicyName))
      throw faults.rolePolicyNotFound(input.PolicyName);
    store
      .of(roles)
      .patch(roleName, { inlinePolicies: withoutPolicy(inlinePolicies, input.PolicyName) });
    return {};
  },

  ListRolePolicies(input, { store }) {
    const names = Object.keys(requireRole(store, input.RoleName).inlinePolicies);
    const { items, paging } = paginate(names, input, "role-policies", (name) => name);
    return { PolicyNames: items, ...paging };
  },

  PutUserPolicy(input, { store }) {
    const { userName, inlinePolicies } = requireUser(store, input.UserName);
    const { PolicyName, PolicyDocument } = input;
    const owner = `user ${userName}`;
    store.of(users).patch(userName, {
      inlinePolicies: withPolicy(inlinePolicies, PolicyName, PolicyDocument, MAX_USER_BYTES, owner),
    });
    return {};
  },

  GetUserPolicy(input, { store }) {
    const { userName, inlinePolicies } = requireUser(store, input.UserName);
    const document = inlinePolicies[input.PolicyName];
    if (document === undefined) throw faults.userPolicyNotFound(input.PolicyName);
    return {
      UserName: userName,
      PolicyName: input.PolicyName,
      PolicyDocument: encodeDocument(document),
    };
  },

  DeleteUserPolicy(input, { store }) {
    const { userName, inlinePolicies } = requireUser(store, input.UserName);
    if (!Object.hasOwn(inlinePolicies, input.PolicyName))
      throw faults.userPolicyNotFound(input.PolicyName);
    store
      .of(users)
      .patch(userName, { inlinePolicies: withoutPolicy(inlinePolicies, input.PolicyName) });
    return {};
  },

  ListUserPolicies(input, { store }) {
    const names = Object.keys(requireUser(store, input.UserName).inlinePolicies);
    const { items, paging } = paginate(names, input, "user-policies", (name) => name);
    return { PolicyNames: items, ...paging };
  },

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
