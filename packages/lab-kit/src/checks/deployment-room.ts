import type { Step } from "./steps.ts";

/**
 * Whether a service's deployments can begin: its percentages have to leave room for a task more, or let one go.
 *
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 */
export function deploymentRoom(
  attributes: Readonly<Record<string, unknown>>,
  desired: number,
): Step<"percentages"> {
  const least = Number(attributes["deployment_minimum_healthy_percent"] ?? 100);
  const most = Number(attributes["deployment_maximum_percent"] ?? 200);
  const atLeast = Math.ceil((desired * least) / 100);
  const atMost = Math.floor((desired * most) / 100);
  return {
    fault: "percentages",
    expected: [
      "room for a deployment: more tasks may be there than have to stay",
      "デプロイの余地がある (残すべき数より多くのタスクを動かせる)",
    ],
    actual: [
      `${atLeast} tasks have to stay (${least} percent), ${atMost} may be there (${most} percent)`,
      `残すべきタスク ${atLeast} つ (${least}%)、動かせるタスク ${atMost} つ (${most}%)`,
    ],
    holds: atMost > atLeast,
  };
}
