import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { owner } from "./owner.ts";
import { needBucket } from "./faults.ts";
import { needUpload } from "./multipart.ts";
import { checkCount, compareKeys, encoder, pageOf, pageSize } from "./pages.ts";
import { uploads, type MultipartUpload } from "./state.ts";

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
