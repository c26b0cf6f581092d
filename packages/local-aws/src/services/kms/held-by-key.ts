import { parseArn } from "../../ground/arn.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Clock } from "../../clock/clock.ts";
import type { Scope, Store } from "../../store/store.ts";
import type { Caller } from "../iam/caller.ts";
import { serviceCallKeys, type RequestContext } from "../iam/policy-conditions.ts";
import { parsePolicy } from "../iam/policy-document.ts";
import { evaluateResourcePolicy } from "../iam/policy-evaluation.ts";
import { checkAccess } from "./access.ts";
import { accessDenied } from "./faults.ts";
import { needEnabled, needKey } from "./find.ts";
import type { Key } from "./state.ts";

/** Something whose contents are under a key of its owner's account: a queue, a topic, an object, a log group, a repository. */
export interface HeldByKey {
  /** Its owner's. */
  readonly store: Scope;
  readonly clock: Clock;
  /** The key's id, ARN or alias; where there is none, nobody is asked for anything. */
  readonly key: string | undefined;
  readonly via: "sqs" | "sns" | "s3" | "logs" | "ecr";
  /** The code that the service has for one of KMS's errors, such as `KmsDisabled` for `Disabled`. */
  readonly code: (fault: string) => string;
}

/**
 * Holds who uses the contents to the key: that it may be used, and by them.
 * @param operations such as `Decrypt`
 * @throws AwsError with the service's code for what KMS says
 */
export function checkCallerKey(
  caller: Caller,
  held: HeldByKey,
  operations: readonly string[],
): void {
  const owner = { ...caller, store: held.store };
  withKey(held, (key) => {
    for (const operation of operations) checkAccess(owner, key, operation, { via: held.via });
  });
}

/** On whose behalf a service of AWS uses something. */
type Sender =
  | {
      readonly service: string;
      readonly sourceArn: string;
      readonly sourceAccount?: string;
      /** Condition keys beside those of each call of a service. */
      readonly keys?: RequestContext;
    }
  | { readonly roleArn: string };

/** The same for a service of AWS: by a role, or as itself, which the key's policy has to allow. */
export function checkServiceKey(
  cloud: Store,
  held: HeldByKey,
  operations: readonly string[],
  sender: Sender,
): void {
  const { store, clock } = held;
  const { region } = store;
  if ("roleArn" in sender) {
    const { roleArn: arn } = sender;
    const account = parseArn(arn)?.account ?? "";
    const principal = { arn, roleArn: arn };
    const caller = {
      account,
      region,
      store: cloud.scope(account, region),
      cloud,
      clock,
      principal,
    };
    return checkCallerKey(caller, held, operations);
  }
  const { service, sourceArn, sourceAccount = parseArn(sourceArn)?.account ?? "" } = sender;
  const call = { service, sourceArn, region, now: clock.now() };
  const context = { ...serviceCallKeys(sourceAccount, call), ...sender.keys };
  const principal = { kind: "Service", names: [service] } as const;
  withKey(held, (key) => {
    for (const operation of operations) {
      const action = `kms:${operation}`;
      const request = { action, resource: key.arn, context };
      const decision = evaluateResourcePolicy(parsePolicy(key.policy), principal, request);
      if (decision === "allowed") continue;
      throw accessDenied(
        `${service} is not authorized to perform: ${action} on resource: ${key.arn} because no resource-based policy allows the ${action} action`,
      );
    }
  });
}

const FAULTS: Readonly<Record<string, string>> = {
  AccessDeniedException: "AccessDenied",
  DisabledException: "Disabled",
  InvalidKeyUsageException: "InvalidKeyUsage",
  KMSInvalidStateException: "InvalidState",
  NotFoundException: "NotFound",
};

function withKey(held: HeldByKey, check: (key: Readonly<Key>) => void): void {
  if (!held.key) return;
  try {
    const key = needKey(held, held.key);
    check(key);
    needEnabled(key);
    if (key.spec !== "SYMMETRIC_DEFAULT")
      throw new AwsError("InvalidKeyUsageException", `${key.arn} cannot generate data keys.`);
  } catch (error) {
    const fault = error instanceof AwsError ? FAULTS[error.code] : undefined;
    if (fault === undefined) throw error;
    throw new AwsError(held.code(fault), (error as AwsError).message);
  }
}
