import { inStep, type DeployReporter } from "./reporter.ts";
import type { StackOwner } from "./exclusive.ts";
import {
  openStack,
  stackDirectory,
  stacksWorkedOn,
  type Deployment,
  type StackId,
} from "./stack.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";

const DONE = ["Terraform has come to its end", "Terraform は最後まで終わりました"] as const;
const GOING_BACK = [
  "Terraform was killed: putting the cloud back to where that command began",
  "Terraform が強制終了していました。そのコマンドの開始時点にクラウドを戻しています",
] as const;
const GOES_ON = [
  "Terraform was killed; this goes on from what it stored",
  "Terraform が強制終了していました。保存された状態から続けます",
] as const;
const IS_BACK = [
  "Terraform was killed: the cloud is back where that began",
  "Terraform が強制終了していたので、クラウドを開始時点に戻しました",
] as const;

/** The stacks on which the last Terraform has not ended, or has not ended well. */
export function leftAtWork({ directories, target }: StackOwner): readonly StackId[] {
  return stacksWorkedOn(directories, target).filter((id) =>
    ["running.json", "failed.json"].some((name) =>
      existsSync(join(stackDirectory(directories, target, id), name)),
    ),
  );
}

/**
 * Undoes a deployment whose Terraform was killed: what it made since it last stored its state stands in no state, and
 * would be in the way of the next one. The cloud goes back to where that deployment began. A Terraform that an earlier
 * command left at work is waited for; one that came to its end in good order is left as it is.
 */
export async function rollBackCutOff(
  deployment: Deployment,
  reporter: DeployReporter,
): Promise<void> {
  const { target } = deployment;
  const begun = leftAtWork(deployment);
  if (begun.length === 0) return;
  await inStep(
    reporter,
    ["An earlier command was cut short", "前のコマンドが途中で終わっていました"],
    async (step) => {
      const stacks = begun.map((id) =>
        openStack(deployment, id, "", (event) => step.terraform(event)),
      );
      const left = [];
      for (const stack of stacks) left.push(await stack.settle());
      const wasCutOff = left.some((run) => run?.wasCutOff && run.command !== "plan");
      if (!wasCutOff) return { summary: DONE, value: undefined };
      step.detail(GOING_BACK);
      if (!(await target.checkpoint?.rollBack())) return { summary: GOES_ON, value: undefined };
      for (const id of stacksWorkedOn(deployment.directories, target))
        openStack(deployment, id, "").forgetAll();
      return { summary: IS_BACK, value: undefined };
    },
  );
}
