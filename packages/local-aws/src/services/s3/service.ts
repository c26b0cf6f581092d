import { defineService, type AnyHandler, type CallContext } from "../service.ts";
import { bucketSettingHandlers } from "./bucket-settings.ts";
import { bucketDeleteHandlers, bucketHandlers } from "./buckets.ts";
import { completeUploadHandlers } from "./complete-upload.ts";
import { listingHandlers } from "./listing.ts";
import { multipartAbortHandlers, multipartHandlers } from "./multipart.ts";
import { objectDeleteHandlers, objectTagHandlers } from "./object-deletes.ts";
import { objectReadHandlers, objectStreamHandlers } from "./object-reads.ts";
import { objectWriteHandlers } from "./object-writes.ts";
import { uploadListingHandlers, uploadPartHandlers } from "./upload-parts.ts";
import { members } from "./members.ts";
import { needBucket, s3Error } from "./faults.ts";
import { rights } from "./rights.ts";
import { tagging } from "./tagging.ts";

type Input = Readonly<Record<string, unknown>> | undefined;

/** The same handlers, which refuse by name what they would not do, and buckets that are not whose they are said to be. */
function guarded(handlers: Readonly<Record<string, AnyHandler>>): Record<string, AnyHandler> {
  return Object.fromEntries(
    Object.entries(handlers).map(([operation, handler]) => [
      operation,
      (input: Input, context: CallContext) => {
        refuseAbsent(input ?? {});
        checkOwners(input ?? {}, context);
        return handler(input, context);
      },
    ]),
  );
}

/** @throws AwsError `NotImplemented` */
function refuseAbsent(input: Readonly<Record<string, unknown>>): void {
  const algorithm = input["ChecksumAlgorithm"];
  if (typeof algorithm === "string" && algorithm.startsWith("XXHASH"))
    throw s3Error("NotImplemented", 501, `${algorithm} checksums are not implemented by Local AWS`);
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
 * @throws AwsError `AccessDenied`
 */
function checkOwners(input: Readonly<Record<string, unknown>>, context: CallContext): void {
  const { Bucket, ExpectedBucketOwner: expected, ExpectedSourceBucketOwner: source } = input;
  if (expected !== undefined && typeof Bucket === "string") needBucket(context, Bucket);
  // Buckets of other accounts are not reached at all, so that the caller's is the only owner there can be.
  for (const account of [expected, source])
    if (account !== undefined && account !== context.account)
      throw s3Error("AccessDenied", 403, "Access Denied");
}

/** Amazon S3. What touches files is among the streaming handlers: they open their transactions themselves. */
export const service = defineService({
  id: "s3",
  rights,
  fault: "InternalError",
  members,
  tagging,
  handlers: guarded({
    ...bucketHandlers,
    ...bucketSettingHandlers,
    ...objectReadHandlers,
    ...objectTagHandlers,
    ...listingHandlers,
    ...multipartHandlers,
    ...uploadListingHandlers,
  }),
  streaming: guarded({
    ...objectStreamHandlers,
    ...objectWriteHandlers,
    ...objectDeleteHandlers,
    ...multipartAbortHandlers,
    ...uploadPartHandlers,
    ...completeUploadHandlers,
    ...bucketDeleteHandlers,
  }),
});
