import type { GetObjectRequest } from "@aws-sdk/client-s3";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { Blobs } from "./blobs.ts";
import { owner } from "./buckets.ts";
import { checkRead } from "./conditions.ts";
import { needBucket, needVersion, s3Error, shownVersion } from "./errors.ts";
import type { Bucket, ObjectVersion } from "./state.ts";

type S3 = typeof import("@aws-sdk/client-s3");

/** Reads of objects; `GetObject` streams. */
export const objectReadHandlers: Handlers<S3, CallContext> = {
  HeadObject(input, context) {
    return findContent(input, context).head;
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
      ObjectParts:
        wanted.has("ObjectParts") && version.parts
          ? { TotalPartsCount: version.parts.length }
          : undefined,
    };
  },

  GetObjectTagging(input, context) {
    const bucket = needBucket(context, input.Bucket);
    const version = needVersion(context, input.Bucket, input.Key, input.VersionId);
    return { TagSet: [...version.tags], VersionId: shownVersion(bucket, version) };
  },

  GetObjectAcl(input, context) {
    needBucket(context, input.Bucket);
    needVersion(context, input.Bucket, input.Key, input.VersionId);
    const Owner = owner(context);
    return {
      Owner,
      Grants: [{ Grantee: { ...Owner, Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }],
    };
  },
};

/** `GetObject`: the body is a stream of the object's file. */
export const objectStreamHandlers: Handlers<S3, CallContext> = {
  GetObject(input, context) {
    const { version, range, head } = findContent(input, context);
    return {
      ...head,
      ContentType: input.ResponseContentType ?? version.contentType ?? "binary/octet-stream",
      ContentDisposition: input.ResponseContentDisposition ?? version.contentDisposition,
      ContentEncoding: input.ResponseContentEncoding ?? version.contentEncoding,
      ContentLanguage: input.ResponseContentLanguage ?? version.contentLanguage,
      CacheControl: input.ResponseCacheControl ?? version.cacheControl,
      TagCount: version.tags.length || undefined,
      Body: new Blobs(context.settings.dataDir).read(version.blob!, range),
    };
  },
};

/** The version that is asked for, the part of it that is wanted, and what is said of both before the body. */
function findContent(
  input: GetObjectRequest & { Bucket: string; Key: string },
  context: CallContext,
) {
  const bucket = needBucket(context, input.Bucket);
  const version = needVersion(context, input.Bucket, input.Key, input.VersionId);
  checkRead(input, version);
  const range = readRange(input.Range, version.size);
  const head = {
    ...describe(bucket, version, input.ChecksumMode === "ENABLED" && !range),
    ...lengths(version, range),
  };
  return { version, range, head };
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
