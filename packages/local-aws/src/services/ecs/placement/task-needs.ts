import type { ContainerDefinition, TaskOverride } from "@aws-sdk/client-ecs";
import { requiredAttributes } from "../task-definition-view.ts";
import type { TaskDefinition } from "../state.ts";

/** What a task takes of an instance. */
export interface TaskNeeds {
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Ports of the instance that its containers have for themselves; those that Docker chooses are not among them. */
  readonly ports: readonly string[];
  readonly udpPorts: readonly string[];
  /** Network interfaces: one in network mode awsvpc. */
  readonly interfaces: number;
  /** Names of attributes that the instance must have. */
  readonly attributes: readonly string[];
}

const sum = (
  containers: readonly ContainerDefinition[],
  of: (container: ContainerDefinition) => number | undefined,
) => containers.reduce((total, container) => total + (of(container) ?? 0), 0);

/**
 * What a task takes: its own size where it has one, otherwise what its containers reserve together.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html
 */
export function taskNeeds(definition: TaskDefinition, overrides: TaskOverride = {}): TaskNeeds {
  const containers = definition.containerDefinitions.map((container) => {
    const own = overrides.containerOverrides?.find(({ name }) => name === container.name);
    return {
      ...container,
      cpu: own?.cpu ?? container.cpu,
      memory: own?.memory ?? container.memory,
      memoryReservation: own?.memoryReservation ?? container.memoryReservation,
    };
  });
  const cpu = overrides.cpu ?? definition.cpu;
  const memory = overrides.memory ?? definition.memory;
  return {
    cpu: cpu === undefined ? sum(containers, (it) => it.cpu) : Number(cpu),
    memoryMiB:
      memory === undefined
        ? sum(containers, (it) => it.memoryReservation ?? it.memory)
        : Number(memory),
    ports: staticPorts(definition, "tcp"),
    udpPorts: staticPorts(definition, "udp"),
    interfaces: definition.networkMode === "awsvpc" ? 1 : 0,
    attributes: requiredAttributes(definition).flatMap(({ name }) => name ?? []),
  };
}

/** Ports of the instance that a definition names: all of them in mode host, those with a host port in mode bridge. */
export function staticPorts(definition: TaskDefinition, protocol: "tcp" | "udp"): string[] {
  const { networkMode, containerDefinitions } = definition;
  if (networkMode !== "bridge" && networkMode !== "host") return [];
  return containerDefinitions.flatMap(({ portMappings = [] }) =>
    portMappings
      .filter((mapping) => (mapping.protocol ?? "tcp") === protocol)
      .map(({ hostPort, containerPort }) =>
        networkMode === "host" ? hostPort || containerPort : hostPort,
      )
      .filter((port) => port)
      .map(String),
  );
}
