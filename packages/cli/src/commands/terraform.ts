import { spawn } from "node:child_process";
import { inStep } from "@workbook/lab-kit";
import { LabRun, stackDirectory, stacksWorkedOn } from "@workbook/lab-kit/deploy";
import { findTerraform, UserError } from "@workbook/toolchain";
import type { Session } from "../session.ts";
import { ownerOf } from "../workspace.ts";
import { toolEnvironment } from "./env.ts";

/**
 * Runs Terraform on a stack, where the workbook works on it, against the workspace's cloud; its exit code is ours. A stack that
 * nothing has been done with here is put there first.
 */
export async function terraformCommand(
  session: Session,
  [stack, ...args]: readonly string[],
): Promise<number> {
  const { root, state } = session.workspace;
  const target = { name: "local", owner: ownerOf(session.workspace) } as const;
  if (!stacksWorkedOn({ root, state }, target).includes(stack ?? ""))
    await placeStack(session, stack);
  const { path } = await findTerraform({ root });
  const env = await toolEnvironment(session);
  const cwd = stackDirectory({ root, state }, target, stack!);
  const child = spawn(path, args, { cwd, env, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 130));
  });
}

/** @throws {UserError} where the program has no such stack */
async function placeStack(session: Session, stack: string | undefined): Promise<void> {
  const run = new LabRun(await session.target.deployment(undefined, undefined));
  const stacks = (await run.stacks()).map(({ id }) => id);
  const known = stacks.join(", ");
  if (stack === undefined || !stacks.includes(stack))
    throw new UserError(
      stack === undefined
        ? [`terraform wants a stack first: ${known}.`, `最初にスタックを指定します: ${known}`]
        : [
            `Your program has no stack "${stack}": choose one of ${known}.`,
            `プログラムに "${stack}" というスタックはありません。次から選んでください: ${known}`,
          ],
      {
        code: "STACK_UNKNOWN",
        next: `./workbook terraform ${stacks[0]!} state list`,
        exitCode: 2,
      },
    );
  await inStep(session.progress, `Terraform: ${stack}`, async (step) => {
    await run.place(stack, (event) => step.terraform(event));
    await run.settled();
    return { summary: ["ready", "準備完了"], value: undefined };
  });
}
