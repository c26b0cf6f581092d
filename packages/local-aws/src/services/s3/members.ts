import type { Members } from "../kit/members.ts";

/** Keys of a customer's own; nothing here encrypts. */
const CUSTOMER_KEY = "SSECustomerAlgorithm SSECustomerKey SSECustomerKeyMD5";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html */
export const members: Members = {
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
