import type { Asked, Need, RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";
import { readCopySource } from "./copy-source.ts";
import { buckets } from "./state.ts";

interface Input {
  readonly Bucket?: string;
  readonly Key?: string;
}

const resource = ({ Bucket, Key }: Input) =>
  Bucket === undefined ? [] : [`arn:aws:s3:::${Bucket}${Key === undefined ? "" : `/${Key}`}`];

/**
 * Operations whose action has another name than they.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const ACTIONS: Readonly<Record<string, string>> = {
  ListBuckets: "ListAllMyBuckets",
  HeadBucket: "ListBucket",
  ListObjects: "ListBucket",
  ListObjectsV2: "ListBucket",
  ListObjectVersions: "ListBucketVersions",
  ListMultipartUploads: "ListBucketMultipartUploads",
  ListParts: "ListMultipartUploadParts",
  GetBucketCors: "GetBucketCORS",
  PutBucketCors: "PutBucketCORS",
  DeleteBucketCors: "PutBucketCORS",
  GetBucketEncryption: "GetEncryptionConfiguration",
  PutBucketEncryption: "PutEncryptionConfiguration",
  DeleteBucketEncryption: "PutEncryptionConfiguration",
  GetBucketLifecycleConfiguration: "GetLifecycleConfiguration",
  PutBucketLifecycleConfiguration: "PutLifecycleConfiguration",
  DeleteBucketLifecycle: "PutLifecycleConfiguration",
  GetObjectLockConfiguration: "GetBucketObjectLockConfiguration",
  DeleteBucketOwnershipControls: "PutBucketOwnershipControls",
  GetPublicAccessBlock: "GetBucketPublicAccessBlock",
  PutPublicAccessBlock: "PutBucketPublicAccessBlock",
  DeletePublicAccessBlock: "PutBucketPublicAccessBlock",
  GetBucketReplication: "GetReplicationConfiguration",
  DeleteBucketTagging: "PutBucketTagging",
  GetBucketAccelerateConfiguration: "GetAccelerateConfiguration",
  PutBucketAccelerateConfiguration: "PutAccelerateConfiguration",
  GetBucketNotificationConfiguration: "GetBucketNotification",
  HeadObject: "GetObject",
  CreateMultipartUpload: "PutObject",
  UploadPart: "PutObject",
  UploadPartCopy: "PutObject",
  CompleteMultipartUpload: "PutObject",
  CopyObject: "PutObject",
  DeleteObjects: "DeleteObject",
};

/** Actions that have another name where a version is named. */
const OF_VERSION: Readonly<Record<string, string>> = {
  "s3:GetObject": "s3:GetObjectVersion",
  "s3:GetObjectAttributes": "s3:GetObjectVersionAttributes",
  "s3:GetObjectTagging": "s3:GetObjectVersionTagging",
  "s3:PutObjectTagging": "s3:PutObjectVersionTagging",
  "s3:DeleteObjectTagging": "s3:DeleteObjectVersionTagging",
  "s3:GetObjectAcl": "s3:GetObjectVersionAcl",
  "s3:DeleteObject": "s3:DeleteObjectVersion",
};

const versioned = (action: string, versionId: unknown) =>
  versionId === undefined ? action : (OF_VERSION[action] ?? action);

function needs({ operation, input }: Asked<CallContext>, usual: Need): readonly Need[] {
  // Each of its keys is answered by itself: the handler asks for each.
  if (operation === "DeleteObjects") return [];
  const own = { ...usual, action: versioned(usual.action, input.VersionId) };
  const beside: Need[] = [];
  if (operation === "GetObjectAttributes")
    beside.push({ ...own, action: versioned("s3:GetObject", input.VersionId) });
  if (input.CopySource !== undefined) {
    const { bucket: Bucket, key: Key, versionId } = readCopySource(input.CopySource);
    beside.push({ action: versioned("s3:GetObject", versionId), on: resource({ Bucket, Key }) });
  }
  const writes = ["PutObject", "CopyObject", "CreateMultipartUpload"].includes(operation);
  if (writes && input.Tagging !== undefined) beside.push({ ...own, action: "s3:PutObjectTagging" });
  if (writes && input.ACL !== undefined) beside.push({ ...own, action: "s3:PutObjectAcl" });
  if (operation === "CreateBucket" && input.ObjectOwnership !== undefined)
    beside.push({ ...own, action: "s3:PutBucketOwnershipControls" });
  return [own, ...beside];
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys */
const KEYS: Readonly<Record<string, string>> = {
  Prefix: "s3:prefix",
  Delimiter: "s3:delimiter",
  MaxKeys: "s3:max-keys",
  VersionId: "s3:VersionId",
  ACL: "s3:x-amz-acl",
  CopySource: "s3:x-amz-copy-source",
  MetadataDirective: "s3:x-amz-metadata-directive",
  ServerSideEncryption: "s3:x-amz-server-side-encryption",
  SSEKMSKeyId: "s3:x-amz-server-side-encryption-aws-kms-key-id",
  StorageClass: "s3:x-amz-storage-class",
  ObjectOwnership: "s3:x-amz-object-ownership",
};

const bucketOf = (arn: string, { cloud }: CallContext) =>
  cloud.of(buckets, "", "").get(arn.replace(/^arn:aws:s3:::([^/]*).*$/s, "$1"));

/** What IAM has to allow who uses S3. */
export const rights: RightsTable<CallContext> = {
  prefix: "s3",
  actions: ACTIONS,
  resources: [],
  needs: (asked, usual) => needs(asked, { ...usual, on: resource(asked.input) }),
  keys: ({ input }) =>
    Object.fromEntries(
      Object.entries(KEYS).flatMap(([member, key]) =>
        input[member] === undefined ? [] : [[key, String(input[member])]],
      ),
    ),
  policyOf(arn, context) {
    const policy = bucketOf(arn, context)?.settings["policy"];
    return policy === undefined ? undefined : String(policy);
  },
};
