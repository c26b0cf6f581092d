import type { Readable } from "node:stream";
import type { CopyObjectRequest } from "@aws-sdk/client-s3";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { Blobs } from "./blobs.ts";
import { checkRead, copyConditions } from "./conditions.ts";
import { readCopySource } from "./copy-source.ts";
import { checkKey, needBucket, needSource, s3Error, shownVersion } from "./faults.ts";
import { attributesOf, encryptionFacts, readAttributes } from "./object-attributes.ts";
import { memberOf, requestedChecksums, verifyChecksums } from "./request-checksums.ts";
import { checkUnsealed, sealed } from "./object-key.ts";
import type { Bucket, ObjectVersion } from "./state.ts";
import { commitVersion } from "./write-object.ts";

/** Writes of objects: bodies stream to a file, and the store speaks of it only when it is whole. */
export const objectWriteHandlers: Handlers<typeof import("@aws-sdk/client-s3"), CallContext> = {
  async PutObject(input, context) {
    const target = needBucket(context, input.Bucket);
    checkKey(input.Key);
    const body = input.Body as Readable | undefined;
    const blobs = new Blobs(context.settings.dataDir);
    const attributes = context.cloud.transaction(() =>
      sealed(context, readAttributes(input, target, context)),
    );
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
      ...encryptionFacts(version),
      VersionId: shownVersion(bucket, version),
      Size: version.size,
    };
  },

  async CopyObject(input, context) {
    const from = readCopySource(input.CopySource);
    const source = needSource(context, from);
    const target = needBucket(context, input.Bucket);
    checkKey(input.Key);
    checkRead(copyConditions(input), source, "copy");
    if (from.bucket === input.Bucket && from.key === input.Key && !changesSomething(input, target))
      throw copyOntoItself();
    const given = context.cloud.transaction(() => {
      checkUnsealed(context, source);
      return sealed(context, readAttributes(input, target, context));
    });
    const blobs = new Blobs(context.settings.dataDir);
    const written = await blobs.write(
      [blobs.read(source.blob!, source.size)],
      copiedChecksums(input, source),
    );
    const attributes = copiedAttributes(input, source, given);
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
      ...encryptionFacts(version),
    };
  },
};

/** What describes an object comes with it, unless it is replaced; how and where it is kept does not. */
function copiedAttributes(
  input: CopyObjectRequest,
  source: ObjectVersion,
  given: ReturnType<typeof readAttributes>,
): ReturnType<typeof readAttributes> {
  const { storageClass, serverSideEncryption, kmsKeyId, bucketKeyEnabled, acl, lock } = given;
  const { websiteRedirectLocation } = given;
  const kept = { storageClass, serverSideEncryption, kmsKeyId, bucketKeyEnabled, acl, lock };
  const described =
    input.MetadataDirective === "REPLACE"
      ? given
      : { ...attributesOf(source), ...kept, websiteRedirectLocation };
  const tags = input.TaggingDirective === "REPLACE" ? given.tags : source.tags;
  return { ...described, tags };
}

/** What makes a copy of an object onto itself a change: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
function changesSomething(input: CopyObjectRequest, { settings }: Readonly<Bucket>): boolean {
  return (
    input.MetadataDirective === "REPLACE" ||
    input.StorageClass !== undefined ||
    input.WebsiteRedirectLocation !== undefined ||
    input.ServerSideEncryption !== undefined ||
    settings["encryptionWasPut"] === true ||
    readCopySource(input.CopySource!).versionId !== undefined
  );
}

function copyOntoItself(): Error {
  return s3Error(
    "InvalidRequest",
    400,
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}

/** A copy has the algorithm of its source, unless another is asked for. */
function copiedChecksums(input: CopyObjectRequest, source: ObjectVersion): string[] {
  if (input.ChecksumAlgorithm) return [input.ChecksumAlgorithm];
  const kept = Object.keys(source.checksums).map((member) => member.replace("Checksum", ""));
  return kept.length > 0 ? kept : requestedChecksums({});
}

/** Checksums by algorithm as checksums by member. */
export function toMembers(checksums: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(checksums).map(([algorithm, value]) => [memberOf(algorithm), value]),
  );
}
