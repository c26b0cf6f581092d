import type { Changes } from "../terraform/terraform.ts";
import { describeChanges } from "./deploy.ts";
import { exclusively } from "./exclusive.ts";
import { LabRun } from "./lab-run.ts";
import { inStep, type DeployReporter } from "./reporter.ts";
import { rollBackCutOff } from "./roll-back.ts";
import type { Deployment, StackId } from "./stack.ts";

/** Takes away what `deploy` made, in the opposite order: the service stack, then the repositories with their images. */
export function destroy(
  deployment: Deployment,
  reporter: DeployReporter,
): Promise<Partial<Record<StackId, Changes>>> {
  const { lab, target } = deployment;
  return exclusively(
    deployment,
    reporter,
    [`destroy of lab ${lab.id}`, `ラボ ${lab.id} の destroy`],
    async () => {
      await rollBackCutOff(deployment, reporter);
      await target.checkpoint?.take();
      // What is destroyed is what the state says; the configuration only has to have an image's name.
      const run = new LabRun(
        deployment,
        lab.apps.map((app) => ({ app, image: `${app.repository}:any` })),
      );
      const changes: Partial<Record<StackId, Changes>> = {};
      for (const id of lab.stacks.toReversed()) changes[id] = await destroyStack(run, reporter, id);
      return changes;
    },
  );
}

function destroyStack(run: LabRun, reporter: DeployReporter, id: StackId): Promise<Changes> {
  return inStep(reporter, [`Terraform: destroy ${id}`, `Terraform: ${id} の削除`], async (step) => {
    step.detail(["reading the state", "ステートを読んでいます"]);
    const removed = await run.destroy(id, (event) => step.terraform(event));
    return { summary: describeChanges(removed), value: removed };
  });
}
