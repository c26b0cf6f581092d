import { WorkbookStack } from "@workbook/infra/base-stack";
import type { Settings } from "@workbook/infra/settings";
import type { Construct } from "constructs";

/** The repositories that the images are pushed to. */
export class ImagesStack extends WorkbookStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "images", settings);

    // Step 2. Give each app a repository of its own, with the classes of @cdktf/provider-aws:
    //   - EcrRepository "nodejs_app", called settings.named("nodejs-app"): its tags never move, and it may be deleted
    //     with images in it
    //   - EcrRepository "golang_app", called settings.named("golang-app"), likewise
    //   - EcrLifecyclePolicy "nodejs_app_lifecycle" and "golang_app_lifecycle": keep the newest 30 images
  }
}
