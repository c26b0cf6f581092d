import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { DEFINITION_TEXTS as SAID } from "./definition-texts.ts";
import { clientException } from "./faults.ts";

const NAME = /^[a-zA-Z0-9_-]{1,255}$/;
/** Docker takes no less. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const LEAST_MEMORY_MIB = 4;
const LEAST_FARGATE_MEMORY_MIB = 6;

/** Checks names and memory of all containers. @throws AwsError `ClientException` in AWS's words */
export function checkContainers(
  containers: readonly ContainerDefinition[],
  taskMemory: number | undefined,
  taskCpu: number | undefined,
  isFargate: boolean,
): void {
  if (containers.length === 0) throw clientException(SAID.containersEmpty());
  if (containers.length > 10) throw clientException(SAID.containersTooMany());
  const names = new Set<string>();
  for (const container of containers) {
    checkName(container);
    if (names.has(container.name!)) throw clientException(SAID.containerNames());
    names.add(container.name!);
    checkMemory(container, taskMemory, isFargate);
    if ((container.cpu ?? 0) < 0)
      throw clientException(SAID.cpuNegative({ container: container.name! }));
  }
  if (!containers.some(({ essential }) => essential ?? true))
    throw clientException(SAID.noEssential());
  const cpu = containers.reduce((sum, container) => sum + (container.cpu ?? 0), 0);
  if (taskCpu !== undefined && cpu > taskCpu) throw clientException(SAID.cpuTogether());
  const reserved = containers.reduce(
    (sum, { memory, memoryReservation }) => sum + (memoryReservation ?? memory ?? 0),
    0,
  );
  if (taskMemory !== undefined && reserved > taskMemory)
    throw clientException(SAID.memoryTogether());
  checkDependencies(containers);
}

function checkName({ name, image }: ContainerDefinition): void {
  if (!name) throw clientException(SAID.containerNameEmpty());
  if (!NAME.test(name)) throw clientException(SAID.containerNameInvalid());
  if (!image) throw clientException(SAID.imageEmpty());
  if (!/^[a-zA-Z0-9_./:@[\]-]+$/.test(image)) throw clientException(SAID.imageInvalid());
}

function checkMemory(
  container: ContainerDefinition,
  taskMemory: number | undefined,
  isFargate: boolean,
): void {
  const { name = "", memory, memoryReservation } = container;
  const least = isFargate ? LEAST_FARGATE_MEMORY_MIB : LEAST_MEMORY_MIB;
  for (const size of [memory, memoryReservation])
    if (size !== undefined && size < least)
      throw clientException(SAID.memoryLeast({ container: name, least }));
  if (memory === undefined && memoryReservation === undefined) {
    if (taskMemory !== undefined) return;
    throw clientException(SAID.containerMemoryMissing({ container: name }));
  }
  if (memory !== undefined && memoryReservation !== undefined && memory < memoryReservation)
    throw clientException(SAID.containerReservationOverMemory({ container: name }));
  if (taskMemory !== undefined && Math.max(memory ?? 0, memoryReservation ?? 0) > taskMemory)
    throw clientException(SAID.containerMemoryOverTask({ container: name }));
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html */
function checkDependencies(containers: readonly ContainerDefinition[]): void {
  const byName = new Map(containers.map((container) => [container.name!, container]));
  for (const { dependsOn = [] } of containers) {
    for (const { containerName = "", condition } of dependsOn) {
      const target = byName.get(containerName);
      if (!target) throw clientException(SAID.dependencyUnknown({ container: containerName }));
      if ((condition === "SUCCESS" || condition === "COMPLETE") && (target.essential ?? true))
        throw clientException(SAID.dependencyEssential());
      if (condition === "HEALTHY" && !target.healthCheck)
        throw clientException(SAID.dependencyHealthy());
    }
  }
  if (startOrder(containers) === undefined) throw clientException(SAID.dependencyCycle());
}

/** Containers so that each comes after those that it depends on; undefined where they wait for each other. */
export function startOrder<C extends Pick<ContainerDefinition, "name" | "dependsOn">>(
  containers: readonly C[],
): C[] | undefined {
  const ordered: C[] = [];
  const placed = new Set<string>();
  while (ordered.length < containers.length) {
    const next = containers.filter(
      (container) =>
        !placed.has(container.name!) &&
        (container.dependsOn ?? []).every(({ containerName }) => placed.has(containerName!)),
    );
    if (next.length === 0) return undefined;
    for (const container of next) placed.add(container.name!);
    ordered.push(...next);
  }
  return ordered;
}
