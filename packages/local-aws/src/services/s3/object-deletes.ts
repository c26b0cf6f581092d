import type { ObjectIdentifier } from "@aws-sdk/client-s3";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { Blobs } from "./blobs.ts";
import { checkKey, findObject, needBucket, needVersion, s3Error, shownVersion } from "./faults.ts";
import { checkTags } from "./object-attributes.ts";
import { checkUnlocked } from "./object-lock.ts";
import { objects, type ObjectVersion } from "./state.ts";
import { newVersionId } from "./write-object.ts";

interface Named {
  Bucket: string;
  Key: string;
  VersionId?: string;
}

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
      return remove(context, input, input.BypassGovernanceRetention);
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
      return wanted.map((each) => removeOne(context, input, each));
    });
    const deleted = results.filter((result) => "deleteMarker" in result);
    removeFiles(context, deleted);
    const Errors = results.filter((result) => "Code" in result);
    if (input.Delete!.Quiet) return { Errors };
    return {
      Errors,
      Deleted: deleted.map(({ Key, VersionId, deleteMarker, versionId }) => ({
        Key,
        VersionId,
        DeleteMarker: deleteMarker || undefined,
        DeleteMarkerVersionId: deleteMarker ? versionId : undefined,
      })),
    };
  },
};

/** One of many: what may not be deleted is told beside what was. */
function removeOne(
  context: CallContext,
  { Bucket, BypassGovernanceRetention }: { Bucket: string; BypassGovernanceRetention?: boolean },
  { Key, VersionId }: ObjectIdentifier,
) {
  const name = { Bucket, Key: Key!, VersionId };
  try {
    const action = VersionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
    const refusal = context.refusal?.({ action, on: [`arn:aws:s3:::${Bucket}/${Key}`] });
    if (refusal) throw refusal;
    return { Key, VersionId, ...remove(context, name, BypassGovernanceRetention) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { Key, VersionId, Code: error.code, Message: error.message };
  }
}

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
  { Bucket: bucketName, Key: key, VersionId }: Named,
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
  { Bucket: bucketName, Key: key, VersionId: versionId }: Named,
  bypassesGovernance: boolean | undefined,
): Deleted {
  checkKey(key);
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
    if (gone) checkUnlocked(gone, bypassesGovernance, context);
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
