import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { Blobs } from "./blobs.ts";
import { findObject, needBucket, needVersion, s3Error, shownVersion } from "./errors.ts";
import { checkTags } from "./object-attributes.ts";
import { objects, type ObjectVersion } from "./state.ts";
import { newVersionId } from "./write-object.ts";

interface Deleted {
  deleteMarker: boolean;
  versionId: string | undefined;
  blob?: string;
}

/** Deletes: a file goes after the commit that forgets it, so a crash in between leaves a stray file and never a lost one. */
export const objectDeleteHandlers: Handlers<typeof import("@aws-sdk/client-s3"), CallContext> = {
  async DeleteObject(input, context) {
    const deleted = context.cloud.transaction(() => {
      needBucket(context, input.Bucket);
      if (input.IfMatch !== undefined) {
        const { etag } = needVersion(context, input.Bucket, input.Key);
        if (input.IfMatch !== "*" && input.IfMatch !== etag) {
          throw s3Error(
            "PreconditionFailed",
            412,
            "At least one of the pre-conditions you specified did not hold",
            {
              Condition: "If-Match",
            },
          );
        }
      }
      return remove(context, input.Bucket, input.Key, input.VersionId);
    });
    removeFiles(context, [deleted]);
    return { DeleteMarker: deleted.deleteMarker || undefined, VersionId: deleted.versionId };
  },

  async DeleteObjects(input, context) {
    const wanted = input.Delete!.Objects!;
    if (wanted.length > 1000)
      throw s3Error(
        "MalformedXML",
        400,
        "The XML you provided was not well-formed or did not validate against our published schema",
      );
    const results = context.cloud.transaction(() => {
      needBucket(context, input.Bucket);
      return wanted.map(({ Key, VersionId }) => ({
        Key: Key!,
        VersionId,
        ...remove(context, input.Bucket, Key!, VersionId),
      }));
    });
    removeFiles(context, results);
    if (input.Delete!.Quiet) return {};
    return {
      Deleted: results.map(({ Key, VersionId, deleteMarker, versionId }) => ({
        Key,
        VersionId,
        DeleteMarker: deleteMarker || undefined,
        DeleteMarkerVersionId: deleteMarker ? versionId : undefined,
      })),
    };
  },
};

/** Tags of objects, which are changed in place. */
export const objectTagHandlers: Handlers<typeof import("@aws-sdk/client-s3"), CallContext> = {
  PutObjectTagging(input, context) {
    const tags = input.Tagging!.TagSet!.map(({ Key, Value }) => ({ Key: Key!, Value: Value! }));
    checkTags(tags);
    return retag(context, input, "PUT", tags);
  },
  DeleteObjectTagging: (input, context) => retag(context, input, "DELETE", []),
};

function retag(
  context: CallContext,
  { Bucket: bucketName, Key: key, VersionId }: { Bucket: string; Key: string; VersionId?: string },
  method: "PUT" | "DELETE",
  tags: ObjectVersion["tags"],
): { VersionId: string | undefined } {
  const bucket = needBucket(context, bucketName);
  const version = needVersion(context, bucketName, key, VersionId, method);
  const { versions } = findObject(context, bucketName, key)!;
  context.store.of(objects).patch(`${bucketName}/${key}`, {
    versions: versions.map((each) => (each === version ? { ...each, tags } : each)),
  });
  return { VersionId: shownVersion(bucket, version) };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html */
function remove(
  context: CallContext,
  bucketName: string,
  key: string,
  versionId: string | undefined,
): Deleted {
  const bucket = needBucket(context, bucketName);
  const collection = context.store.of(objects);
  const id = `${bucketName}/${key}`;
  const versions = collection.get(id)?.versions ?? [];
  const keep = (kept: readonly ObjectVersion[]) => {
    if (kept.length > 0) collection.put(id, { bucket: bucketName, key, versions: kept });
    else collection.delete(id);
  };
  if (versionId !== undefined) {
    const gone = versions.find((version) => version.versionId === versionId);
    if (gone) keep(versions.filter((version) => version !== gone));
    return { deleteMarker: gone?.deleteMarker ?? false, versionId, blob: gone?.blob };
  }
  if (bucket.versioning === undefined) {
    keep([]);
    return { deleteMarker: false, versionId: undefined, blob: versions[0]?.blob };
  }
  const marker = deleteMarker(
    bucket.versioning === "Enabled" ? newVersionId() : "null",
    context.clock.now(),
  );
  const replaced = versions.find((version) => version.versionId === marker.versionId);
  keep([marker, ...versions.filter((version) => version !== replaced)]);
  return { deleteMarker: true, versionId: marker.versionId, blob: replaced?.blob };
}

function deleteMarker(versionId: string, lastModified: number): ObjectVersion {
  return {
    versionId,
    deleteMarker: true,
    size: 0,
    etag: "",
    lastModified,
    storageClass: "STANDARD",
    serverSideEncryption: "AES256",
    metadata: {},
    tags: [],
    checksums: {},
  };
}

function removeFiles(context: CallContext, deleted: readonly Deleted[]): void {
  const blobs = new Blobs(context.settings.dataDir);
  for (const { blob } of deleted) if (blob) blobs.remove(blob);
}
