import { UserError, type Words } from "@workbook/toolchain";
import type { RunningCloud } from "./cloud.ts";

/**
 * Takes back the Spot capacity of a task that runs, as AWS does when it needs it.
 * @param task an id or an ARN
 * @returns its ARN
 * @throws {UserError} `USAGE` without a task; `TASK_NOT_INTERRUPTED` where there is none, or it is not on Spot
 */
export async function interruptTask(
  { endpoint, token }: Pick<RunningCloud, "endpoint" | "token">,
  task: string | undefined,
): Promise<string> {
  if (!task)
    throw new UserError(
      [
        `"cloud interrupt" needs a task: its id or its ARN.`,
        `cloud interrupt にはタスクの ID か ARN が必要です。`,
      ],
      { code: "USAGE", next: "./workbook status", exitCode: 2 },
    );
  const response = await fetch(`${endpoint}/_local/tasks/interrupt`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ task }),
  });
  const answer = (await response.json()) as { taskArn: string };
  if (response.ok) return answer.taskArn;
  const why: Words =
    response.status === 404
      ? [`There is no task ${task}.`, `タスク ${task} はありません。`]
      : [
          `${task} does not run on Fargate Spot, or stops already: only tasks of the capacity provider FARGATE_SPOT are interrupted.`,
          `${task} は Fargate Spot で動いていないか、すでに停止中です。中断されるのはキャパシティプロバイダー FARGATE_SPOT のタスクだけです。`,
        ];
  throw new UserError(why, {
    code: "TASK_NOT_INTERRUPTED",
    next: "./workbook status",
    exitCode: 1,
  });
}
