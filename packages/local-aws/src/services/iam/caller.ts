import type { Clock } from "../../clock/clock.ts";
import type { Scope, Store } from "../../store/store.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import { callerKeys as keysOfCaller } from "./caller-keys.ts";
import { Denials } from "./denials.ts";
import type { RequestContext } from "./policy-conditions.ts";
import { parsePolicy, type PolicyDocument } from "./policy-document.ts";
import { evaluateResourcePolicy, type Decision, type PolicyRequest } from "./policy-evaluation.ts";
import { decideFor, policiesOf, type Subject } from "./principal-policies.ts";
import { refusalWords, weigh, type Refusal } from "./refusal.ts";

/** Who uses something, and where: a call's context is one, and so is what a task does by its role. */
export interface Caller {
  readonly account: string;
  readonly region: string;
  readonly store: Scope;
  readonly cloud: Store;
  readonly clock: Clock;
  /** A user, a role or a session of it. */
  readonly principal: Subject;
}

/** The role of a session. */
export function roleArnOf({
  account,
  principal,
}: Pick<Caller, "account" | "principal">): string | undefined {
  if (principal.roleArn !== undefined) return principal.roleArn;
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
  return keysOfCaller(caller, roleArnOf(caller));
}

/** What the caller's own policies say. */
export function identityOf(caller: Caller, request: PolicyRequest): Decision {
  return decideFor(policiesOf(caller.cloud, caller.account, caller.principal), request);
}

/** What a resource's policy says of the caller itself, and of the account, to whose policies it may leave the rest. */
export function decisionsOf(
  policy: string | PolicyDocument,
  caller: Caller,
  request: PolicyRequest,
): [itself: Decision, throughAccount: Decision] {
  const document = typeof policy === "string" ? parsePolicy(policy) : policy;
  const decide = (names: readonly string[]) =>
    evaluateResourcePolicy(document, { kind: "AWS", names }, request);
  return [decide(namesOf(caller)), decide([`arn:aws:iam::${caller.account}:root`, caller.account])];
}

/**
 * Why a caller may not do something to a resource of its account that may have a policy; undefined where it may: by its own
 * policies, or because the resource's names it. What it may is no longer among the {@link Denials}.
 * @param own the caller's policies, where they are known already
 */
export function refusalOn(
  caller: Caller,
  policy: string | PolicyDocument | undefined,
  request: PolicyRequest,
  own = policiesOf(caller.cloud, caller.account, caller.principal),
): Refusal | undefined {
  const refusal = weigh(
    {
      own,
      names: namesOf(caller),
      account: caller.account,
      isRole: roleArnOf(caller) !== undefined,
      resource: typeof policy === "string" ? parsePolicy(policy) : policy,
    },
    request,
  );
  if (!refusal) forgetDenial(caller, request);
  return refusal;
}

/**
 * Why a caller of another account may not do something to a resource; undefined where it may: its own policies and the
 * resource's have to allow it both.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export function foreignRefusalOn(
  caller: Caller,
  policy: string | PolicyDocument | undefined,
  request: PolicyRequest,
): Refusal | undefined {
  const ofResource: readonly Decision[] =
    policy === undefined ? [] : decisionsOf(policy, caller, request);
  const identity = identityOf(caller, request);
  if (identity === "explicitDeny") return { by: "identity-based policy", explicit: true };
  if (ofResource.includes("explicitDeny")) return { by: "resource-based policy", explicit: true };
  if (!ofResource.includes("allowed")) return { by: "resource-based policy", explicit: false };
  return identity === "allowed" ? undefined : { by: "identity-based policy", explicit: false };
}

type Asking = Pick<Caller, "account" | "principal" | "cloud" | "clock">;

/** Keeps among the {@link Denials} what a caller may not do. @param on an ARN, or `*` for an action that has no resource */
export function noteDenial(caller: Asking, action: string, on: string, refusal: Refusal): void {
  const { cloud, clock, principal } = caller;
  const who = roleArnOf(caller) ?? principal.arn;
  cloud.owner(Denials).note({ who, action, resource: on, refusal, at: clock.now() });
}

/** What a caller may do is no longer among the {@link Denials}. */
export function forgetDenial(
  caller: Asking,
  { action, resource }: Pick<PolicyRequest, "action" | "resource">,
): void {
  const who = roleArnOf(caller) ?? caller.principal.arn;
  caller.cloud.owner(Denials).forget(who, action, resource);
}

/**
 * What a caller is answered that may not do something; it is kept among the {@link Denials}.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 * @param on the resource as the service names it; undefined for an action that has none
 */
export function denied(
  caller: Asking,
  action: string,
  on: string | undefined,
  refusal: Refusal,
): AwsError {
  const { principal } = caller;
  noteDenial(caller, action, on ?? "*", refusal);
  const resource = on === undefined ? "" : ` on resource: ${on}`;
  return new AwsError(
    "AccessDeniedException",
    `User: ${principal.arn} is not authorized to perform: ${action}${resource} ${refusalWords(refusal, action)}`,
  );
}
