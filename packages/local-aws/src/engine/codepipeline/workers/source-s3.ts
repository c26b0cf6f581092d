import { buffer } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { AwsError } from "../../../protocol/aws-error.ts";
import { ActionFault, isDenied } from "../action-fault.ts";
import type { Outcome, Work } from "../work.ts";

/**
 * Takes a version of an object, which has to be a ZIP that a bucket keeps versions of.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
 * @throws ActionFault
 */
export async function takeObject(work: Work): Promise<Outcome> {
  const { calls } = work;
  const Bucket = work.setting("S3Bucket");
  const override = work.execution.overrides.find((it) => it.actionName === work.run.action);
  const isKey = override?.revisionType === "S3_OBJECT_KEY";
  const Key = isKey ? override.revisionValue! : work.setting("S3ObjectKey");
  const VersionId = isKey ? undefined : override?.revisionValue;
  try {
    const { Status } = await calls.call("s3", "GetBucketVersioning", { Bucket });
    if (Status !== "Enabled")
      throw new ActionFault(
        "ConfigurationError",
        `The S3 bucket ${Bucket} does not keep versions: versioning must be enabled on the bucket of a source action.`,
      );
    const found = await calls.call("s3", "GetObject", {
      Bucket,
      Key,
      ...(VersionId !== undefined && { VersionId }),
    });
    await work.write(await buffer(found.Body as Readable));
    const id = found.VersionId ?? "null";
    const etag = (found.ETag ?? "").replaceAll('"', "");
    return {
      kind: "done",
      variables: { BucketName: Bucket, ETag: etag, ObjectKey: Key, VersionId: id },
      revision: {
        id,
        summary: `Amazon S3 version id: ${id}`,
        createdAt: Number(found.LastModified ?? work.now),
      },
    };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw isDenied(error) ? denied(Bucket, error) : missing(Bucket, Key, error);
  }
}

const denied = (bucket: string, error: AwsError) =>
  new ActionFault(
    "PermissionError",
    `The service role or action role doesn’t have the permissions required to access the Amazon S3 bucket named ${bucket}. Update the IAM role permissions, and then try again. Error: ${error.message}`,
    error,
  );

const missing = (bucket: string, key: string, error: AwsError) =>
  new ActionFault(
    "ConfigurationError",
    `The object with key '${key}' in the Amazon S3 bucket '${bucket}' cannot be read: ${error.message}`,
    error,
  );
