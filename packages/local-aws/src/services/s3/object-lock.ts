import type { CallContext } from "../service.ts";
import { s3Error } from "./faults.ts";
import type { Bucket, ObjectVersion } from "./state.ts";

interface LockInput {
  readonly ObjectLockMode?: string;
  readonly ObjectLockRetainUntilDate?: Date;
  readonly ObjectLockLegalHoldStatus?: string;
}

/**
 * How a version that is written is protected.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 * @throws AwsError `InvalidRequest` where the bucket has no Object Lock, `InvalidArgument` where the retention is none
 */
export function readLock(
  input: LockInput,
  { settings }: Readonly<Bucket>,
  context: CallContext,
): ObjectVersion["lock"] {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until } = input;
  const hold = input.ObjectLockLegalHoldStatus;
  if (mode === undefined && until === undefined && hold === undefined) return undefined;
  if (settings["objectLock"] === undefined)
    throw s3Error("InvalidRequest", 400, "Bucket is missing Object Lock Configuration");
  if ((mode === undefined) !== (until === undefined)) {
    throw s3Error(
      "InvalidArgument",
      400,
      "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
      { ArgumentName: mode ? "x-amz-object-lock-mode" : "x-amz-object-lock-retain-until-date" },
    );
  }
  if (until && until.getTime() <= context.clock.now()) {
    throw s3Error("InvalidArgument", 400, "The retain until date must be in the future!", {
      ArgumentName: "x-amz-object-lock-retain-until-date",
      ArgumentValue: until.toISOString(),
    });
  }
  return { mode, until: until?.getTime(), hold };
}

/** What reads tell of a version's protection. */
export function lockFacts({ lock }: ObjectVersion) {
  if (!lock) return {};
  return {
    ObjectLockMode: lock.mode as "GOVERNANCE" | undefined,
    ObjectLockRetainUntilDate: lock.until === undefined ? undefined : new Date(lock.until),
    ObjectLockLegalHoldStatus: lock.hold as "ON" | undefined,
  };
}

/** @throws AwsError `AccessDenied` where a version may not be deleted */
export function checkUnlocked(
  { lock }: ObjectVersion,
  bypassesGovernance: boolean | undefined,
  context: CallContext,
): void {
  if (!lock) return;
  const isRetained = (lock.until ?? 0) > context.clock.now();
  const isBypassed = lock.mode === "GOVERNANCE" && bypassesGovernance === true;
  if (lock.hold !== "ON" && (!isRetained || isBypassed)) return;
  throw s3Error("AccessDenied", 403, "Access Denied because object protected by object lock.");
}
