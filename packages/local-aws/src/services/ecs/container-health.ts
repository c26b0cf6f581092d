import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import type { TaskContainer } from "./task-container.ts";
import type { Task, TaskDefinition } from "./state.ts";

/** ECS runs the health checks of definitions alone; one that an image brings is not looked at. */
const hasHealthCheck = ({ essential, healthCheck }: ContainerDefinition) =>
  (essential ?? true) && healthCheck !== undefined && healthCheck.command?.[0] !== "NONE";

/** Whether the health of a task is told from its containers: an essential one has a health check. */
export const isHealthChecked = ({ containerDefinitions }: TaskDefinition) =>
  containerDefinitions.some(hasHealthCheck);

/**
 * What the health checks of a task's essential containers say together.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
 */
export function taskHealth(
  { containerDefinitions }: TaskDefinition,
  containers: readonly TaskContainer[],
): Task["healthStatus"] {
  const states = containerDefinitions
    .filter(hasHealthCheck)
    .map(({ name }) => containers.find((it) => it.name === name)?.healthStatus);
  if (states.includes("UNHEALTHY")) return "UNHEALTHY";
  return states.length > 0 && states.every((state) => state === "HEALTHY") ? "HEALTHY" : "UNKNOWN";
}
