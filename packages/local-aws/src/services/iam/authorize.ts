import { lastPart } from "../../ground/arn.ts";
import type { Store } from "../../store/store.ts";
import { type RequestContext, type ServiceCall, serviceCallKeys } from "./policy-conditions.ts";
import { parsePolicy } from "./policy-document.ts";
import {
  evaluateResourcePolicy,
  type Decision,
  type PolicyRequest,
  type RequestPrincipal,
} from "./policy-evaluation.ts";
import { prefixed } from "./caller-keys.ts";
import { decideFor, entityPolicies, policiesOf } from "./principal-policies.ts";
import { refusalOfRole, type RolePolicies, type RoleRefusal } from "./refusal.ts";
import { tagsByKey } from "./request-tags.ts";
import { type Role, roles } from "./state.ts";

/** The role with this ARN in `account`; undefined where there is none, or it is another account's. */
export function findRole(
  store: Store,
  account: string,
  roleArn: string,
): Readonly<Role> | undefined {
  const role = store.of(roles, account, "").get(lastPart(roleArn));
  return role?.arn === roleArn ? role : undefined;
}

/**
 * Whether a role's policies (inline, attached, boundary) allow `action` on `resource`. False where the role does not exist.
 * @param account 12 digits: the role's
 * @param action such as `ecr:BatchGetImage`
 * @param resource an ARN, or `*` for an action without one
 * @param context condition keys of the request; `aws:PrincipalArn` and `aws:PrincipalAccount` are filled in
 */
export function isAllowed(
  store: Store,
  account: string,
  roleArn: string,
  action: string,
  resource: string,
  context: RequestContext = {},
): boolean {
  const role = findRole(store, account, roleArn);
  if (!role) return false;
  const known = { "aws:PrincipalArn": roleArn, "aws:PrincipalAccount": account, ...context };
  const request = { action, resource, context: known };
  return decideFor(entityPolicies(store, account, role), request) === "allowed";
}

/** What is asked of a role, and the policies beside its own that have a say. */
export interface RoleRequest extends Pick<RolePolicies, "resource" | "endpoint"> {
  readonly roleArn: string;
  readonly region: string;
  /** Such as `ecr:BatchGetImage`. */
  readonly action: string;
  /** An ARN, or `*` for an action without one. */
  readonly on: string;
}

/** Why a role may not do something, by the kind of policy that says so; undefined where it may. A role that is not there may nothing. */
export function roleRefusal(
  store: Store,
  account: string,
  { roleArn, region, action, on, resource, endpoint }: RoleRequest,
): RoleRefusal | undefined {
  const role = findRole(store, account, roleArn);
  if (!role) return { by: "identity-based policy", explicit: false };
  const read = (text: string | undefined) => (text === undefined ? undefined : parsePolicy(text));
  const asked = { roleArn, region, action, resource: on, keys: tagKeys(role) };
  const beside = { resource: read(resource), endpoint: read(endpoint) };
  return refusalOfRole(entityPolicies(store, account, role), asked, beside);
}

const tagKeys = ({ tags }: Readonly<Role>) => prefixed("aws:PrincipalTag/", tagsByKey(tags));

/**
 * Whether a role's trust policy lets a service of AWS assume it. False where the role does not exist in `account`. The policy may
 * ask for whom the service acts, as AWS's guides do against the confused deputy.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function mayAssume(
  store: Store,
  account: string,
  roleArn: string,
  call: ServiceCall,
): boolean {
  const role = findRole(store, account, roleArn);
  if (!role) return false;
  const principal = { kind: "Service", names: [call.service] } as const;
  return trusts(role, principal, serviceCallKeys(account, call));
}

/** Whether a role's trust policy lets `principal` call `sts:AssumeRole` on it. */
export function trusts(
  role: Readonly<Role>,
  principal: RequestPrincipal,
  context: RequestContext,
): boolean {
  const request = { action: "sts:AssumeRole", resource: role.arn, context };
  const policy = parsePolicy(role.assumeRolePolicyDocument);
  return evaluateResourcePolicy(policy, principal, request) === "allowed";
}

/**
 * What the policies of somebody (a user, a role, a session of it) say of a request, its boundary held to.
 * @param arn of the user, of the role, or of the session
 */
export function identityDecision(
  store: Store,
  account: string,
  arn: string,
  request: PolicyRequest,
): Decision {
  return decideFor(policiesOf(store, account, { arn }), request);
}
