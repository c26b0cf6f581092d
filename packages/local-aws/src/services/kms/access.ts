import {
  callerKeys,
  decisionsOf,
  denied,
  forgetDenial,
  identityOf,
  namesOf,
  type Caller,
} from "../iam/caller.ts";
import type { RequestContext } from "../iam/policy-conditions.ts";
import type { Refusal } from "../iam/refusal.ts";
import { needKey } from "./find.ts";
import { aliases, grants, type Grant, type Key } from "./state.ts";

/** The pairs that a ciphertext is bound to. https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html */
export type EncryptionContext = Readonly<Record<string, string>>;

/** What is known of a use beside its key. */
export interface KeyUse {
  readonly encryptionContext?: EncryptionContext | undefined;
  /** The service through which a caller uses the key: `ssm`, `secretsmanager`. */
  readonly via?: string | undefined;
}

/**
 * Holds a use of a key to its policy, to the grants on it, and, where the policy leaves it to the account, to the caller's own
 * policies. What is about no key in particular is held to the caller's alone.
 * https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
 * @param operation such as `Decrypt`
 * @throws AwsError `AccessDeniedException`, with the kind of policy that is missing
 */
export function checkAccess(
  caller: Caller,
  key: Readonly<Key> | undefined,
  operation: string,
  use: KeyUse = {},
): void {
  const refusal = refusalOf(caller, key, key?.policy, operation, use);
  if (!refusal)
    return forgetDenial(caller, { action: `kms:${operation}`, resource: key?.arn ?? "*" });
  throw denied(caller, `kms:${operation}`, key?.arn, refusal);
}

/**
 * The key of this name, where the caller may do this to it.
 * @throws AwsError `NotFoundException`, `AccessDeniedException`
 */
export function ownKey(
  caller: Caller,
  name: string,
  operation: string,
  use?: KeyUse,
): Readonly<Key> {
  const key = needKey(caller, name);
  checkAccess(caller, key, operation, use);
  return key;
}

/** Whether a key with this policy could be used so; what a new policy is asked before it is taken. */
export function policyAllows(caller: Caller, policy: string, operation: string): boolean {
  return refusalOf(caller, undefined, policy, operation, {}) === undefined;
}

function refusalOf(
  caller: Caller,
  key: Readonly<Key> | undefined,
  policy: string | undefined,
  operation: string,
  use: KeyUse,
): Refusal | undefined {
  const context = conditionKeys(caller, key, use);
  const request = { action: `kms:${operation}`, resource: key?.arn ?? "*", context };
  const identity = identityOf(caller, request);
  if (identity === "explicitDeny") return { by: "identity-based policy", explicit: true };
  if (policy === undefined)
    return identity === "allowed" ? undefined : { by: "identity-based policy", explicit: false };
  const [itself, throughAccount] = decisionsOf(policy, caller, request);
  if (itself === "explicitDeny" || throughAccount === "explicitDeny")
    return { by: "resource-based policy", explicit: true };
  if (itself === "allowed") return undefined;
  if (throughAccount === "allowed" && identity === "allowed") return undefined;
  if (key && isGranted(caller, key, operation, use)) return undefined;
  const by = throughAccount === "allowed" ? "identity-based policy" : "resource-based policy";
  return { by, explicit: false };
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html */
function conditionKeys(
  caller: Caller,
  key: Readonly<Key> | undefined,
  { encryptionContext = {}, via }: KeyUse,
): RequestContext {
  const { account, region, store } = caller;
  const pairs = Object.entries(encryptionContext);
  const named = key ? store.of(aliases).filter(({ keyId }) => keyId === key.id) : [];
  return {
    ...callerKeys(caller),
    "kms:CallerAccount": account,
    ...(via !== undefined && { "kms:ViaService": `${via}.${region}.amazonaws.com` }),
    ...(key && { "kms:KeySpec": key.spec, "kms:KeyUsage": key.usage, "kms:KeyOrigin": "AWS_KMS" }),
    ...(named.length > 0 && { "kms:ResourceAliases": named.map(({ name }) => name) }),
    ...Object.fromEntries(
      (key?.tags ?? []).map((tag) => [`aws:ResourceTag/${tag.TagKey}`, tag.TagValue]),
    ),
    ...Object.fromEntries(pairs.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
    ...(pairs.length > 0 && { "kms:EncryptionContextKeys": pairs.map(([name]) => name) }),
  };
}

function isGranted(caller: Caller, key: Readonly<Key>, operation: string, use: KeyUse): boolean {
  const names = namesOf(caller);
  return caller.store
    .of(grants)
    .filter(({ keyId }) => keyId === key.id)
    .some(
      (grant) =>
        names.includes(grant.grantee) &&
        grant.operations.includes(operation) &&
        isWithin(grant, use.encryptionContext ?? {}),
    );
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html */
function isWithin({ contextEquals, contextSubset }: Readonly<Grant>, given: EncryptionContext) {
  const wanted = contextEquals ?? contextSubset ?? {};
  const hasAll = Object.entries(wanted).every(([name, value]) => given[name] === value);
  const isExact =
    contextEquals === undefined || Object.keys(given).length === Object.keys(wanted).length;
  return hasAll && isExact;
}
