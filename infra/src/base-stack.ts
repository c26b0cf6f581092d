import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { S3Backend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";

import { endpointsAt } from "./provider-endpoints.ts";
import type { Settings } from "./settings.ts";

/** The ids of the stacks that labs share. */
export type StackId = "images" | "service";

/**
 * A stack with the workbook's AWS provider and state backend.
 *
 * Labs share the ids `images` and `service`: repositories hold images that outlive any service, so they are made first and
 * removed last. A lab that has further ones names them as `Id`, and says with `addDependency` which has to be there before which.
 *
 * Every resource is tagged `Owner` and `Project`. State lives in S3 under `<owner>/<stack id>.tfstate`, locked by a
 * lock file beside it; the bucket is given to `terraform init` with `-backend-config`, because it differs by learner.
 * Between targets nothing but the provider and backend blocks differs: `settings.endpointUrl` decides.
 */
export class WorkbookStack<Id extends string = StackId> extends TerraformStack {
  readonly settings: Settings;

  constructor(scope: Construct, id: Id, settings: Settings) {
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
    new PartialS3Backend(this, this.backend(id));
  }

  /**
   * The arguments of the S3 backend by Terraform's names. The bucket is not among them: `terraform init` is told.
   * https://developer.hashicorp.com/terraform/language/backend#partial-configuration
   *
   * @param id of the stack; nothing but the settings is there yet when this is asked
   */
  protected backend(id: Id): Record<string, unknown> {
    const { owner, region } = this.settings;
    return { key: `${owner}/${id}.tfstate`, region, use_lockfile: true };
  }
}

/**
 * An S3 backend as it is given: without the bucket, which cdktf insists on, and with S3's own locking, which this version of
 * cdktf has no property for.
 * https://developer.hashicorp.com/terraform/language/backend/s3#state-locking
 */
class PartialS3Backend extends S3Backend {
  readonly #given: Record<string, unknown>;

  constructor(stack: TerraformStack, given: Record<string, unknown>) {
    super(stack, { bucket: "", key: "" });
    this.#given = given;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return this.#given;
  }
}
