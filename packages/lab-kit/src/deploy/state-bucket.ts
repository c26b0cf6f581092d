import {
  CreateBucketCommand,
  HeadBucketCommand,
  PutBucketVersioningCommand,
  type BucketLocationConstraint,
  type S3Client,
} from "@aws-sdk/client-s3";
import { STSClient, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { BackendSettings } from "../terraform/initialise.ts";
import { openS3 } from "./state-objects.ts";
import { stateBucketName, type Target } from "./target.ts";

/** The bucket that holds a learner's state, made where it does not exist. */
export function ensureStateBucket(target: Target): Promise<string> {
  return withBucket(target, async (s3, bucket) => {
    if (!(await exists(s3, bucket))) await create(s3, bucket, target.region);
    return bucket;
  });
}

/** The bucket that holds a learner's state; undefined where it does not exist. Nothing is made. */
export function findStateBucket(target: Target): Promise<string | undefined> {
  return withBucket(target, async (s3, bucket) =>
    (await exists(s3, bucket)) ? bucket : undefined,
  );
}

/** Hands on the name that the bucket has or would have. */
async function withBucket<T>(
  target: Target,
  use: (s3: S3Client, bucket: string) => Promise<T>,
): Promise<T> {
  const sts = new STSClient(target.connection);
  const s3 = openS3(target);
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}));
    return await use(s3, stateBucketName(Account!, target.region));
  } finally {
    sts.destroy();
    s3.destroy();
  }
}

async function exists(s3: S3Client, Bucket: string): Promise<boolean> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket }));
    return true;
  } catch (error) {
    if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404)
      return false;
    throw error;
  }
}

async function create(s3: S3Client, Bucket: string, region: string): Promise<void> {
  const CreateBucketConfiguration =
    region === "us-east-1" ? undefined : { LocationConstraint: region as BucketLocationConstraint };
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  // A state that was overwritten can be had back: https://developer.hashicorp.com/terraform/language/backend/s3
  await s3.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
  );
}

/** What `terraform init` completes the backend with. */
export function backendSettings(target: Target, bucket: string): BackendSettings {
  if (target.endpointUrl === undefined) return { bucket };
  return {
    bucket,
    // The backend reads no `endpoints` block of the provider: https://developer.hashicorp.com/terraform/language/backend/s3#endpoints
    endpoints: { s3: target.endpointUrl },
    use_path_style: true,
    skip_credentials_validation: true,
    skip_metadata_api_check: true,
    skip_requesting_account_id: true,
  };
}
