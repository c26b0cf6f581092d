import type { Clock } from "../../clock/clock.ts";
import type { Scope, Store } from "../../store/store.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import { identityDecision } from "./authorize.ts";
import { requestKeys, type RequestContext } from "./policy-conditions.ts";
import { parsePolicy } from "./policy-document.ts";
import { evaluateResourcePolicy, type Decision, type PolicyRequest } from "./policy-evaluation.ts";
import { refusalWords, type Refusal } from "./refusal.ts";

/** Who uses something, and where: a call's context is one, and so is what a task does by its role. */
export interface Caller {
  readonly account: string;
  readonly region: string;
  readonly store: Scope;
  readonly cloud: Store;
  readonly clock: Clock;
  /** The ARN of a user, of a role or of a session of it. */
  readonly principal: { readonly arn: string };
}

/** The role of a session. Its path does not stand in the session's ARN. */
function roleArnOf({ account, principal }: Caller): string | undefined {
  const [, name] = /:assumed-role\/([^/]+)\//.exec(principal.arn) ?? [];
  return name && `arn:aws:iam::${account}:role/${name}`;
}

/** Under which ARNs a policy or a grant may name a caller: its own, and its role's where it is a session. */
export function namesOf(caller: Caller): string[] {
  const role = roleArnOf(caller);
  return role === undefined ? [caller.principal.arn] : [caller.principal.arn, role];
}

/** The condition keys that every request of a caller has. */
export function callerKeys(caller: Caller): RequestContext {
  return {
    ...requestKeys(caller.region, caller.clock.now()),
    "aws:PrincipalArn": roleArnOf(caller) ?? caller.principal.arn,
    "aws:PrincipalAccount": caller.account,
  };
}

/** What the caller's own policies say. */
export function identityOf(caller: Caller, request: PolicyRequest): Decision {
  return identityDecision(caller.cloud, caller.account, caller.principal.arn, request);
}

/** What a resource's policy says of the caller itself, and of the account, to whose policies it may leave the rest. */
export function decisionsOf(
  policy: string,
  caller: Caller,
  request: PolicyRequest,
): [itself: Decision, throughAccount: Decision] {
  const document = parsePolicy(policy);
  const decide = (names: readonly string[]) =>
    evaluateResourcePolicy(document, { kind: "AWS", names }, request);
  return [decide(namesOf(caller)), decide([`arn:aws:iam::${caller.account}:root`, caller.account])];
}

/**
 * Why a caller may not do something to a resource of its account that may have a policy; undefined where it may: by its own
 * policies, or because the resource's names it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function refusalOn(
  caller: Caller,
  policy: string | undefined,
  request: PolicyRequest,
): Refusal | undefined {
  const identity = identityOf(caller, request);
  if (identity === "explicitDeny") return { by: "identity-based policy", explicit: true };
  const [itself, throughAccount] =
    policy === undefined ? ([] as const) : decisionsOf(policy, caller, request);
  if (itself === "explicitDeny" || throughAccount === "explicitDeny")
    return { by: "resource-based policy", explicit: true };
  if (identity === "allowed" || itself === "allowed") return undefined;
  return { by: "identity-based policy", explicit: false };
}

/**
 * What a caller is answered that may not do something.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 * @param on the resource as the service names it; undefined for an action that has none
 */
export function denied(
  { principal }: Pick<Caller, "principal">,
  action: string,
  on: string | undefined,
  refusal: Refusal,
): AwsError {
  const resource = on === undefined ? "" : ` on resource: ${on}`;
  return new AwsError(
    "AccessDeniedException",
    `User: ${principal.arn} is not authorized to perform: ${action}${resource} ${refusalWords(refusal, action)}`,
  );
}
