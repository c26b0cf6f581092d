import type { Changes } from "../terraform/terraform.ts";
import { describeChanges } from "./deploy.ts";
import { exclusively } from "./exclusive.ts";
import { inStep, type DeployReporter } from "./reporter.ts";
import { rollBackCutOff } from "./roll-back.ts";
import { prepareStack, type Deployment, type StackId } from "./stack.ts";
import { ensureStateBucket } from "./state-bucket.ts";

/** Takes away what `deploy` made, in the opposite order: the service stack, then the repositories with their images. */
export function destroy(
  deployment: Deployment,
  reporter: DeployReporter,
): Promise<Partial<Record<StackId, Changes>>> {
  const { lab, target } = deployment;
  return exclusively(deployment, reporter, `destroy of lab ${lab.id}`, async () => {
    await rollBackCutOff(deployment, reporter);
    const bucket = await ensureStateBucket(target);
    await target.checkpoint?.take();
    const changes: Partial<Record<StackId, Changes>> = {};
    for (const id of lab.stacks.toReversed())
      changes[id] = await destroyStack(deployment, reporter, id, bucket);
    return changes;
  });
}

function destroyStack(
  deployment: Deployment,
  reporter: DeployReporter,
  id: StackId,
  bucket: string,
): Promise<Changes> {
  return inStep(reporter, `Terraform: destroy ${id}`, async (step) => {
    step.detail("reading the state");
    // What is destroyed is what the state says; the configuration only has to have an image's name.
    const images = deployment.lab.apps.map((app) => ({ app, image: `${app.repository}:any` }));
    const { terraform } = await prepareStack(deployment, id, bucket, images, (event) =>
      step.terraform(event),
    );
    const removed = await terraform.destroy();
    return { summary: describeChanges(removed), value: removed };
  });
}
