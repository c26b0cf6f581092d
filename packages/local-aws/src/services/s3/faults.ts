import { AwsError } from "../../protocol/aws-error.ts";
import type { CallContext } from "../service.ts";
import { buckets, objects, type Bucket, type ObjectVersion, type StoredObject } from "./state.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
export function s3Error(
  code: string,
  status: number,
  message: string,
  fields?: Record<string, unknown>,
): AwsError {
  return new AwsError(code, message, { status, fields });
}

/** The caller's bucket. @throws AwsError `NoSuchBucket`, or `AccessDenied` where it is another account's */
export function needBucket(context: CallContext, name: string): Readonly<Bucket> {
  const bucket = context.store.of(buckets).get(name);
  if (!bucket)
    throw s3Error("NoSuchBucket", 404, "The specified bucket does not exist", { BucketName: name });
  if (bucket.account !== context.account) throw s3Error("AccessDenied", 403, "Access Denied");
  return bucket;
}

const MAX_KEY_BYTES = 1024;

/** @throws AwsError `KeyTooLongError`: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size <= MAX_KEY_BYTES) return;
  throw s3Error("KeyTooLongError", 400, "Your key is too long", {
    Size: String(size),
    MaxSizeAllowed: String(MAX_KEY_BYTES),
  });
}

/** An object with all of its versions, or undefined. */
export function findObject(
  context: CallContext,
  bucket: string,
  key: string,
): Readonly<StoredObject> | undefined {
  return context.store.of(objects).get(`${bucket}/${key}`);
}

/**
 * What is not there is told those alone who may list the bucket.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
 */
function noSuchKey(context: CallContext, bucket: string, key: string): Error {
  const refusal = context.refusal?.({ action: "s3:ListBucket", on: [`arn:aws:s3:::${bucket}`] });
  return refusal ?? s3Error("NoSuchKey", 404, "The specified key does not exist.", { Key: key });
}

/**
 * The version that a request of this HTTP method asks for.
 * @throws AwsError `NoSuchKey`, `NoSuchVersion`, or `MethodNotAllowed` where a delete marker is asked for by its id or is to be changed
 */
export function needVersion(
  context: CallContext,
  bucket: string,
  key: string,
  versionId?: string,
  method = "GET",
): ObjectVersion {
  checkKey(key);
  const object = findObject(context, bucket, key);
  const version =
    versionId === undefined
      ? object?.versions[0]
      : object?.versions.find((candidate) => candidate.versionId === versionId);
  if (!version && versionId !== undefined) {
    throw s3Error("NoSuchVersion", 404, "The specified version does not exist.", {
      Key: key,
      VersionId: versionId,
    });
  }
  if (!version) throw noSuchKey(context, bucket, key);
  if (!version.deleteMarker) return version;
  const headers = { "x-amz-delete-marker": "true", "x-amz-version-id": version.versionId };
  const isRead = method === "GET" || method === "HEAD";
  if (versionId === undefined && isRead) {
    const message = "The specified key does not exist.";
    throw new AwsError("NoSuchKey", message, { status: 404, fields: { Key: key }, headers });
  }
  throw new AwsError(
    "MethodNotAllowed",
    "The specified method is not allowed against this resource.",
    {
      status: 405,
      fields: { Method: method, ResourceType: "DeleteMarker" },
      headers: {
        ...headers,
        allow: "DELETE",
        "last-modified": new Date(version.lastModified).toUTCString(),
      },
    },
  );
}

/**
 * The version that a copy reads.
 * @throws AwsError as {@link needVersion}, and where it is a delete marker or archived
 */
export function needSource(
  context: CallContext,
  from: { bucket: string; key: string; versionId?: string },
): ObjectVersion {
  needBucket(context, from.bucket);
  const { versions } = findObject(context, from.bucket, from.key) ?? { versions: [] };
  const named = versions.find(({ versionId }) => versionId === from.versionId);
  if (named?.deleteMarker) {
    throw s3Error(
      "InvalidRequest",
      400,
      "The source of a copy request may not specifically refer to a delete marker by version id.",
    );
  }
  const version = needVersion(context, from.bucket, from.key, from.versionId);
  if (!isArchived(version)) return version;
  throw s3Error(
    "ObjectNotInActiveTierError",
    403,
    "The source object of the COPY operation is not in the active tier and is only stored in Amazon Glacier.",
  );
}

/** Nothing is restored here, so what is in these classes cannot be read. */
export function isArchived({ storageClass }: ObjectVersion): boolean {
  return storageClass === "GLACIER" || storageClass === "DEEP_ARCHIVE";
}

/** The version id as answers carry it: only in a bucket that has, or had, versioning. */
export function shownVersion(bucket: Readonly<Bucket>, version: ObjectVersion): string | undefined {
  return bucket.versioning === undefined ? undefined : version.versionId;
}
