import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import type { CompletedPart } from "@aws-sdk/client-s3";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { Blobs, type WrittenBlob } from "./blobs.ts";
import { s3Error, shownVersion } from "./faults.ts";
import { checkWhole, compositeChecksum, hasListedChecksum } from "./multipart-checksums.ts";
import { needUpload } from "./multipart.ts";
import { encryptionFacts } from "./object-attributes.ts";
import { toMembers } from "./object-writes.ts";
import { uploads, type MultipartUpload } from "./state.ts";
import { commitVersion } from "./write-object.ts";

type Part = MultipartUpload["parts"][number];

/** Every part but the last has at least this size: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MIN_PART_BYTES = 5 * 1024 * 1024;

/** Makes one object of the parts of an upload. */
export const completeUploadHandlers: Handlers<typeof import("@aws-sdk/client-s3"), CallContext> = {
  async CompleteMultipartUpload(input, context) {
    const upload = needUpload(context, input.Bucket, input.Key, input.UploadId);
    const parts = chooseParts(upload, input.MultipartUpload?.Parts ?? []);
    const blobs = new Blobs(context.settings.dataDir);
    const written = await writeWhole(context, upload, blobs, parts);
    const sums = sumsOf(upload, parts, written);
    const etag = etagOf(parts);
    let unused: MultipartUpload["parts"] = {};
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
        etag: `"${etag}-${parts.length}"`,
        lastModified: context.clock.now(),
        ...sums,
        parts: parts.map(({ partNumber, size, checksums }) => ({ partNumber, size, checksums })),
      }),
      () => {
        unused = needSameParts(context, upload, parts).parts;
        checkWhole({ ...input }, { size: written.size, ...sums });
        context.store.of(uploads).delete(input.UploadId);
      },
    );
    for (const { blob } of Object.values(unused)) blobs.remove(blob);
    return {
      Bucket: input.Bucket,
      Key: input.Key,
      Location: `${context.settings.endpoint}/${input.Bucket}/${input.Key}`,
      ETag: version.etag,
      ...version.checksums,
      ChecksumType: version.checksumType,
      ...encryptionFacts(version),
      VersionId: shownVersion(bucket, version),
    };
  },
};

function sumsOf(
  { checksumAlgorithm: algorithm, attributes }: Readonly<MultipartUpload>,
  parts: readonly Part[],
  written: WrittenBlob,
) {
  if (algorithm === undefined || attributes.checksumType !== "COMPOSITE")
    return { checksums: toMembers(written.checksums), checksumType: "FULL_OBJECT" as const };
  const checksums = toMembers({ [algorithm]: compositeChecksum(algorithm, parts) });
  return { checksums, checksumType: "COMPOSITE" as const };
}

/**
 * Writes the parts as one file.
 * @throws AwsError as {@link needSameParts} where a part went meanwhile
 */
async function writeWhole(
  context: CallContext,
  upload: Readonly<MultipartUpload>,
  blobs: Blobs,
  parts: readonly Part[],
): Promise<WrittenBlob> {
  const { checksumAlgorithm: algorithm = "CRC64NVME", attributes } = upload;
  const isWhole = attributes.checksumType !== "COMPOSITE";
  try {
    return await blobs.write(readAll(blobs, parts), isWhole ? [algorithm] : []);
  } catch (error) {
    needSameParts(context, upload, parts);
    throw error;
  }
}

/**
 * The upload, once more: writing takes time, in which it may have been completed or aborted, and a part replaced.
 * @throws AwsError `NoSuchUpload`, `InvalidPart`
 */
function needSameParts(
  context: CallContext,
  { bucket, key, uploadId }: Readonly<MultipartUpload>,
  parts: readonly Part[],
): Readonly<MultipartUpload> {
  const upload = needUpload(context, bucket, key, uploadId);
  for (const { partNumber, blob } of parts)
    if (upload.parts[partNumber]?.blob !== blob) throw invalidPart();
  return upload;
}

function etagOf(parts: readonly Part[]): string {
  const digest = createHash("md5");
  for (const { etag } of parts) digest.update(Buffer.from(etag.replaceAll('"', ""), "hex"));
  return digest.digest("hex");
}

function* readAll(blobs: Blobs, parts: readonly Part[]): Generator<Readable> {
  for (const { blob, size } of parts) yield blobs.read(blob, size);
}

function chooseParts(
  upload: Readonly<MultipartUpload>,
  wanted: readonly CompletedPart[],
): readonly Part[] {
  if (wanted.length === 0) {
    throw s3Error(
      "MalformedXML",
      400,
      "The XML you provided was not well-formed or did not validate against our published schema",
    );
  }
  let last = 0;
  return wanted.map((listed, index) => {
    const { PartNumber, ETag } = listed;
    const part = upload.parts[PartNumber ?? 0];
    if (
      !part ||
      (ETag !== undefined && ETag.replaceAll('"', "") !== part.etag.replaceAll('"', "")) ||
      !hasListedChecksum(upload, part, { ...listed })
    ) {
      throw invalidPart();
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

function invalidPart(): Error {
  return s3Error(
    "InvalidPart",
    400,
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  );
}
