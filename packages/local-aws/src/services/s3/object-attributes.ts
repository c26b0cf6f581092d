import type { CallContext } from "../service.ts";
import { readAcl, type AclInput } from "./acl.ts";
import { s3Error } from "./faults.ts";
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
  checkMetadata(input.Metadata ?? {});
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

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html, and CostAllocTagging.html for buckets */
const MOST_TAGS = { Object: 10, Bucket: 50 } as const;
const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** @throws AwsError `BadRequest` where there are too many, `InvalidTag` where one cannot be, or two are of one key */
export function checkTags(
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[],
  of: keyof typeof MOST_TAGS = "Object",
): void {
  const invalid = (message: string) => s3Error("InvalidTag", 400, message);
  if (tags.length > MOST_TAGS[of])
    throw s3Error("BadRequest", 400, `${of} tags cannot be greater than ${MOST_TAGS[of]}`);
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length)
    throw invalid("Cannot provide multiple Tags with the same key");
  for (const { Key = "", Value = "" } of tags) {
    if (Key === "" || Key.length > 128 || !CHARACTERS.test(Key))
      throw invalid("The TagKey you have provided is invalid");
    if (Value.length > 256 || !CHARACTERS.test(Value))
      throw invalid("The TagValue you have provided is invalid");
    if (Key.startsWith("aws:")) throw invalid("System tags cannot be added/updated by requester");
  }
}

/** What user metadata may come to: names and values, in bytes of UTF-8. */
const MOST_METADATA_BYTES = 2048;

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html#UserMetadata
 * @throws AwsError `MetadataTooLarge`
 */
function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  const size = Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (size <= MOST_METADATA_BYTES) return;
  throw s3Error(
    "MetadataTooLarge",
    400,
    "Your metadata headers exceed the maximum allowed metadata size",
    { Size: size, MaxSizeAllowed: MOST_METADATA_BYTES },
  );
}
