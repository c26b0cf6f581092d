import type { Changes } from "../terraform/terraform.ts";
import { deployedStacks } from "./deployed-stacks.ts";
import { exclusively } from "./exclusive.ts";
import { LabRun } from "./lab-run.ts";
import { inStep, type DeployReporter } from "./reporter.ts";
import { rollBackCutOff } from "./roll-back.ts";
import type { Deployment, StackId } from "./stack.ts";
import { describeChanges } from "./stack-answer.ts";

/**
 * Takes away what `deploy` made, in the opposite order: each stack before those that it needs, the repositories with their
 * images last. Stacks that hold something and that the lab does not know come after those that it knows.
 *
 * @param only these alone; left out, all
 */
export function destroy(
  deployment: Deployment,
  reporter: DeployReporter,
  only?: readonly StackId[],
): Promise<Readonly<Record<StackId, Changes>>> {
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
      const changes: Record<StackId, Changes> = {};
      for (const id of await inReverse(run))
        if (only?.includes(id) ?? true) changes[id] = await destroyStack(run, reporter, id);
      return changes;
    },
  );
}

async function inReverse(run: LabRun): Promise<readonly StackId[]> {
  const known = (await run.stacks()).map(({ id }) => id);
  const held = (await deployedStacks(run.deployment.target)).map(({ id }) => id);
  return [...known.toReversed(), ...held.filter((id) => !known.includes(id))];
}

function destroyStack(run: LabRun, reporter: DeployReporter, id: StackId): Promise<Changes> {
  return inStep(reporter, [`Terraform: destroy ${id}`, `Terraform: ${id} の削除`], async (step) => {
    step.detail(["reading the state", "ステートを読んでいます"]);
    const removed = await run.destroy(id, (event) => step.terraform(event));
    return { summary: describeChanges(removed), value: removed };
  });
}
