import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository/index.js";
import { WorkbookStack } from "@workbook/infra/base-stack";
import type { Settings } from "@workbook/infra/settings";
import type { Construct } from "constructs";

// #region lifecycle-policy
/** Old images go away by themselves; thirty are enough to go back a few deployments. */
const KEEP_THE_NEWEST = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: "Keep the newest 30 images",
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 30 },
      action: { type: "expire" },
    },
  ],
});
// #endregion lifecycle-policy

/** The repositories that the images are pushed to. */
export class ImagesStack extends WorkbookStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "images", settings);

    // #region node-repository
    const nodejs = new EcrRepository(this, "nodejs_app", {
      name: settings.named("nodejs-app"),
      imageTagMutability: "IMMUTABLE",
      forceDelete: true,
    });
    new EcrLifecyclePolicy(this, "nodejs_app_lifecycle", {
      repository: nodejs.name,
      policy: KEEP_THE_NEWEST,
    });
    // #endregion node-repository

    // #region go-repository
    const golang = new EcrRepository(this, "golang_app", {
      name: settings.named("golang-app"),
      imageTagMutability: "IMMUTABLE",
      forceDelete: true,
    });
    new EcrLifecyclePolicy(this, "golang_app_lifecycle", {
      repository: golang.name,
      policy: KEEP_THE_NEWEST,
    });
    // #endregion go-repository
  }
}
