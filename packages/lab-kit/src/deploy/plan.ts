import { both, list, type Text } from "@workbook/toolchain";
import { PlanReader } from "../plan-reader.ts";
import { requireTypes } from "../program/read-program.ts";
import type { SynthStack } from "../synth-reader.ts";
import { TerraformError } from "../terraform/terraform-error.ts";
import { exclusively } from "./exclusive.ts";
import type { LabRun } from "./lab-run.ts";
import { inStep, type DeployReporter, type StepReporter } from "./reporter.ts";
import { rollBackCutOff } from "./roll-back.ts";
import { describeAnswer, type StackPlan } from "./stack-answer.ts";
import { settleAll, type StackId } from "./stack.ts";

/** What a deployment would change, stack by stack; without those that cannot be planned before others are there. */
export type Plans = Readonly<Record<StackId, PlanReader>>;

/**
 * Plans every stack of a lab against the cloud as it is, all at once. One that cannot be planned because it reads what another
 * has yet to make is left out.
 * @throws {SynthesisError}
 */
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
        const { stacks } = (await run.synthesised()).reader;
        step.detail([
          "comparing the stacks with the cloud",
          "スタックとクラウドの状態を比べています",
        ]);
        const plans = await planAll(run, stacks, step);
        return {
          summary: list(
            stacks.map((stack) => both`${stack.id}: ${describe(stack, plans)}`),
            "; ",
          ),
          value: Object.fromEntries(
            [...plans].flatMap(([id, plan]) => (plan ? [[id, new PlanReader(plan.shown)]] : [])),
          ),
        };
      });
    },
  );
}

type StackPlans = ReadonlyMap<StackId, StackPlan | undefined>;

async function planAll(
  run: LabRun,
  stacks: readonly SynthStack[],
  step: StepReporter,
): Promise<StackPlans> {
  const begun = new Map<StackId, Promise<StackPlan | undefined>>();
  for (const { id, needs } of stacks) {
    const before = needs.map((need) => begun.get(need));
    const planned = run.plan(id, (event) => step.terraform(event));
    begun.set(
      id,
      planned.catch(async (error: unknown) => {
        if (error instanceof TerraformError && (await someIsToBeMade(before))) return undefined;
        throw error;
      }),
    );
  }
  const plans = await settleAll([...begun.values()]);
  return new Map([...begun.keys()].map((id, index) => [id, plans[index]]));
}

/** Whether one of the stacks has something to add yet, or cannot be planned itself. */
async function someIsToBeMade(
  stacks: readonly (Promise<StackPlan | undefined> | undefined)[],
): Promise<boolean> {
  const plans = await Promise.all(stacks);
  return plans.some((plan) => !hasAll(plan));
}

function describe({ id, needs }: SynthStack, plans: StackPlans): Text {
  const plan = plans.get(id);
  if (plan) return describeAnswer(plan);
  const before = list(needs.filter((need) => !hasAll(plans.get(need))));
  return both`${["waits for", "先に必要なスタック:"]} ${before}`;
}

const hasAll = (plan: StackPlan | undefined) => plan !== undefined && plan.changes.add === 0;
