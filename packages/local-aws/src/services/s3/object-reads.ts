import type { GetObjectAttributesRequest, GetObjectRequest, Grant } from "@aws-sdk/client-s3";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { ownersGrants, owner } from "./acl.ts";
import { Blobs } from "./blobs.ts";
import { checkRead } from "./conditions.ts";
import { isArchived, needBucket, needVersion, s3Error, shownVersion } from "./faults.ts";
import { checkUnsealed } from "./object-key.ts";
import { lockFacts } from "./object-lock.ts";
import { checkCount, pageSize } from "./pages.ts";
import type { Bucket, ObjectVersion } from "./state.ts";

type S3 = typeof import("@aws-sdk/client-s3");

/** Reads of objects; `GetObject` streams. */
export const objectReadHandlers: Handlers<S3, CallContext> = {
  HeadObject(input, context) {
    const { head } = findContent(input, context, "HEAD");
    return { ...head, ...overrides(input) };
  },

  GetObjectAttributes(input, context) {
    const bucket = needBucket(context, input.Bucket);
    const version = needVersion(context, input.Bucket, input.Key, input.VersionId);
    const wanted = new Set(input.ObjectAttributes);
    return {
      LastModified: new Date(version.lastModified),
      VersionId: shownVersion(bucket, version),
      ETag: wanted.has("ETag") ? version.etag.replaceAll('"', "") : undefined,
      ObjectSize: wanted.has("ObjectSize") ? version.size : undefined,
      StorageClass: wanted.has("StorageClass") ? (version.storageClass as "STANDARD") : undefined,
      Checksum: wanted.has("Checksum")
        ? { ...version.checksums, ChecksumType: version.checksumType }
        : undefined,
      ObjectParts: wanted.has("ObjectParts") ? partsOf(version, input) : undefined,
    };
  },

  GetObjectTagging(input, context) {
    const bucket = needBucket(context, input.Bucket);
    const version = needVersion(context, input.Bucket, input.Key, input.VersionId);
    return { TagSet: [...version.tags], VersionId: shownVersion(bucket, version) };
  },

  GetObjectAcl(input, context) {
    needBucket(context, input.Bucket);
    const { acl } = needVersion(context, input.Bucket, input.Key, input.VersionId);
    const Grants = (acl as Grant[] | undefined) ?? ownersGrants(context);
    return { Owner: owner(context), Grants };
  },
};

/** Parts are listed where they have checksums of their own; else they are counted alone. */
function partsOf({ parts, checksumType }: ObjectVersion, input: GetObjectAttributesRequest) {
  if (!parts) return undefined;
  if (checksumType !== "COMPOSITE") return { TotalPartsCount: parts.length };
  const max = pageSize("max-parts", input.MaxParts);
  const after = Number(input.PartNumberMarker ?? 0);
  checkCount("part-number-marker", after);
  const all = parts.map(({ partNumber, size, checksums }, index) => ({
    PartNumber: partNumber ?? index + 1,
    Size: size,
    ...checksums,
  }));
  const rest = all.filter(({ PartNumber }) => PartNumber > after);
  const page = rest.slice(0, max);
  return {
    TotalPartsCount: parts.length,
    PartNumberMarker: String(after),
    NextPartNumberMarker: String(page.at(-1)?.PartNumber ?? after),
    MaxParts: max,
    IsTruncated: page.length > 0 && page.length < rest.length,
    Parts: page,
  };
}

/** `GetObject`: the body is a stream of the object's file. */
export const objectStreamHandlers: Handlers<S3, CallContext> = {
  GetObject(input, context) {
    const { version, range, head } = findContent(input, context, "GET");
    if (isArchived(version)) {
      throw s3Error(
        "InvalidObjectState",
        403,
        "The operation is not valid for the object's storage class",
        { StorageClass: version.storageClass },
      );
    }
    context.cloud.transaction(() => checkUnsealed(context, version));
    return {
      ...head,
      ...overrides(input),
      TagCount: version.tags.length || undefined,
      Body: new Blobs(context.settings.dataDir).read(version.blob!, version.size, range),
    };
  },
};

