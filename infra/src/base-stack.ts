import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { S3Backend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";

import { endpointsAt } from "./provider-endpoints.ts";
import type { Settings } from "./settings.ts";

/**
 * The stacks of every lab, and so the names of their state files. Two lifecycles: repositories hold images that
 * outlive any service, so they are made first and removed last.
 */
export type StackId = "images" | "service";

/**
 * A stack with the workbook's AWS provider and state backend.
 *
 * Every resource is tagged `Owner` and `Project`. State lives in S3 under `<owner>/<stack id>.tfstate`, locked by a
 * lock file beside it; the bucket is given to `terraform init` with `-backend-config`, because it differs by learner.
 * Between targets nothing but the provider and backend blocks differs: `settings.endpointUrl` decides.
 */
export class WorkbookStack extends TerraformStack {
  readonly settings: Settings;

  constructor(scope: Construct, id: StackId, settings: Settings) {
    super(scope, id);
    this.settings = settings;
    const { endpointUrl } = settings;
    new AwsProvider(this, "aws", {
      region: settings.region,
      defaultTags: [{ tags: { Owner: settings.owner, Project: "ecs-workbook" } }],
      ...(endpointUrl !== undefined && {
        endpoints: [endpointsAt(endpointUrl)],
        // An endpoint by address cannot have a bucket's name in front of it.
        s3UsePathStyle: true,
        skipMetadataApiCheck: "true",
      }),
    });
    new PartialS3Backend(this, {
      // Terraform takes the bucket from `-backend-config`: see synthesizeAttributes.
      bucket: "",
      key: `${settings.owner}/${id}.tfstate`,
      region: settings.region,
    });
  }
}

/**
 * An S3 backend whose bucket comes from `-backend-config`, with S3's own locking, which this version of cdktf has no
 * property for.
 * https://developer.hashicorp.com/terraform/language/backend#partial-configuration
 * https://developer.hashicorp.com/terraform/language/backend/s3#state-locking
 */
class PartialS3Backend extends S3Backend {
  protected override synthesizeAttributes(): Record<string, unknown> {
    const { bucket: _given, ...attributes } = super.synthesizeAttributes();
    return { ...attributes, use_lockfile: true };
  }
}
