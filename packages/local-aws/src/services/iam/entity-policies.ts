import { encodeDocument, requireModifiableRole, requireRole, requireUser } from "./entities.ts";
import * as faults from "./faults.ts";
import type { IamHandlers } from "./handlers.ts";
import { paginate } from "./pages.ts";
import { roles, users } from "./state.ts";
import { checkIdentityPolicy } from "./validate-policy.ts";

/** Characters of all inline policies together: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_ROLE_BYTES = 10_240;
const MAX_USER_BYTES = 2048;

type Documents = Readonly<Record<string, string>>;

function withPolicy(
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

const withoutPolicy = (before: Documents, name: string): Documents =>
  Object.fromEntries(Object.entries(before).filter(([other]) => other !== name));

/** Inline policies of roles and users. */
export const inlinePolicyHandlers = {
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
} satisfies IamHandlers;
