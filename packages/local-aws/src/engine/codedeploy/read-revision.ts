import { text } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { AppSpecFault, readAppSpec } from "../../services/codedeploy/app-spec.ts";
import type { AppSpec, StoredDeployment } from "../../services/codedeploy/state.ts";
import { objectStreamHandlers } from "../../services/s3/object-reads.ts";
import type { CallContext } from "../../services/service.ts";
import { requireBucketRight } from "../acting-role.ts";
import { calling, DeploymentFault } from "./deployment-fault.ts";

/** Far more than an AppSpec file has: what is longer is none. */
const LONGEST_BYTES = 1 << 20;

/**
 * Reads the AppSpec file of a deployment, from S3 as the role may.
 * @throws DeploymentFault
 */
export async function readRevision(
  caller: CallContext,
  { revision, settings }: StoredDeployment,
): Promise<AppSpec> {
  const { appSpecContent, s3Location } = revision;
  const file = s3Location
    ? await text(calling("AmazonS3", settings.roleArn, () => open(caller, s3Location)))
    : (appSpecContent?.content ?? "");
  try {
    return await readAppSpec(file);
  } catch (error) {
    if (!(error instanceof AppSpecFault)) throw error;
    throw new DeploymentFault("INVALID_REVISION", error.message, error);
  }
}

type S3Location = NonNullable<StoredDeployment["revision"]["s3Location"]>;

function open(
  caller: CallContext,
  { bucket: Bucket = "", key: Key = "", version, eTag }: S3Location,
): Readable {
  const action = version === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
  requireBucketRight(caller, action, Bucket, `/${Key}`);
  const { Body, ContentLength = 0 } = objectStreamHandlers.GetObject!(
    { Bucket, Key, VersionId: version, IfMatch: eTag },
    caller,
  ) as { Body: Readable; ContentLength?: number };
  if (ContentLength <= LONGEST_BYTES) return Body;
  Body.destroy();
  throw new DeploymentFault("INVALID_REVISION", "The AppSpec file is too large.");
}
