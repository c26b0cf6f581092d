import type { AwsClients } from "../../src/live.ts";
import { pollUntil } from "../../src/poll.ts";
import type { Stack } from "./stack.ts";

/** The cloud as somebody sees it who asks for the targets when a task has just been stopped, and is no target any more. */
export function stoppingOneMeanwhile({ aws, cluster }: Stack): AwsClients {
  const healthy = async (TargetGroupArn: string | undefined) => {
    const { TargetHealthDescriptions = [] } = await aws.elbv2.describeTargetHealth({
      TargetGroupArn,
    });
    return TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State === "healthy");
  };
  const elbv2 = Object.create(aws.elbv2) as AwsClients["elbv2"];
  elbv2.describeTargetHealth = async ({
    TargetGroupArn,
  }: {
    TargetGroupArn: string | undefined;
  }) => {
    const before = await healthy(TargetGroupArn);
    const { taskArns = [] } = await aws.ecs.listTasks({ cluster });
    await aws.ecs.stopTask({ cluster, task: taskArns[0] });
    const known = new Set(before.map(({ Target }) => Target?.Id));
    await pollUntil(
      async () => (await healthy(TargetGroupArn)).filter(({ Target }) => known.has(Target?.Id)),
      (left) => left.length < before.length,
      { deadlineMs: 60_000, intervalMs: 10 },
    );
    return aws.elbv2.describeTargetHealth({ TargetGroupArn });
  };
  return { ...aws, elbv2 };
}
