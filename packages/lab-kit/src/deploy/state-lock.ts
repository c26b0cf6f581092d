import { existsSync, statSync } from "node:fs";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { openS3, readJsonObject, usualKey } from "./state-objects.ts";
import type { RunningRecord } from "../terraform/running-file.ts";
import type { Target } from "./target.ts";

/**
 * Who holds a state, as Terraform writes it beside it.
 * @see https://developer.hashicorp.com/terraform/language/state/locking
 */
export interface StateLock {
  readonly ID: string;
  /** `OperationTypeApply`. */
  readonly Operation: string;
  /** `user@host`. */
  readonly Who: string;
  /** RFC 3339. */
  readonly Created: string;
}

/** Clocks of one machine, read by two programs. */
const TOLERANCE_MS = 1000;
/** How long Terraform may say nothing between taking the lock and its next line: its plugin starts in that time. */
const SILENT_START_MS = 60_000;

/** The lock on a state in the S3 backend with native locking; undefined where nobody holds it. */
export async function readStateLock(
  target: Target,
  bucket: string,
  stateKey: string,
): Promise<StateLock | undefined> {
  const s3 = openS3(target);
  try {
    return await readJsonObject<StateLock>(s3, bucket, `${stateKey}.tflock`);
  } finally {
    s3.destroy();
  }
}

/** A lock that somebody has now. */
export interface HeldLock {
  readonly stack: string;
  /** Of the state. */
  readonly key: string;
  readonly lock: StateLock;
}

/** All locks on an owner's states, in the order of their keys. */
export async function locksOf(target: Target, Bucket: string): Promise<readonly HeldLock[]> {
  const [Prefix = "", suffix = ""] = usualKey(target.owner, "*").split("*");
  const s3 = openS3(target);
  try {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
    const keys = Contents.flatMap(({ Key = "" }) =>
      Key.endsWith(`${suffix}.tflock`) ? [Key.slice(0, -".tflock".length)] : [],
    );
    const held = await Promise.all(
      keys.toSorted().map(async (key) => {
        const lock = await readJsonObject<StateLock>(s3, Bucket, `${key}.tflock`);
        const stack = key.slice(Prefix.length, -suffix.length);
        // It may have been given back since they were listed.
        return lock ? [{ stack, key, lock }] : [];
      }),
    );
    return held.flat();
  } finally {
    s3.destroy();
  }
}

/**
 * Whether a run of ours, which has ended, took this lock: it was taken between its start and its end. Where it was killed
 * and could not write its end down, the last thing that it said is the nearest that is known.
 */
export function isLockOf(record: RunningRecord, lock: StateLock): boolean {
  const taken = Date.parse(lock.Created);
  const { startedAt, exitFile, logFile } = record;
  const end = existsSync(exitFile)
    ? statSync(exitFile).mtimeMs
    : statSync(logFile).mtimeMs + SILENT_START_MS;
  return taken >= startedAt - TOLERANCE_MS && taken <= end + TOLERANCE_MS;
}
