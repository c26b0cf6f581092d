import type { Grant } from "@aws-sdk/client-s3";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { ownersGrants, ownershipOf, readAcl, owner } from "./acl.ts";
import { checkBucketPolicy, isPublicPolicy } from "./bucket-policy.ts";
import { checkTags } from "./object-attributes.ts";
import { needBucket, s3Error } from "./faults.ts";
import { checkAccelerated, checkCors, checkLogging, readLifecycle } from "./setting-rules.ts";
import { buckets } from "./state.ts";

/** Error codes and words where a sub-resource is not set, as AWS has them. */
const ABSENT: Readonly<Record<string, readonly [code: string, message: string]>> = {
  cors: ["NoSuchCORSConfiguration", "The CORS configuration does not exist"],
  encryption: [
    "ServerSideEncryptionConfigurationNotFoundError",
    "The server side encryption configuration was not found",
  ],
  lifecycle: ["NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"],
  objectLock: [
    "ObjectLockConfigurationNotFoundError",
    "Object Lock configuration does not exist for this bucket",
  ],
  ownershipControls: [
    "OwnershipControlsNotFoundError",
    "The bucket ownership controls were not found",
  ],
  policy: ["NoSuchBucketPolicy", "The bucket policy does not exist"],
  publicAccessBlock: [
    "NoSuchPublicAccessBlockConfiguration",
    "The public access block configuration was not found",
  ],
  replication: [
    "ReplicationConfigurationNotFoundError",
    "The replication configuration was not found",
  ],
  tagging: ["NoSuchTagSet", "The TagSet does not exist"],
  website: [
    "NoSuchWebsiteConfiguration",
    "The specified bucket does not have a website configuration",
  ],
};

function read(context: CallContext, bucket: string, name: string): unknown {
  return needBucket(context, bucket).settings[name];
}

function need<T>(context: CallContext, bucket: string, name: string): T {
  const value = read(context, bucket, name);
  if (value === undefined) {
    const [code, message] = ABSENT[name]!;
    throw s3Error(code, 404, message, { BucketName: bucket });
  }
  return value as T;
}

function write(
  context: CallContext,
  bucket: string,
  name: string,
  value: unknown,
): Record<string, never> {
  const { settings } = needBucket(context, bucket);
  // Values go to the store as JSON: dates (in lifecycle rules) become text, which the encoder takes.
  const next = {
    ...settings,
    [name]: value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown),
  };
  context.store.of(buckets).patch(bucket, { settings: next });
  return {};
}

