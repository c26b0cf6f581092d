import type { TaskOverride } from "@aws-sdk/client-ecs";
import { isFargateSize, toCpuUnits, toMebibytes } from "./fargate-sizes.ts";
import { clientException, invalidParameter } from "./faults.ts";
import type { TaskDefinition } from "./state.ts";
import { TEXTS } from "./texts.ts";
import { DEFINITION_TEXTS } from "./definition-texts.ts";

/**
 * Overrides, checked. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html
 * @throws AwsError for a container that is not there, or a size that Fargate does not have
 */
export function toOverrides(
  definition: TaskDefinition,
  given: TaskOverride | undefined,
  on: "FARGATE" | "EC2",
): TaskOverride {
  if (!given) return {};
  for (const { name = "" } of given.containerOverrides ?? [])
    if (!definition.containerDefinitions.some((container) => container.name === name))
      throw invalidParameter(TEXTS.unknownContainerOverride({ container: name }));
  const cpu = given.cpu ? toCpuUnits(given.cpu) : undefined;
  const memory = given.memory ? toMebibytes(given.memory) : undefined;
  const size = { cpu: cpu ?? definition.cpu ?? "", memory: memory ?? definition.memory ?? "" };
  if (on === "FARGATE" && !isFargateSize(Number(size.cpu), Number(size.memory)))
    throw clientException(DEFINITION_TEXTS.noFargateConfiguration(size));
  // Without a size of its own a task has no bound that a container could go beyond.
  const most = size.memory === "" ? Infinity : Number(size.memory);
  for (const { name = "", memory: own, memoryReservation } of given.containerOverrides ?? [])
    if (Math.max(own ?? 0, memoryReservation ?? 0) > most)
      throw clientException(DEFINITION_TEXTS.containerMemoryOverTask({ container: name }));
  return { ...given, cpu, memory };
}
