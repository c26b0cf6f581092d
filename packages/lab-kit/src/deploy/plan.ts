import { both, list } from "@workbook/toolchain";
import { PlanReader } from "../plan-reader.ts";
import { requireTypes } from "../program/read-program.ts";
import { describeAnswer } from "./deploy.ts";
import { exclusively } from "./exclusive.ts";
import type { LabRun } from "./lab-run.ts";
import { inStep, type DeployReporter } from "./reporter.ts";
import { rollBackCutOff } from "./roll-back.ts";
import { settleAll, type StackId } from "./stack.ts";

/** What a deployment would change, stack by stack. */
export type Plans = Partial<Record<StackId, PlanReader>>;

/** Plans every stack of a lab against the cloud as it is; all at once, for none needs what another makes. @throws {SynthesisError} */
export async function plan(run: LabRun, reporter: DeployReporter): Promise<Plans> {
  const { deployment } = run;
  await requireTypes(deployment.variant);
  const { lab } = deployment;
  return exclusively(
    deployment,
    reporter,
    [`plan of lab ${lab.id}`, `ラボ ${lab.id} の plan`],
    async () => {
      await rollBackCutOff(deployment, reporter);
      return inStep(reporter, ["Terraform: plan", "Terraform: プラン"], async (step) => {
        run.follow((what) => step.detail(what));
        await run.synthesised();
        step.detail([
          "comparing the stacks with the cloud",
          "スタックとクラウドの状態を比べています",
        ]);
        const plans = await settleAll(
          lab.stacks.map((id) => run.plan(id, (event) => step.terraform(event))),
        );
        return {
          summary: list(
            lab.stacks.map((id, index) => both`${id}: ${describeAnswer(plans[index]!)}`),
            "; ",
          ),
          value: Object.fromEntries(
            lab.stacks.map((id, index) => [id, new PlanReader(plans[index]!.shown)]),
          ),
        };
      });
    },
  );
}
