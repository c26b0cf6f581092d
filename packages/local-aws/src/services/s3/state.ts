import { defineKind } from "../../store/kind.ts";
import { written } from "../kit/written.ts";
import type { Kept } from "../service.ts";

/** Keyed by name. Names are one space for all accounts. */
export interface Bucket {
  name: string;
  account: string;
  region: string;
  createdAt: number;
  versioning?: "Enabled" | "Suspended";
  /** Sub-resources as they were put, by name (`cors`, `lifecycle`, …): the SDK's own types. */
  settings: Readonly<Record<string, unknown>>;
}

/** One version of an object. `null` is the version id of an object in a bucket without versioning. */
export interface ObjectVersion {
  versionId: string;
  deleteMarker: boolean;
  /** Name of the file under `objects/`; absent for a delete marker. */
  blob?: string;
  size: number;
  /** With quotes. */
  etag: string;
  lastModified: number;
  contentType?: string;
  contentEncoding?: string;
  contentDisposition?: string;
  contentLanguage?: string;
  cacheControl?: string;
  expires?: string;
  websiteRedirectLocation?: string;
  storageClass: string;
  serverSideEncryption: string;
  kmsKeyId?: string;
  bucketKeyEnabled?: boolean;
  metadata: Readonly<Record<string, string>>;
  tags: readonly { Key: string; Value: string }[];
  /** Set where the bucket has access control lists and the writer gave one: the SDK's `Grant`s. */
  acl?: readonly unknown[];
  /** What Object Lock keeps from being deleted: `until` is milliseconds since the epoch. */
  lock?: { mode?: string; until?: number; hold?: string };
  /** By the name of the SDK's member, such as `ChecksumCRC32`. */
  checksums: Readonly<Record<string, string>>;
  checksumType?: "FULL_OBJECT" | "COMPOSITE";
  parts?: readonly {
    partNumber?: number;
    size: number;
    checksums?: Readonly<Record<string, string>>;
  }[];
}

/** Keyed by `<bucket>/<key>`. */
export interface StoredObject {
  bucket: string;
  key: string;
  /** Newest first; never empty. */
  versions: readonly ObjectVersion[];
}

/** Keyed by upload id. */
export interface MultipartUpload {
  uploadId: string;
  bucket: string;
  key: string;
  initiated: number;
  initiator: string;
  /** What the finished object will have. */
  attributes: Omit<
    ObjectVersion,
    "versionId" | "deleteMarker" | "blob" | "size" | "etag" | "lastModified" | "checksums"
  >;
  checksumAlgorithm?: string;
  parts: Readonly<
    Record<
      number,
      {
        partNumber: number;
        blob: string;
        size: number;
        etag: string;
        lastModified: number;
        checksums: Readonly<Record<string, string>>;
      }
    >
  >;
}

export const buckets = defineKind<Bucket>("s3.bucket", { scope: "global" });
export const objects = defineKind<StoredObject>("s3.object", { scope: "global" });
export const uploads = defineKind<MultipartUpload>("s3.upload", { scope: "global" });

export const kept: Kept = {
  written: [
    written(uploads),
    written(objects, ({ bucket, key, versions }) => ({ bucket, key, newest: versions[0]!.etag })),
  ],
};
