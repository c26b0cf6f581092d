import type { Readable } from "node:stream";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { Blobs } from "./blobs.ts";
import { checkRead } from "./conditions.ts";
import { readCopySource } from "./copy-source.ts";
import { needBucket, needVersion, s3Error, shownVersion } from "./errors.ts";
import { attributesOf, readAttributes } from "./object-attributes.ts";
import { memberOf, requestedChecksums, verifyChecksums } from "./request-checksums.ts";
import { commitVersion } from "./write-object.ts";

/** Writes of objects: bodies stream to a file, and the store speaks of it only when it is whole. */
export const objectWriteHandlers: Handlers<typeof import("@aws-sdk/client-s3"), CallContext> = {
  async PutObject(input, context) {
    needBucket(context, input.Bucket);
    const body = input.Body as Readable | undefined;
    const blobs = new Blobs(context.settings.dataDir);
    const attributes = readAttributes(input);
    const written = await blobs.write(body ? [body] : [], requestedChecksums(input));
    try {
      verifyChecksums(input, body, written.checksums, written.md5);
    } catch (error) {
      blobs.remove(written.blob);
      throw error;
    }
    const checksums = toMembers(written.checksums);
    const { bucket, version } = commitVersion(
      context,
      input.Bucket,
      input.Key,
      input,
      (_bucket, versionId) => ({
        ...attributes,
        versionId,
        deleteMarker: false,
        blob: written.blob,
        size: written.size,
        etag: `"${written.md5}"`,
        lastModified: context.clock.now(),
        checksums,
        checksumType: "FULL_OBJECT",
      }),
    );
    return {
      ETag: version.etag,
      ...checksums,
      ChecksumType: "FULL_OBJECT",
      ServerSideEncryption: version.serverSideEncryption as "AES256",
      SSEKMSKeyId: version.kmsKeyId,
      VersionId: shownVersion(bucket, version),
      Size: version.size,
    };
  },

  async CopyObject(input, context) {
    const from = readCopySource(input.CopySource);
    const source = needVersion(
      context,
      needBucket(context, from.bucket).name,
      from.key,
      from.versionId,
    );
    needBucket(context, input.Bucket);
    checkRead(
      {
        IfMatch: input.CopySourceIfMatch,
        IfNoneMatch: input.CopySourceIfNoneMatch,
        IfModifiedSince: input.CopySourceIfModifiedSince,
        IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
      },
      source,
    );
    const replace = input.MetadataDirective === "REPLACE";
    if (
      from.bucket === input.Bucket &&
      from.key === input.Key &&
      !replace &&
      input.StorageClass === undefined
    ) {
      throw s3Error(
        "InvalidRequest",
        400,
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    }
    const blobs = new Blobs(context.settings.dataDir);
    const written = await blobs.write([blobs.read(source.blob!)], requestedChecksums(input));
    const given = readAttributes(input);
    const attributes = replace
      ? given
      : { ...attributesOf(source), storageClass: given.storageClass };
    const tags = input.TaggingDirective === "REPLACE" ? given.tags : source.tags;
    const { bucket, version } = commitVersion(
      context,
      input.Bucket,
      input.Key,
      {},
      (_bucket, versionId) => ({
        ...attributes,
        tags,
        versionId,
        deleteMarker: false,
        blob: written.blob,
        size: written.size,
        etag: `"${written.md5}"`,
        lastModified: context.clock.now(),
        checksums: toMembers(written.checksums),
        checksumType: "FULL_OBJECT",
      }),
    );
    return {
      CopyObjectResult: {
        ETag: version.etag,
        LastModified: new Date(version.lastModified),
        ...version.checksums,
        ChecksumType: "FULL_OBJECT",
      },
      CopySourceVersionId: source.versionId === "null" ? undefined : source.versionId,
      VersionId: shownVersion(bucket, version),
      ServerSideEncryption: version.serverSideEncryption as "AES256",
    };
  },
};

/** Checksums by algorithm as checksums by member. */
export function toMembers(checksums: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(checksums).map(([algorithm, value]) => [memberOf(algorithm), value]),
  );
}
