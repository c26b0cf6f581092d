import { PlanReader } from "../plan-reader.ts";
import type { PushedImage } from "../synth.ts";
import { describeChanges } from "./deploy.ts";
import { exclusively } from "./exclusive.ts";
import { buildApps, nameApps } from "./images.ts";
import { inStep, type DeployReporter } from "./reporter.ts";
import { rollBackCutOff } from "./roll-back.ts";
import { prepareStack, settleAll, type Deployment, type StackId } from "./stack.ts";
import { ensureStateBucket } from "./state-bucket.ts";

/** What a deployment would change, stack by stack. */
export type Plans = Partial<Record<StackId, PlanReader>>;

/** Plans every stack of a lab against the cloud as it is; all at once, for most of the time is the provider's start. */
export function plan(deployment: Deployment, reporter: DeployReporter): Promise<Plans> {
  const { lab } = deployment;
  return exclusively(deployment, reporter, `plan of lab ${lab.id}`, async () => {
    await rollBackCutOff(deployment, reporter);
    const images = await nameImages(deployment, reporter);
    const bucket = await ensureStateBucket(deployment.target);
    return inStep(reporter, "Terraform: plan", async (step) => {
      step.detail("comparing the stacks with the cloud");
      const planned = await settleAll(
        lab.stacks.map(async (id) => {
          const { terraform } = await prepareStack(deployment, id, bucket, images, (event) =>
            step.terraform(event),
          );
          const changes = await terraform.plan();
          return { id, changes, reader: new PlanReader(await changes.show()) };
        }),
      );
      return {
        summary: planned.map(({ id, changes }) => `${id}: ${describeChanges(changes)}`).join("; "),
        value: Object.fromEntries(planned.map(({ id, reader }) => [id, reader])),
      };
    });
  });
}

function nameImages(deployment: Deployment, reporter: DeployReporter): Promise<PushedImage[]> {
  return inStep(reporter, "Images", async (step) => {
    step.detail("building");
    const built = await buildApps(deployment, (text) => step.detail(text));
    const named = await nameApps(deployment, built);
    const { owner } = deployment.target;
    // Where there is no repository yet, its address is not known either: the plan names the image without it.
    const images = built.map(
      ({ app, image }) =>
        named.find((each) => each.app.container === app.container) ?? {
          app,
          image: `${app.repository}-${owner}:${image.contentTag}`,
        },
    );
    const summary = images.map(({ image }) => image.split("/").at(-1)).join(", ");
    return { summary: summary || "none", value: images };
  });
}
