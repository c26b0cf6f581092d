import type { CallContext } from "../service.ts";
import { readAcl, type AclInput } from "./acl.ts";
import { s3Error } from "./errors.ts";
import { readLock } from "./object-lock.ts";
import type { Bucket, MultipartUpload, ObjectVersion } from "./state.ts";

interface AttributeInput extends AclInput {
  ObjectLockMode?: string;
  ObjectLockRetainUntilDate?: Date;
  ObjectLockLegalHoldStatus?: string;
  ContentType?: string;
  ContentEncoding?: string;
  ContentDisposition?: string;
  ContentLanguage?: string;
  CacheControl?: string;
  Expires?: Date;
  WebsiteRedirectLocation?: string;
  StorageClass?: string;
  ServerSideEncryption?: string;
  SSEKMSKeyId?: string;
  BucketKeyEnabled?: boolean;
  Metadata?: Record<string, string>;
  Tagging?: string;
}

/** What an object is given beside its bytes, from the members that PutObject, CopyObject and CreateMultipartUpload share. */
export function readAttributes(
  input: AttributeInput,
  bucket: Readonly<Bucket>,
  context: CallContext,
): MultipartUpload["attributes"] {
  const encryption = input.ServerSideEncryption ? undefined : defaultEncryption(bucket);
  return {
    contentType: input.ContentType,
    contentEncoding: withoutAwsChunked(input.ContentEncoding),
    contentDisposition: input.ContentDisposition,
    contentLanguage: input.ContentLanguage,
    cacheControl: input.CacheControl,
    expires: input.Expires?.toUTCString(),
    websiteRedirectLocation: input.WebsiteRedirectLocation,
    storageClass: input.StorageClass ?? "STANDARD",
    serverSideEncryption: input.ServerSideEncryption ?? encryption?.algorithm ?? "AES256",
    kmsKeyId: input.SSEKMSKeyId ?? encryption?.key,
    bucketKeyEnabled: input.BucketKeyEnabled ?? encryption?.bucketKey,
    metadata: { ...input.Metadata },
    tags: readTags(input.Tagging),
    acl: readAcl(input, bucket, context),
    lock: readLock(input, bucket, context),
  };
}

interface EncryptionRule {
  readonly ApplyServerSideEncryptionByDefault?: { SSEAlgorithm?: string; KMSMasterKeyID?: string };
  readonly BucketKeyEnabled?: boolean;
}

/** How a bucket has its objects encrypted that are written without a word of it. */
function defaultEncryption({ settings }: Readonly<Bucket>) {
  const [rule] = (settings["encryption"] as { Rules?: EncryptionRule[] } | undefined)?.Rules ?? [];
  const given = rule?.ApplyServerSideEncryptionByDefault;
  if (!given) return undefined;
  const { SSEAlgorithm: algorithm, KMSMasterKeyID: key } = given;
  return { algorithm, key, bucketKey: rule.BucketKeyEnabled || undefined };
}

/** What answers tell of an object's encryption. */
export function encryptionFacts(
  attributes: Pick<ObjectVersion, "serverSideEncryption" | "kmsKeyId" | "bucketKeyEnabled">,
) {
  return {
    ServerSideEncryption: attributes.serverSideEncryption as "AES256",
    SSEKMSKeyId: attributes.kmsKeyId,
    BucketKeyEnabled: attributes.bucketKeyEnabled,
  };
}

/** The attributes of an object that is there which a copy takes over: whom it lets in and what protects it are not among them. */
export function attributesOf(version: ObjectVersion): MultipartUpload["attributes"] {
  const {
    versionId: _id,
    deleteMarker: _marker,
    blob: _blob,
    size: _size,
    etag: _etag,
    lastModified: _at,
    checksums: _sums,
    parts: _parts,
    acl: _acl,
    lock: _lock,
    ...rest
  } = version;
  return rest;
}

/** The transfer coding is not a property of the object: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html */
function withoutAwsChunked(encoding: string | undefined): string | undefined {
  const kept = (encoding ?? "")
    .split(",")
    .map((token) => token.trim())
    .filter((token) => token !== "" && token !== "aws-chunked");
  return kept.length > 0 ? kept.join(",") : undefined;
}

/** Tags as the `x-amz-tagging` header has them: a query string. */
function readTags(header: string | undefined): { Key: string; Value: string }[] {
  const tags = [...new URLSearchParams(header ?? "")].map(([Key, Value]) => ({ Key, Value }));
  checkTags(tags);
  return tags;
}

/** @throws AwsError `BadRequest`/`InvalidTag` where there are more than ten, or two of one key */
export function checkTags(tags: readonly { Key: string | undefined }[]): void {
  if (tags.length > 10) throw s3Error("BadRequest", 400, "Object tags cannot be greater than 10");
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw s3Error("InvalidTag", 400, "Cannot provide multiple Tags with the same key");
  }
}