/** Sub-resources of buckets that are kept and given back. What they would do to requests is not simulated, but for versioning. */
export const bucketSettingHandlers: Handlers<typeof import("@aws-sdk/client-s3"), CallContext> = {
  GetBucketCors: ({ Bucket }, context) => need(context, Bucket, "cors"),
  PutBucketCors: ({ Bucket, CORSConfiguration }, context) => {
    checkCors(CORSConfiguration?.CORSRules);
    return write(context, Bucket, "cors", CORSConfiguration);
  },
  DeleteBucketCors: ({ Bucket }, context) => write(context, Bucket, "cors", undefined),

  GetBucketEncryption: ({ Bucket }, context) => ({
    ServerSideEncryptionConfiguration: need(context, Bucket, "encryption"),
  }),
  PutBucketEncryption: ({ Bucket, ServerSideEncryptionConfiguration }, context) => {
    // What was put counts for copies in place, even where it says what a bucket has anyway.
    write(context, Bucket, "encryptionWasPut", true);
    return write(context, Bucket, "encryption", ServerSideEncryptionConfiguration);
  },
  DeleteBucketEncryption: ({ Bucket }, context) => {
    write(context, Bucket, "encryptionWasPut", undefined);
    return write(context, Bucket, "encryption", {
      Rules: [
        { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false },
      ],
    });
  },

  GetBucketLifecycleConfiguration: ({ Bucket }, context) => need(context, Bucket, "lifecycle"),
  PutBucketLifecycleConfiguration: (
    { Bucket, LifecycleConfiguration, TransitionDefaultMinimumObjectSize },
    context,
  ) =>
    write(context, Bucket, "lifecycle", {
      Rules: readLifecycle(LifecycleConfiguration?.Rules),
      TransitionDefaultMinimumObjectSize:
        TransitionDefaultMinimumObjectSize ?? "all_storage_classes_128K",
    }),
  DeleteBucketLifecycle: ({ Bucket }, context) => write(context, Bucket, "lifecycle", undefined),

  GetObjectLockConfiguration: ({ Bucket }, context) => ({
    ObjectLockConfiguration: need(context, Bucket, "objectLock"),
  }),
  GetBucketOwnershipControls: ({ Bucket }, context) => ({
    OwnershipControls: need(context, Bucket, "ownershipControls"),
  }),
  PutBucketOwnershipControls: ({ Bucket, OwnershipControls }, context) =>
    write(context, Bucket, "ownershipControls", OwnershipControls),
  DeleteBucketOwnershipControls: ({ Bucket }, context) =>
    write(context, Bucket, "ownershipControls", undefined),

  GetBucketPolicy: ({ Bucket }, context) => ({ Policy: need(context, Bucket, "policy") }),
  GetBucketPolicyStatus: ({ Bucket }, context) => {
    const policy = need(context, Bucket, "policy");
    return { PolicyStatus: { IsPublic: isPublicPolicy(String(policy)) } };
  },
  PutBucketPolicy: ({ Bucket, Policy }, context) => {
    needBucket(context, Bucket);
    checkBucketPolicy(Bucket, Policy);
    return write(context, Bucket, "policy", Policy);
  },
  DeleteBucketPolicy: ({ Bucket }, context) => write(context, Bucket, "policy", undefined),

  GetPublicAccessBlock: ({ Bucket }, context) => ({
    PublicAccessBlockConfiguration: need(context, Bucket, "publicAccessBlock"),
  }),
  PutPublicAccessBlock: ({ Bucket, PublicAccessBlockConfiguration }, context) =>
    write(context, Bucket, "publicAccessBlock", PublicAccessBlockConfiguration),
  DeletePublicAccessBlock: ({ Bucket }, context) =>
    write(context, Bucket, "publicAccessBlock", undefined),

  GetBucketReplication: ({ Bucket }, context) => ({
    ReplicationConfiguration: need(context, Bucket, "replication"),
  }),

  GetBucketTagging: ({ Bucket }, context) => ({ TagSet: need(context, Bucket, "tagging") }),
  PutBucketTagging: ({ Bucket, Tagging }, context) => {
    const tags = Tagging!.TagSet!;
    checkTags(tags, "Bucket");
    return write(context, Bucket, "tagging", tags.length === 0 ? undefined : tags);
  },
  DeleteBucketTagging: ({ Bucket }, context) => write(context, Bucket, "tagging", undefined),

  GetBucketWebsite: ({ Bucket }, context) => need(context, Bucket, "website"),
  PutBucketWebsite: ({ Bucket, WebsiteConfiguration }, context) =>
    write(context, Bucket, "website", WebsiteConfiguration),
  DeleteBucketWebsite: ({ Bucket }, context) => write(context, Bucket, "website", undefined),

  GetBucketAccelerateConfiguration: ({ Bucket }, context) =>
    read(context, Bucket, "accelerate") ?? {},
  PutBucketAccelerateConfiguration: ({ Bucket, AccelerateConfiguration }, context) => {
    checkAccelerated(Bucket);
    return write(context, Bucket, "accelerate", AccelerateConfiguration);
  },
  GetBucketLogging: ({ Bucket }, context) => read(context, Bucket, "logging") ?? {},
  PutBucketLogging: ({ Bucket, BucketLoggingStatus }, context) => {
    const { region } = needBucket(context, Bucket);
    checkLogging(BucketLoggingStatus?.LoggingEnabled, region, context);
    return write(context, Bucket, "logging", BucketLoggingStatus);
  },
  GetBucketNotificationConfiguration: ({ Bucket }, context) =>
    read(context, Bucket, "notification") ?? {},
  GetBucketRequestPayment: ({ Bucket }, context) =>
    read(context, Bucket, "requestPayment") ?? { Payer: "BucketOwner" },
  PutBucketRequestPayment: ({ Bucket, RequestPaymentConfiguration }, context) =>
    write(context, Bucket, "requestPayment", RequestPaymentConfiguration),

  GetBucketVersioning: ({ Bucket }, context) => ({
    Status: needBucket(context, Bucket).versioning,
  }),
  PutBucketVersioning: ({ Bucket, VersioningConfiguration }, context) => {
    const { settings } = needBucket(context, Bucket);
    const status = VersioningConfiguration?.Status;
    if (!status) {
      throw s3Error(
        "IllegalVersioningConfigurationException",
        400,
        "The Versioning element must be specified",
      );
    }
    if (status === "Suspended" && settings["objectLock"] !== undefined) {
      throw s3Error(
        "InvalidBucketState",
        409,
        "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
      );
    }
    context.store.of(buckets).patch(Bucket, { versioning: status });
    return {};
  },

  GetBucketAcl: ({ Bucket }, context) => ({
    Owner: owner(context),
    Grants: (read(context, Bucket, "acl") as Grant[] | undefined) ?? ownersGrants(context),
  }),
  PutBucketAcl: ({ Bucket, ...input }, context) => {
    const bucket = needBucket(context, Bucket);
    if (ownershipOf(bucket) === "BucketOwnerEnforced")
      throw s3Error("AccessControlListNotSupported", 400, "The bucket does not allow ACLs");
    const grants = readAcl(input, bucket, context);
    if (grants) return write(context, Bucket, "acl", grants);
    throw s3Error(
      "MissingSecurityHeader",
      400,
      "Your request was missing a required header: x-amz-acl",
      { MissingHeaderName: "x-amz-acl" },
    );
  },
};
