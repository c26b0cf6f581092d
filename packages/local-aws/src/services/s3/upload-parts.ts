import { checkUnsealed } from "./object-key.ts";
import type { Readable } from "node:stream";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { Blobs, type WrittenBlob } from "./blobs.ts";
import { checkRead, copyConditions } from "./conditions.ts";
import { readCopySource } from "./copy-source.ts";
import { needSource, s3Error, needBucket } from "./faults.ts";
import { checkPartAlgorithm } from "./multipart-checksums.ts";
import { needUpload } from "./multipart.ts";
import { encryptionFacts } from "./object-attributes.ts";
import { toMembers } from "./object-writes.ts";
import { requestedChecksums, verifyChecksums } from "./request-checksums.ts";
import { uploads, type MultipartUpload } from "./state.ts";
import { owner } from "./acl.ts";
import { checkCount, compareKeys, encoder, pageOf, pageSize } from "./pages.ts";

type Part = MultipartUpload["parts"][number];

/** Parts of uploads: each is a file until the upload is completed or aborted. */
export const uploadPartHandlers: Handlers<typeof import("@aws-sdk/client-s3"), CallContext> = {
  async UploadPart(input, context) {
    checkPartNumber(input.PartNumber);
    const upload = needUpload(context, input.Bucket, input.Key, input.UploadId);
    const body = input.Body as Readable | undefined;
    const algorithms = upload.checksumAlgorithm
      ? [upload.checksumAlgorithm]
      : requestedChecksums(input);
    const blobs = new Blobs(context.settings.dataDir);
    const written = await blobs.write(body ? [body] : [], algorithms);
    const part = putPart(context, input, written, () => {
      checkPartAlgorithm(upload, input, body);
      verifyChecksums(input, body, written.checksums, written.md5);
      return toMembers(written.checksums);
    });
    return { ETag: part.etag, ...part.checksums, ...encryptionFacts(upload.attributes) };
  },

  async UploadPartCopy(input, context) {
    checkPartNumber(input.PartNumber);
    const upload = needUpload(context, input.Bucket, input.Key, input.UploadId);
    const from = readCopySource(input.CopySource);
    const source = needSource(context, from);
    checkRead(copyConditions(input), source, "copy");
    context.cloud.transaction(() => checkUnsealed(context, source));
    const match = /^bytes=(\d+)-(\d+)$/.exec(input.CopySourceRange ?? "");
    if (input.CopySourceRange !== undefined && (!match || Number(match[2]) >= source.size)) {
      throw s3Error(
        "InvalidArgument",
        400,
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      );
    }
    const algorithms = upload.checksumAlgorithm ? [upload.checksumAlgorithm] : [];
    const range = match ? { start: Number(match[1]), end: Number(match[2]) } : undefined;
    const blobs = new Blobs(context.settings.dataDir);
    const written = await blobs.write([blobs.read(source.blob!, source.size, range)], algorithms);
    const part = putPart(context, input, written, () => toMembers(written.checksums));
    return {
      CopyPartResult: {
        ETag: part.etag,
        LastModified: new Date(part.lastModified),
        ...part.checksums,
      },
      CopySourceVersionId: source.versionId === "null" ? undefined : source.versionId,
      ...encryptionFacts(upload.attributes),
    };
  },
};

