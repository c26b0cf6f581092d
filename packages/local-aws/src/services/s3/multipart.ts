import { randomBytes } from "node:crypto";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { Blobs } from "./blobs.ts";
import { checkKey, needBucket, s3Error } from "./faults.ts";
import { checksumTypeOf } from "./multipart-checksums.ts";
import { encryptionFacts, readAttributes } from "./object-attributes.ts";
import { sealed } from "./object-key.ts";
import { uploads, type MultipartUpload } from "./state.ts";

type S3 = typeof import("@aws-sdk/client-s3");
/** Multipart uploads: state. */
export const multipartHandlers: Handlers<S3, CallContext> = {
  CreateMultipartUpload(input, context) {
    const bucket = needBucket(context, input.Bucket);
    checkKey(input.Key);
    const uploadId = randomBytes(48).toString("base64url");
    const algorithm = input.ChecksumAlgorithm;
    const checksumType = checksumTypeOf(algorithm, input.ChecksumType);
    const attributes = {
      ...sealed(context, readAttributes(input, bucket, context), true),
      checksumType,
    };
    context.store.of(uploads).put(uploadId, {
      uploadId,
      bucket: input.Bucket,
      key: input.Key,
      initiated: context.clock.now(),
      initiator: context.principal.arn,
      attributes,
      checksumAlgorithm: algorithm,
      parts: {},
    });
    return {
      Bucket: input.Bucket,
      Key: input.Key,
      UploadId: uploadId,
      ChecksumAlgorithm: algorithm,
      ChecksumType: checksumType,
      ...encryptionFacts(attributes),
    };
  },
};

/** Ends an upload without an object; its parts go after the commit that forgets it. */
export const multipartAbortHandlers: Handlers<S3, CallContext> = {
  async AbortMultipartUpload(input, context) {
    const upload = context.cloud.transaction(() => {
      const found = needUpload(context, input.Bucket, input.Key, input.UploadId);
      context.store.of(uploads).delete(input.UploadId);
      return found;
    });
    const blobs = new Blobs(context.settings.dataDir);
    for (const { blob } of Object.values(upload.parts)) blobs.remove(blob);
    return {};
  },
};

/** @throws AwsError `NoSuchUpload` */
export function needUpload(
  context: CallContext,
  bucket: string,
  key: string,
  uploadId: string,
): Readonly<MultipartUpload> {
  needBucket(context, bucket);
  const upload = context.store.of(uploads).get(uploadId);
  if (!upload || upload.bucket !== bucket || upload.key !== key) {
    throw s3Error(
      "NoSuchUpload",
      404,
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
      { UploadId: uploadId },
    );
  }
  return upload;
}
