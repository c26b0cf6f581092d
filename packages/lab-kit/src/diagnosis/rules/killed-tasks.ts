import type { Deployed } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import { isKilled, shortOf, type Subject } from "../subject.ts";

/** A program that did not heed SIGTERM, and was killed when its time to stop was over. */
export function killedTasks(_deployed: Deployed, { name, killed }: Subject): Cause[] {
  for (const { taskArn, containers = [], stoppedReason } of killed) {
    const container = containers.find(isKilled)!;
    return [
      {
        id: "container-signal",
        subject: name,
        cause: [
          `Container ${container.name} of ${name} did not end when it was told to (SIGTERM), and was killed when its stopTimeout was over: exit code 137. What it was at is lost.`,
          `${name} のコンテナ ${container.name} は SIGTERM に応答せず、stopTimeout の経過後に強制終了されました (終了コード 137)。処理中のものは失われます。`,
        ],
        evidence: [
          {
            call: `ecs describe-tasks --tasks ${shortOf(taskArn)}`,
            value: `${stoppedReason}; ${container.name} exitCode 137`,
          },
        ],
      },
    ];
  }
  return [];
}