/** Keeps what was written as a part of its upload, in one transaction. Where that fails the file goes. */
function putPart(
  context: CallContext,
  input: { Bucket: string; Key: string; UploadId: string; PartNumber: number },
  written: WrittenBlob,
  check: () => Record<string, string>,
): Part {
  const { PartNumber: partNumber, UploadId } = input;
  const { blob, size, md5 } = written;
  const blobs = new Blobs(context.settings.dataDir);
  let kept: { part: Part; replaced: Part | undefined };
  try {
    const checksums = check();
    kept = context.cloud.transaction(() => {
      const { parts } = needUpload(context, input.Bucket, input.Key, UploadId);
      const lastModified = context.clock.now();
      const part = { partNumber, blob, size, etag: `"${md5}"`, lastModified, checksums };
      context.store.of(uploads).patch(UploadId, { parts: { ...parts, [partNumber]: part } });
      return { part, replaced: parts[partNumber] };
    });
  } catch (error) {
    blobs.remove(blob);
    throw error;
  }
  if (kept.replaced) blobs.remove(kept.replaced.blob);
  return kept.part;
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

/** Lists of uploads and of their parts. */
export const uploadListingHandlers: Handlers<typeof import("@aws-sdk/client-s3"), CallContext> = {
  ListParts(input, context) {
    const max = pageSize("max-parts", input.MaxParts);
    const after = Number(input.PartNumberMarker ?? 0);
    checkCount("part-number-marker", after);
    const upload = needUpload(context, input.Bucket, input.Key, input.UploadId);
    const rest = Object.values(upload.parts).filter(({ partNumber }) => partNumber > after);
    const page = rest.slice(0, max);
    return {
      Bucket: input.Bucket,
      Key: input.Key,
      UploadId: input.UploadId,
      PartNumberMarker: String(after),
      NextPartNumberMarker: String(page.at(-1)?.partNumber ?? after),
      MaxParts: max,
      IsTruncated: page.length > 0 && page.length < rest.length,
      Parts: page.map(({ partNumber, size, etag, lastModified, checksums }) => ({
        PartNumber: partNumber,
        Size: size,
        ETag: etag,
        LastModified: new Date(lastModified),
        ...checksums,
      })),
      ...whoAndHow(context, upload),
    };
  },

  ListMultipartUploads(input, context) {
    const bucket = needBucket(context, input.Bucket).name;
    const encode = encoder(input.EncodingType);
    const max = pageSize("max-uploads", input.MaxUploads);
    const all = context.store
      .of(uploads)
      .filter((upload) => upload.bucket === bucket)
      .sort(compareUploads);
    const page = pageOf(all, {
      prefix: input.Prefix ?? "",
      delimiter: input.Delimiter ?? "",
      max,
      isBefore: readMarkers(all, input.KeyMarker, input.UploadIdMarker),
    });
    return {
      Bucket: input.Bucket,
      KeyMarker: encode(input.KeyMarker ?? ""),
      UploadIdMarker: input.KeyMarker ? (input.UploadIdMarker ?? "") : "",
      NextKeyMarker: page.next && encode(page.next.entry),
      NextUploadIdMarker: page.next?.item?.uploadId,
      Prefix: encode(input.Prefix ?? ""),
      Delimiter: input.Delimiter === undefined ? undefined : encode(input.Delimiter),
      EncodingType: input.EncodingType,
      MaxUploads: max,
      IsTruncated: page.next !== undefined,
      Uploads: page.items.map((upload) => ({
        UploadId: upload.uploadId,
        Key: encode(upload.key),
        Initiated: new Date(upload.initiated),
        ...whoAndHow(context, upload),
      })),
      CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    };
  },
};

function whoAndHow(context: CallContext, upload: Readonly<MultipartUpload>) {
  const { initiator, attributes, checksumAlgorithm } = upload;
  return {
    Owner: owner(context),
    Initiator: { ID: initiator, DisplayName: initiator },
    StorageClass: attributes.storageClass as "STANDARD",
    ChecksumAlgorithm: checksumAlgorithm as "CRC32" | undefined,
    ChecksumType: attributes.checksumType,
  };
}

/** By key, and by when they began where the key is the same. */
function compareUploads(a: Readonly<MultipartUpload>, b: Readonly<MultipartUpload>): number {
  return (
    compareKeys(a.key, b.key) || a.initiated - b.initiated || compareKeys(a.uploadId, b.uploadId)
  );
}

/** An upload id counts beside a key only. One that has gone begins its key anew: repeated is better than skipped. */
function readMarkers(
  sorted: readonly Readonly<MultipartUpload>[],
  key: string | undefined,
  uploadId: string | undefined,
): (entry: string, item: Readonly<MultipartUpload> | undefined) => boolean {
  if (!key) return () => false;
  const last = sorted.find((upload) => upload.key === key && upload.uploadId === uploadId);
  return (entry, item) => {
    const order = compareKeys(entry, key);
    if (order !== 0 || !uploadId || !item) return order <= 0;
    return last !== undefined && compareUploads(item, last) <= 0;
  };
}
