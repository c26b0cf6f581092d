import { randomBytes } from "node:crypto";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { Blobs } from "./blobs.ts";
import { owner } from "./buckets.ts";
import { needBucket, s3Error } from "./errors.ts";
import { readAttributes } from "./object-attributes.ts";
import { uploads, type MultipartUpload } from "./state.ts";

type S3 = typeof import("@aws-sdk/client-s3");
/** Multipart uploads: state. */
export const multipartHandlers: Handlers<S3, CallContext> = {
  CreateMultipartUpload(input, context) {
    needBucket(context, input.Bucket);
    const uploadId = randomBytes(48).toString("base64url");
    const algorithm = input.ChecksumAlgorithm;
    context.store.of(uploads).put(uploadId, {
      uploadId,
      bucket: input.Bucket,
      key: input.Key,
      initiated: context.clock.now(),
      initiator: context.principal.arn,
      attributes: readAttributes(input),
      checksumAlgorithm: algorithm,
      parts: {},
    });
    return {
      Bucket: input.Bucket,
      Key: input.Key,
      UploadId: uploadId,
      ChecksumAlgorithm: algorithm,
      ServerSideEncryption: "AES256",
    };
  },

  ListParts(input, context) {
    const upload = needUpload(context, input.Bucket, input.Key, input.UploadId);
    const after = Number(input.PartNumberMarker ?? 0);
    const rest = Object.values(upload.parts).filter(({ partNumber }) => partNumber > after);
    const page = rest.slice(0, input.MaxParts ?? 1000);
    return {
      Bucket: input.Bucket,
      Key: input.Key,
      UploadId: input.UploadId,
      PartNumberMarker: String(after),
      NextPartNumberMarker: String(page.at(-1)?.partNumber ?? after),
      MaxParts: input.MaxParts ?? 1000,
      IsTruncated: page.length < rest.length,
      Parts: page.map(({ partNumber, size, etag, lastModified, checksums }) => ({
        PartNumber: partNumber,
        Size: size,
        ETag: etag,
        LastModified: new Date(lastModified),
        ...checksums,
      })),
      Owner: owner(context),
      Initiator: { ID: upload.initiator, DisplayName: upload.initiator },
      StorageClass: upload.attributes.storageClass as "STANDARD",
    };
  },

  ListMultipartUploads(input, context) {
    needBucket(context, input.Bucket);
    const prefix = input.Prefix ?? "";
    const found = context.store
      .of(uploads)
      .filter(({ bucket, key }) => bucket === input.Bucket && key.startsWith(prefix))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    return {
      Bucket: input.Bucket,
      Prefix: prefix,
      MaxUploads: 1000,
      IsTruncated: false,
      Uploads: found.map(({ uploadId, key, initiated, initiator, attributes }) => ({
        UploadId: uploadId,
        Key: key,
        Initiated: new Date(initiated),
        StorageClass: attributes.storageClass as "STANDARD",
        Owner: owner(context),
        Initiator: { ID: initiator, DisplayName: initiator },
      })),
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
    );
  }
  return upload;
}
