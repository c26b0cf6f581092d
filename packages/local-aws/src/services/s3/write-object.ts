import { randomBytes } from "node:crypto";
import type { CallContext } from "../service.ts";
import { Blobs } from "./blobs.ts";
import { checkWrite } from "./conditions.ts";
import { findObject, needBucket } from "./faults.ts";
import { objects, type Bucket, type ObjectVersion } from "./state.ts";

/** A version id such as S3 gives: opaque. */
export function newVersionId(): string {
  return randomBytes(24).toString("base64url");
}

/**
 * Makes `version` the newest of its object, in one transaction, and removes the file that it replaces once that is durable.
 * @param make the version; throws where it must not be written after all
 * @throws AwsError `PreconditionFailed` where a condition of the write does not hold: nothing changes, and the new file is removed
 */
export function commitVersion(
  context: CallContext,
  bucketName: string,
  key: string,
  conditions: { IfMatch?: string; IfNoneMatch?: string },
  make: (bucket: Readonly<Bucket>, versionId: string) => ObjectVersion,
  alsoChange: () => void = () => {},
): { bucket: Readonly<Bucket>; version: ObjectVersion } {
  const blobs = new Blobs(context.settings.dataDir);
  let made: ObjectVersion | undefined;
  try {
    const { bucket, version, replaced } = context.cloud.transaction(() => {
      const bucket = needBucket(context, bucketName);
      const object = findObject(context, bucketName, key);
      const versionId = bucket.versioning === "Enabled" ? newVersionId() : "null";
      made = make(bucket, versionId);
      checkWrite(conditions, key, object?.versions[0]);
      const kept = (object?.versions ?? []).filter((old) => old.versionId !== versionId);
      const replaced = (object?.versions ?? []).filter((old) => old.versionId === versionId);
      context.store
        .of(objects)
        .put(`${bucketName}/${key}`, { bucket: bucketName, key, versions: [made, ...kept] });
      alsoChange();
      return { bucket, version: made, replaced };
    });
    for (const { blob } of replaced) if (blob) blobs.remove(blob);
    return { bucket, version };
  } catch (error) {
    // What failed after the commit does not take the object's bytes.
    const isKept = findObject(context, bucketName, key)?.versions.some(
      ({ blob }) => blob === made?.blob,
    );
    if (made?.blob && !isKept) blobs.remove(made.blob);
    throw error;
  }
}
