import { tagsByKey } from "../iam/request-tags.ts";
import type { Members } from "../kit/members.ts";
import {
  taggedKind,
  toTagList,
  type TagCall,
  type Tagging,
  type TagsByKey,
} from "../kit/tagging.ts";
import { defineService, type AnyHandler, type CallContext } from "../service.ts";
import { bucketSettingHandlers } from "./bucket-settings.ts";
import { bucketDeleteHandlers, bucketHandlers } from "./buckets.ts";
import { completeUploadHandlers } from "./complete-upload.ts";
import { listingHandlers } from "./listing.ts";
import { multipartAbortHandlers, multipartHandlers } from "./multipart.ts";
import { objectDeleteHandlers, objectTagHandlers } from "./object-deletes.ts";
import { objectReadHandlers, objectStreamHandlers } from "./object-reads.ts";
import { objectWriteHandlers } from "./object-writes.ts";
import { buckets } from "./state.ts";
import { uploadListingHandlers, uploadPartHandlers } from "./upload-parts.ts";
import { needBucket, s3Error } from "./faults.ts";
import { rights } from "./rights.ts";

/** Buckets are found in their own region. Their tags are written all at once, so what stays is written with them. */
const tagging: Tagging<CallContext> = {
  kinds: [
    taggedKind(buckets, ({ name, account, region, settings }, _id, scope) =>
      account === scope.account
        ? { arn: `arn:aws:s3:::${name}`, region, tags: settings["tagging"] ?? [] }
        : undefined,
    ),
  ],
  tag: (arn, tags, context) => put(arn, { ...tagsOf(arn, context), ...tags }),
  untag(arn, keys, context) {
    const left = Object.entries(tagsOf(arn, context)).filter(([key]) => !keys.includes(key));
    return put(arn, Object.fromEntries(left));
  },
};

const nameOf = (arn: string) => arn.slice("arn:aws:s3:::".length);

const tagsOf = (arn: string, context: CallContext): TagsByKey =>
  tagsByKey(needBucket(context, nameOf(arn)).settings["tagging"]);

const put = (arn: string, tags: TagsByKey): TagCall => ({
  operation: "PutBucketTagging",
  input: { Bucket: nameOf(arn), Tagging: { TagSet: toTagList(tags) } },
});

