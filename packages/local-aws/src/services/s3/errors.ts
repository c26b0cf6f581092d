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

/** An object with all of its versions, or undefined. */
export function findObject(
  context: CallContext,
  bucket: string,
  key: string,
): Readonly<StoredObject> | undefined {
  return context.store.of(objects).get(`${bucket}/${key}`);
}

/**
 * The version that a reader asks for.
 * @throws AwsError `NoSuchKey`, `NoSuchVersion`, or `MethodNotAllowed` where a delete marker is asked for by its id
 */
export function needVersion(
  context: CallContext,
  bucket: string,
  key: string,
  versionId?: string,
): ObjectVersion {
  const object = findObject(context, bucket, key);
  if (versionId !== undefined) {
    const version = object?.versions.find((candidate) => candidate.versionId === versionId);
    if (!version) {
      throw s3Error("NoSuchVersion", 404, "The specified version does not exist.", {
        Key: key,
        VersionId: versionId,
      });
    }
    if (version.deleteMarker) {
      throw s3Error(
        "MethodNotAllowed",
        405,
        "The specified method is not allowed against this resource.",
        {
          Method: "GET",
          ResourceType: "DeleteMarker",
        },
      );
    }
    return version;
  }
  const current = object?.versions[0];
  if (!current || current.deleteMarker) {
    throw s3Error("NoSuchKey", 404, "The specified key does not exist.", { Key: key });
  }
  return current;
}

/** The version id as answers carry it: only in a bucket that has, or had, versioning. */
export function shownVersion(bucket: Readonly<Bucket>, version: ObjectVersion): string | undefined {
  return bucket.versioning === undefined ? undefined : version.versionId;
}
