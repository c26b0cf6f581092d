import type { Store } from "../../store/store.ts";
import { AWS_MANAGED_POLICIES } from "./aws-managed-policies.ts";
import { type RequestContext, type ServiceCall, serviceCallKeys } from "./policy-conditions.ts";
import { parsePolicy, type PolicyDocument } from "./policy-document.ts";
import {
  type Decision,
  evaluateIdentityPolicies,
  evaluateResourcePolicy,
  type PolicyRequest,
  type RequestPrincipal,
} from "./policy-evaluation.ts";
import { type Refusal, refusalOf, type RolePolicies } from "./refusal.ts";
import { managedPolicies, type Role, roles, type User, users } from "./state.ts";

/** The name in an ARN such as `arn:aws:iam::123456789012:role/path/name`. */
const nameOf = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);

/** The role with this ARN in `account`; undefined where there is none, or it is another account's. */
export function findRole(
  store: Store,
  account: string,
  roleArn: string,
): Readonly<Role> | undefined {
  const role = store.of(roles, account, "").get(nameOf(roleArn));
  return role?.arn === roleArn ? role : undefined;
}

/** The document (JSON) of a managed policy's default version: AWS's own, or one of the account. */
function managedDocument(store: Store, account: string, arn: string): string | undefined {
  return (
    AWS_MANAGED_POLICIES.get(arn)?.document ??
    store
      .of(managedPolicies, account, "")
      .get(arn)
      ?.versions.find(({ isDefault }) => isDefault)?.document
  );
}

function identityDocuments(
  store: Store,
  account: string,
  entity: Readonly<Pick<Role | User, "inlinePolicies" | "attachedPolicies">>,
): string[] {
  const attached = entity.attachedPolicies.map((arn) => managedDocument(store, account, arn));
  return [...Object.values(entity.inlinePolicies), ...attached].filter(
    (document) => document !== undefined,
  );
}

function identityPolicies(
  store: Store,
  account: string,
  entity: Readonly<Pick<Role | User, "inlinePolicies" | "attachedPolicies">>,
): PolicyDocument[] {
  return identityDocuments(store, account, entity).map(parsePolicy);
}

/** What an entity's policies say; its boundary, where it has one, has to allow it as well, and one whose policy is gone allows nothing. */
function entityDecision(
  store: Store,
  account: string,
  entity: Readonly<Role | User>,
  request: PolicyRequest,
): Decision {
  const decision = evaluateIdentityPolicies(identityPolicies(store, account, entity), request);
  if (decision !== "allowed" || entity.permissionsBoundary === undefined) return decision;
  const boundary = managedDocument(store, account, entity.permissionsBoundary);
  return boundary === undefined
    ? "implicitDeny"
    : evaluateIdentityPolicies([parsePolicy(boundary)], request);
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
  return entityDecision(store, account, role, { action, resource, context: known }) === "allowed";
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
): Refusal | undefined {
  const role = findRole(store, account, roleArn);
  if (!role) return { by: "identity-based policy", explicit: false };
  // A boundary whose policy is gone allows nothing.
  const boundary =
    role.permissionsBoundary &&
    (managedDocument(store, account, role.permissionsBoundary) ?? '{"Statement":[]}');
  const identity = identityDocuments(store, account, role);
  const policies = { identity, boundary, resource, endpoint };
  return refusalOf(policies, { roleArn, region, action, resource: on });
}

/** Like {@link isAllowed}, for a stored user. One that is not stored (the workspace's own, root) may do everything. */
export function isUserAllowed(
  store: Store,
  account: string,
  userArn: string,
  action: string,
  resource: string,
): boolean {
  const user = store.of(users, account, "").get(nameOf(userArn));
  if (user?.arn !== userArn) return true;
  const context = { "aws:PrincipalArn": userArn, "aws:username": user.userName };
  return entityDecision(store, account, user, { action, resource, context }) === "allowed";
}

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
 * What the policies of a caller itself (a stored user, a role, a session of it) say of a request, its boundary held to. The
 * workspace's own user and the root user are not stored, and may do everything.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @param arn of the user, of the role, or of the session
 */
export function identityDecision(
  store: Store,
  account: string,
  arn: string,
  request: PolicyRequest,
): Decision {
  const [, session] = /:assumed-role\/([^/]+)\//.exec(arn) ?? [];
  const isRole = session !== undefined || arn.includes(":role/");
  const entity = isRole
    ? store.of(roles, account, "").get(session ?? nameOf(arn))
    : store.of(users, account, "").get(nameOf(arn));
  if (!entity) return isRole ? "implicitDeny" : "allowed";
  return entityDecision(store, account, entity, request);
}
