import { AwsError } from "../../protocol/aws-error.ts";
import { needKey } from "../kms/find.ts";
import { checkCallerKey, type HeldByKey } from "../kms/held-by-key.ts";
import type { CallContext } from "../service.ts";
import { s3Error } from "./faults.ts";
import type { ObjectVersion } from "./state.ts";

/** How an object is encrypted. */
type Encryption = Pick<ObjectVersion, "serverSideEncryption" | "kmsKeyId">;

const WRITING = ["GenerateDataKey"];
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions */
const WRITING_PARTS = ["GenerateDataKey", "Decrypt"];
const READING = ["Decrypt"];

/** S3's own key, where none is named. */
const keyOf = ({ serverSideEncryption, kmsKeyId }: Encryption): string | undefined =>
  serverSideEncryption?.startsWith("aws:kms") ? (kmsKeyId ?? "alias/aws/s3") : undefined;

/**
 * Holds who writes an object under a key of KMS to that key; what is answered has the key's ARN. In the transaction under way.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms
 * @throws AwsError `AccessDenied`, or what KMS says, such as `KMS.DisabledException`
 */
export function sealed<T extends Encryption>(context: CallContext, given: T, inParts = false): T {
  const held = heldObject(context, given);
  if (held.key === undefined) return given;
  check(context, held, inParts ? WRITING_PARTS : WRITING);
  return { ...given, kmsKeyId: needKey(held, held.key).arn };
}

/** The same for who reads one. @throws AwsError as {@link sealed} */
export function checkUnsealed(context: CallContext, version: Encryption): void {
  check(context, heldObject(context, version), READING);
}

const heldObject = ({ store, clock }: CallContext, encryption: Encryption): HeldByKey => ({
  store,
  clock,
  key: keyOf(encryption),
  via: "s3",
  code: (fault) =>
    fault === "AccessDenied"
      ? fault
      : `KMS.${fault === "InvalidState" ? "KMSInvalidState" : fault}Exception`,
});

function check(context: CallContext, held: HeldByKey, operations: readonly string[]): void {
  try {
    checkCallerKey(context, held, operations);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw s3Error(error.code, error.code === "AccessDenied" ? 403 : 400, error.message);
  }
}
