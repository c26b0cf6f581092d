import { PlanReader } from "../plan-reader.ts";
import { inStep, type DeployReporter } from "./reporter.ts";
import { prepareStack, type Deployment, type StackId } from "./stack.ts";
import { ensureStateBucket } from "./state-bucket.ts";
import { buildApps, nameApps } from "./images.ts";
import { describeChanges } from "./deploy.ts";

/** What a deployment would change, stack by stack. */
export type Plans = Partial<Record<StackId, PlanReader>>;

/** Plans every stack of a lab against the cloud as it is. */
export async function plan(deployment: Deployment, reporter: DeployReporter): Promise<Plans> {
  const images = await inStep(reporter, "Images", async (step) => {
    step.detail("building");
    const built = await buildApps(deployment);
    const named = await nameApps(deployment, built);
    const summary = named.map(({ image }) => image.split("/").at(-1)).join(", ");
    return { summary: summary || "no repositories yet", value: named };
  });
  const bucket = await ensureStateBucket(deployment.target);
  const plans: Plans = {};
  for (const id of deployment.lab.stacks) {
    plans[id] = await inStep(reporter, `Terraform: plan ${id}`, async (step) => {
      const { terraform } = await prepareStack(deployment, id, bucket, images, (event) =>
        step.terraform(event),
      );
      const changes = await terraform.plan();
      return { summary: describeChanges(changes), value: new PlanReader(await changes.show()) };
    });
  }
  return plans;
}
