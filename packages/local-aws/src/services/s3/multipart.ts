import { createHash, randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { Blobs } from "./blobs.ts";
import { owner } from "./buckets.ts";
import { readCopySource } from "./copy-source.ts";
import { needBucket, needVersion, s3Error, shownVersion } from "./errors.ts";
import { readAttributes } from "./object-attributes.ts";
import { toMembers } from "./object-writes.ts";
import { requestedChecksums, verifyChecksums } from "./request-checksums.ts";
import { uploads, type MultipartUpload } from "./state.ts";
import { commitVersion } from "./write-object.ts";

type S3 = typeof import("@aws-sdk/client-s3");
type Part = MultipartUpload["parts"][number];

/** Every part but the last has at least this size: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MIN_PART_BYTES = 5 * 1024 * 1024;

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

/** Multipart uploads: bytes. */
export const multipartStreamHandlers: Handlers<S3, CallContext> = {
  async UploadPart(input, context) {
    const upload = needUpload(context, input.Bucket, input.Key, input.UploadId);
    checkPartNumber(input.PartNumber);
    const body = input.Body as Readable | undefined;
    const algorithms = upload.checksumAlgorithm
      ? [upload.checksumAlgorithm]
      : requestedChecksums(input);
    const blobs = new Blobs(context.settings.dataDir);
    const written = await blobs.write(body ? [body] : [], algorithms);
    try {
      verifyChecksums(input, body, written.checksums, written.md5);
      const part = putPart(context, input, written, toMembers(written.checksums));
      return { ETag: part.etag, ...part.checksums, ServerSideEncryption: "AES256" };
    } catch (error) {
      blobs.remove(written.blob);
      throw error;
    }
  },

  async UploadPartCopy(input, context) {
    needUpload(context, input.Bucket, input.Key, input.UploadId);
    checkPartNumber(input.PartNumber);
    const from = readCopySource(input.CopySource);
    const source = needVersion(
      context,
      needBucket(context, from.bucket).name,
      from.key,
      from.versionId,
    );
    const match = /^bytes=(\d+)-(\d+)$/.exec(input.CopySourceRange ?? "");
    if (input.CopySourceRange !== undefined && (!match || Number(match[2]) >= source.size)) {
      throw s3Error(
        "InvalidArgument",
        400,
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      );
    }
    const range = match ? { start: Number(match[1]), end: Number(match[2]) } : undefined;
    const blobs = new Blobs(context.settings.dataDir);
    const written = await blobs.write([blobs.read(source.blob!, range)], []);
    const part = putPart(context, input, written, {});
    return { CopyPartResult: { ETag: part.etag, LastModified: new Date(part.lastModified) } };
  },

  async CompleteMultipartUpload(input, context) {
    const upload = needUpload(context, input.Bucket, input.Key, input.UploadId);
    const parts = chooseParts(upload, input.MultipartUpload?.Parts ?? []);
    const blobs = new Blobs(context.settings.dataDir);
    const written = await blobs.write(readAll(blobs, parts), ["CRC64NVME"]);
    const digest = createHash("md5");
    for (const { etag } of parts) digest.update(Buffer.from(etag.replaceAll('"', ""), "hex"));
    const { bucket, version } = commitVersion(
      context,
      input.Bucket,
      input.Key,
      input,
      (_bucket, versionId) => ({
        ...upload.attributes,
        versionId,
        deleteMarker: false,
        blob: written.blob,
        size: written.size,
        etag: `"${digest.digest("hex")}-${parts.length}"`,
        lastModified: context.clock.now(),
        checksums: toMembers(written.checksums),
        checksumType: "FULL_OBJECT",
        parts: parts.map(({ size }) => ({ size })),
      }),
      () => void context.store.of(uploads).delete(input.UploadId),
    );
    for (const { blob } of Object.values(upload.parts)) blobs.remove(blob);
    return {
      Bucket: input.Bucket,
      Key: input.Key,
      Location: `${context.settings.endpoint}/${input.Bucket}/${input.Key}`,
      ETag: version.etag,
      ...version.checksums,
      ChecksumType: "FULL_OBJECT",
      ServerSideEncryption: "AES256",
      VersionId: shownVersion(bucket, version),
    };
  },

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

function* readAll(blobs: Blobs, parts: readonly Part[]): Generator<Readable> {
  for (const { blob } of parts) yield blobs.read(blob);
}

function putPart(
  context: CallContext,
  input: { Bucket: string; Key: string; UploadId: string; PartNumber: number },
  written: { blob: string; size: number; md5: string },
  checksums: Record<string, string>,
): Part {
  const part: Part = {
    partNumber: input.PartNumber,
    blob: written.blob,
    size: written.size,
    etag: `"${written.md5}"`,
    lastModified: context.clock.now(),
    checksums,
  };
  const replaced = context.cloud.transaction(() => {
    const { parts } = needUpload(context, input.Bucket, input.Key, input.UploadId);
    context.store
      .of(uploads)
      .patch(input.UploadId, { parts: { ...parts, [part.partNumber]: part } });
    return parts[part.partNumber];
  });
  if (replaced) new Blobs(context.settings.dataDir).remove(replaced.blob);
  return part;
}

function chooseParts(
  upload: Readonly<MultipartUpload>,
  wanted: readonly { PartNumber?: number; ETag?: string }[],
): readonly Part[] {
  if (wanted.length === 0) {
    throw s3Error(
      "MalformedXML",
      400,
      "The XML you provided was not well-formed or did not validate against our published schema",
    );
  }
  let last = 0;
  return wanted.map(({ PartNumber, ETag }, index) => {
    const part = upload.parts[PartNumber ?? 0];
    if (
      !part ||
      (ETag !== undefined && ETag.replaceAll('"', "") !== part.etag.replaceAll('"', ""))
    ) {
      throw s3Error(
        "InvalidPart",
        400,
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      );
    }
    if (part.partNumber <= last) {
      throw s3Error(
        "InvalidPartOrder",
        400,
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
      );
    }
    if (part.size < MIN_PART_BYTES && index < wanted.length - 1) {
      throw s3Error(
        "EntityTooSmall",
        400,
        "Your proposed upload is smaller than the minimum allowed size",
      );
    }
    last = part.partNumber;
    return part;
  });
}

function needUpload(
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

function checkPartNumber(number: number): void {
  if (number >= 1 && number <= 10_000) return;
  throw s3Error(
    "InvalidArgument",
    400,
    "Part number must be an integer between 1 and 10000, inclusive",
    {
      ArgumentName: "partNumber",
      ArgumentValue: String(number),
    },
  );
}