/** The version that is asked for, the part of it that is wanted, and what is said of both before the body. */
function findContent(
  input: GetObjectRequest & { Bucket: string; Key: string },
  context: CallContext,
  method: "GET" | "HEAD",
) {
  const bucket = needBucket(context, input.Bucket);
  const version = needVersion(context, input.Bucket, input.Key, input.VersionId, method);
  checkRead(input, version);
  const range = partRange(input, version) ?? readRange(input.Range, version.size);
  const head = {
    ...describe(bucket, version, input.ChecksumMode === "ENABLED" && !range),
    ...lengths(version, range),
    PartsCount: input.PartNumber === undefined ? undefined : version.parts?.length,
  };
  return { version, range, head };
}

/** Headers that a reader wants instead of the object's own. */
function overrides(input: GetObjectRequest) {
  const wanted = {
    ContentType: input.ResponseContentType,
    ContentDisposition: input.ResponseContentDisposition,
    ContentEncoding: input.ResponseContentEncoding,
    ContentLanguage: input.ResponseContentLanguage,
    CacheControl: input.ResponseCacheControl,
    ExpiresString: input.ResponseExpires?.toUTCString(),
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

/**
 * The bytes of a part: an object that was written at once is its own first part.
 * @throws AwsError `InvalidRequest`, or `InvalidPartNumber` (416) where there is no such part
 */
function partRange({ PartNumber: number, Range }: GetObjectRequest, version: ObjectVersion) {
  if (number === undefined) return undefined;
  if (Range !== undefined)
    throw s3Error(
      "InvalidRequest",
      400,
      "Cannot specify both Range header and partNumber query parameter",
    );
  const parts = version.parts ?? [{ size: version.size }];
  const part = parts[number - 1];
  if (!part) {
    throw s3Error("InvalidPartNumber", 416, "The requested partnumber is not satisfiable", {
      PartNumberRequested: String(number),
      ActualPartCount: String(parts.length),
    });
  }
  if (part.size === 0) return undefined;
  const start = parts.slice(0, number - 1).reduce((sum, { size }) => sum + size, 0);
  return { start, end: start + part.size - 1 };
}

function describe(bucket: Readonly<Bucket>, version: ObjectVersion, checksums: boolean) {
  return {
    AcceptRanges: "bytes",
    LastModified: new Date(version.lastModified),
    ETag: version.etag,
    VersionId: shownVersion(bucket, version),
    CacheControl: version.cacheControl,
    ContentDisposition: version.contentDisposition,
    ContentEncoding: version.contentEncoding,
    ContentLanguage: version.contentLanguage,
    ContentType: version.contentType ?? "binary/octet-stream",
    ExpiresString: version.expires,
    WebsiteRedirectLocation: version.websiteRedirectLocation,
    ServerSideEncryption: version.serverSideEncryption as "AES256",
    SSEKMSKeyId: version.kmsKeyId,
    BucketKeyEnabled: version.bucketKeyEnabled,
    StorageClass:
      version.storageClass === "STANDARD" ? undefined : (version.storageClass as "GLACIER"),
    ...lockFacts(version),
    Metadata: { ...version.metadata },
    ...(checksums ? { ...version.checksums, ChecksumType: version.checksumType } : {}),
  };
}

function lengths(version: ObjectVersion, range: { start: number; end: number } | undefined) {
  return range
    ? {
        ContentLength: range.end - range.start + 1,
        ContentRange: `bytes ${range.start}-${range.end}/${version.size}`,
      }
    : { ContentLength: version.size };
}

/**
 * One range of bytes, as RFC 9110 section 14.1.2 has it; several ranges, and units that S3 does not know, are ignored.
 * @throws AwsError `InvalidRange` (416) where it begins past the end
 */
function readRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const [, first, last] = match as unknown as [string, string, string];
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== "" && last !== "" && Number(last) < start) return undefined;
  if (start >= size || end < start) {
    throw s3Error("InvalidRange", 416, "The requested range is not satisfiable", {
      RangeRequested: header,
      ActualObjectSize: String(size),
    });
  }
  return { start, end };
}