/** Keys of a customer's own; nothing here encrypts. */
const CUSTOMER_KEY = "SSECustomerAlgorithm SSECustomerKey SSECustomerKeyMD5";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html */
const members: Members = {
  refused: {
    "*": `${CUSTOMER_KEY} CopySource${CUSTOMER_KEY.replaceAll(" ", " CopySource")} SSEKMSEncryptionContext ChecksumXXHASH64 ChecksumXXHASH3 ChecksumXXHASH128 ObjectLockEventHold ObjectLockEventHoldDurationDays ObjectLockEventHoldDurationYears MFA`,
    CompletedPart: "ChecksumXXHASH64 ChecksumXXHASH3 ChecksumXXHASH128",
    CreateBucketConfiguration: "Location Bucket",
    ObjectIdentifier: "ETag LastModifiedTime Size",
    AbortMultipartUploadRequest: "IfMatchInitiatedTime",
    CopyObjectRequest: "AnnotationDirective",
    DeleteObjectRequest: "IfMatchLastModifiedTime IfMatchSize",
    PutObjectRequest: "WriteOffsetBytes",
    VersioningConfiguration: "MFADelete=Disabled",
  },
  meaningless: [
    {
      why: [
        "Stored and given back. What it would do to requests, and to objects in time, does not happen here.",
        "保存され、そのまま返されます。リクエストや時間の経過に応じたオブジェクトへの作用は、ここでは起こりません。",
      ],
      members: {
        PutBucketAccelerateConfigurationRequest: "AccelerateConfiguration",
        PutBucketEncryptionRequest: "ServerSideEncryptionConfiguration",
        PutBucketRequestPaymentRequest: "RequestPaymentConfiguration",
        PutBucketWebsiteRequest: "WebsiteConfiguration",
        CORSRule: "ExposeHeaders ID MaxAgeSeconds",
        LifecycleRule: "Status",
        LifecycleRuleAndOperator: "ObjectSizeGreaterThan ObjectSizeLessThan Prefix",
        LifecycleRuleFilter: "ObjectSizeGreaterThan ObjectSizeLessThan Prefix",
        NoncurrentVersionExpiration: "NewerNoncurrentVersions",
        NoncurrentVersionTransition: "NewerNoncurrentVersions",
        LoggingEnabled: "TargetGrants TargetObjectKeyFormat TargetPrefix",
        PublicAccessBlockConfiguration: "IgnorePublicAcls BlockPublicPolicy RestrictPublicBuckets",
        Grant: "Permission",
        Grantee: "DisplayName EmailAddress Type",
      },
    },
    {
      why: [
        "An owner cannot give a bucket away: the answer shows the owner that it has.",
        "所有者はバケットを譲渡できず、応答には現在の所有者が示されます。",
      ],
      members: { AccessControlPolicy: "Owner" },
    },
    {
      why: [
        "The request itself says how long its body is.",
        "本文の長さはリクエスト自体が示します。",
      ],
      members: { PutObjectRequest: "ContentLength", UploadPartRequest: "ContentLength" },
    },
    {
      why: [
        "Buckets of other accounts are not reached here, so the requester is the owner who pays anyway.",
        "ここではほかのアカウントのバケットにアクセスできないため、リクエスタはいつも料金を負担する所有者です。",
      ],
      members: { "*": "RequestPayer" },
    },
    {
      why: [
        "No object is archived here, so none is being restored.",
        "ここではオブジェクトはアーカイブされず、復元中のものもありません。",
      ],
      members: { "*": "OptionalObjectAttributes" },
    },
    {
      why: [
        "A bucket's policy keeps nobody out here, so nobody can lock themselves out.",
        "ここではバケットポリシーで締め出されることがないため、自分を締め出すこともありません。",
      ],
      members: { PutBucketPolicyRequest: "ConfirmRemoveSelfBucketAccess" },
    },
  ],
  usedIn: {
    "service.ts": { "*": "ExpectedBucketOwner ExpectedSourceBucketOwner" },
    "acl.ts": {
      OwnershipControls: "Rules",
      OwnershipControlsRule: "ObjectOwnership",
      PublicAccessBlockConfiguration: "BlockPublicAcls",
    },
    "object-writes.ts": { PutObjectRequest: "Body" },
    "upload-parts.ts": { UploadPartRequest: "Body" },
    "object-reads.ts": {
      HeadObjectRequest:
        "Bucket ChecksumMode Key PartNumber Range ResponseCacheControl ResponseContentDisposition ResponseContentEncoding ResponseContentLanguage ResponseContentType ResponseExpires VersionId",
    },
    "conditions.ts": {
      HeadObjectRequest: "IfMatch IfModifiedSince IfNoneMatch IfUnmodifiedSince",
    },
    "multipart-checksums.ts": { CompleteMultipartUploadRequest: "ChecksumType MpuObjectSize" },
    "request-checksums.ts": { "*": "ContentMD5 ChecksumAlgorithm" },
    "checksums.ts": {
      "*": "ChecksumCRC32 ChecksumCRC32C ChecksumCRC64NVME ChecksumSHA1 ChecksumSHA256 ChecksumSHA512 ChecksumMD5",
      CompletedPart:
        "ChecksumCRC32 ChecksumCRC32C ChecksumCRC64NVME ChecksumMD5 ChecksumSHA1 ChecksumSHA256 ChecksumSHA512",
    },
  },
};

type Input = Readonly<Record<string, unknown>> | undefined;

/** The same handlers, which refuse by name what they would not do, and buckets that are not whose they are said to be. */
function guarded(handlers: Readonly<Record<string, AnyHandler>>): Record<string, AnyHandler> {
  return Object.fromEntries(
    Object.entries(handlers).map(([operation, handler]) => [
      operation,
      (input: Input, context: CallContext) => {
        refuseAbsent(input ?? {});
        checkOwners(input ?? {}, context);
        return handler(input, context);
      },
    ]),
  );
}

/** @throws AwsError `NotImplemented` */
function refuseAbsent(input: Readonly<Record<string, unknown>>): void {
  const algorithm = input["ChecksumAlgorithm"];
  if (typeof algorithm === "string" && algorithm.startsWith("XXHASH"))
    throw s3Error("NotImplemented", 501, `${algorithm} checksums are not implemented by Local AWS`);
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
 * @throws AwsError `AccessDenied`
 */
function checkOwners(input: Readonly<Record<string, unknown>>, context: CallContext): void {
  const { Bucket, ExpectedBucketOwner: expected, ExpectedSourceBucketOwner: source } = input;
  if (expected !== undefined && typeof Bucket === "string") needBucket(context, Bucket);
  // Buckets of other accounts are not reached at all, so that the caller's is the only owner there can be.
  for (const account of [expected, source])
    if (account !== undefined && account !== context.account)
      throw s3Error("AccessDenied", 403, "Access Denied");
}

/** Amazon S3. What touches files is among the streaming handlers: they open their transactions themselves. */
export const service = defineService({
  id: "s3",
  rights,
  fault: "InternalError",
  members,
  tagging,
  handlers: guarded({
    ...bucketHandlers,
    ...bucketSettingHandlers,
    ...objectReadHandlers,
    ...objectTagHandlers,
    ...listingHandlers,
    ...multipartHandlers,
    ...uploadListingHandlers,
  }),
  streaming: guarded({
    ...objectStreamHandlers,
    ...objectWriteHandlers,
    ...objectDeleteHandlers,
    ...multipartAbortHandlers,
    ...uploadPartHandlers,
    ...completeUploadHandlers,
    ...bucketDeleteHandlers,
  }),
});
