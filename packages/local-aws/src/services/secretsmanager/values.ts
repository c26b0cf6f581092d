import { randomUUID, timingSafeEqual } from "node:crypto";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Caller } from "../iam/caller.ts";
import { decryptFor, encryptFor } from "../kms/encryption.ts";
import {
  decryptionFailure,
  exists,
  invalidParameter,
  invalidRequest,
  valueNotFound,
} from "./faults.ts";
import type { Secret, SecretVersion } from "./state.ts";

const VIA = "secretsmanager";
export const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";

/** Versions without a label are thrown away when there are more. https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const MOST_VERSIONS = 100;

/** What a secret keeps, as callers give it. */
export interface SecretValue {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

/** @throws AwsError `InvalidParameterException` where both forms are given */
export function hasValue({ SecretString, SecretBinary }: SecretValue): boolean {
  if (SecretString !== undefined && SecretBinary !== undefined)
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  return SecretString !== undefined || SecretBinary !== undefined;
}

/** Whose value it is: the same for what is written and what is read. */
const useOf = (arn: string, versionId: string) => ({
  via: VIA,
  encryptionContext: { SecretARN: arn, SecretVersionId: versionId },
});

/**
 * The secret with one version more, labelled. The same token with the same value again is nothing new.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 * @throws AwsError `ResourceExistsException` for a token whose version has another value; those of KMS
 */
export function withVersion(
  caller: Caller,
  secret: Readonly<Secret>,
  value: SecretValue,
  options: { token?: string | undefined; stages?: readonly string[] | undefined } = {},
): { secret: Secret; versionId: string } {
  const versionId = options.token ?? randomUUID();
  const stages = options.stages ?? [CURRENT];
  const before = secret.versions[versionId];
  if (before) {
    if (!isSame(readValue(caller, secret, versionId), value))
      throw exists(
        `You can't use ClientRequestToken ${versionId} because that value is already in use for a version of secret ${secret.arn}.`,
      );
    return { secret: { ...secret }, versionId };
  }
  const made = seal(caller, secret, versionId, value);
  const versions = { ...secret.versions, [versionId]: { ...made, stages: [] } };
  // The first one is current, whatever labels it is given.
  const labels =
    Object.keys(secret.versions).length === 0 ? [...new Set([...stages, CURRENT])] : stages;
  const labelled = labels.reduce(
    (all, stage) => moveStage(all, stage, versionId),
    versions as Secret["versions"],
  );
  const changedAt = caller.clock.now();
  return { secret: { ...secret, changedAt, versions: withoutSurplus(labelled) }, versionId };
}

function seal(
  caller: Caller,
  secret: Readonly<Secret>,
  versionId: string,
  { SecretString, SecretBinary }: SecretValue,
): Omit<SecretVersion, "stages"> {
  const plaintext = SecretBinary ?? Buffer.from(SecretString ?? "");
  const key = secret.kmsKeyId ?? "alias/aws/secretsmanager";
  const { ciphertext, keyArn } = encryptFor(
    caller,
    "GenerateDataKey",
    key,
    plaintext,
    useOf(secret.arn, versionId),
  );
  const form = SecretBinary === undefined ? "string" : "binary";
  return { createdAt: caller.clock.now(), ciphertext: ciphertext.toString("base64"), keyArn, form };
}

/**
 * The value of a version, with the caller's right to its key.
 * @throws AwsError `DecryptionFailure` where the key cannot be used; `AccessDeniedException` where the caller may not
 */
export function readValue(
  caller: Caller,
  secret: Readonly<Secret>,
  versionId: string,
): SecretValue {
  const { ciphertext, form } = secret.versions[versionId]!;
  const plaintext = opened(caller, ciphertext, secret.arn, versionId);
  return form === "binary" ? { SecretBinary: plaintext } : { SecretString: plaintext.toString() };
}

function opened(caller: Caller, ciphertext: string, arn: string, versionId: string): Buffer {
  try {
    return decryptFor(caller, Buffer.from(ciphertext, "base64"), useOf(arn, versionId));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.code === "AccessDeniedException")
      throw new AwsError(error.code, "Access to KMS is not allowed");
    throw decryptionFailure(
      `Secrets Manager can't decrypt the protected secret text using the provided KMS key: ${error.message}`,
    );
  }
}

function isSame(one: SecretValue, other: SecretValue): boolean {
  const bytes = ({ SecretString, SecretBinary }: SecretValue) =>
    Buffer.from(SecretBinary ?? SecretString ?? "");
  const [a, b] = [bytes(one), bytes(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The version that a call means. @throws AwsError `ResourceNotFoundException`, `InvalidRequestException` */
export function versionOf(
  { versions }: Readonly<Secret>,
  {
    VersionId,
    VersionStage,
  }: { VersionId?: string | undefined; VersionStage?: string | undefined },
): string {
  if (VersionId === undefined) {
    const stage = VersionStage ?? CURRENT;
    const found = holderOf(versions, stage);
    if (found === undefined) throw valueNotFound(`staging label: ${stage}`);
    return found;
  }
  const version = versions[VersionId];
  if (!version) throw valueNotFound(`VersionId: ${VersionId}`);
  if (VersionStage !== undefined && !version.stages.includes(VersionStage))
    throw invalidRequest(
      "You provided a VersionStage that is not associated to the provided VersionId.",
    );
  return VersionId;
}

/** The version that has a label. */
export function holderOf(versions: Secret["versions"], stage: string): string | undefined {
  return Object.keys(versions).find((id) => versions[id]!.stages.includes(stage));
}

/** Puts a label on a version, and takes it off where it was. Where the current one moves, the one before becomes the previous. */
export function moveStage(
  versions: Secret["versions"],
  stage: string,
  to: string | undefined,
): Secret["versions"] {
  const from = holderOf(versions, stage);
  if (from === to) return versions;
  const moved = Object.fromEntries(
    Object.entries(versions).map(([id, version]) => {
      const others = version.stages.filter((each) => each !== stage);
      return [id, { ...version, stages: id === to ? [...others, stage] : others }];
    }),
  );
  return stage === CURRENT && from !== undefined ? moveStage(moved, PREVIOUS, from) : moved;
}

function withoutSurplus(versions: Secret["versions"]): Secret["versions"] {
  const surplus = Object.keys(versions).length - MOST_VERSIONS;
  if (surplus <= 0) return versions;
  const unlabelled = Object.entries(versions)
    .filter(([, { stages }]) => stages.length === 0)
    .toSorted(([, a], [, b]) => a.createdAt - b.createdAt);
  const gone = new Set(unlabelled.slice(0, surplus).map(([id]) => id));
  return Object.fromEntries(Object.entries(versions).filter(([id]) => !gone.has(id)));
}
