import type { ContainerDefinition, RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";
import { clientException } from "./faults.ts";
import { isEcrImage } from "./images.ts";
import { TEXTS } from "./texts.ts";

const NAME = /^[a-zA-Z0-9_-]{1,255}$/;
const FARGATE_LOG_DRIVERS = ["awslogs", "splunk", "awsfirelens"];
/** Longest start and stop time-outs on Fargate, https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const LONGEST_FARGATE_STOP_SECONDS = 120;
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
const HEALTH_CHECK_RANGES = {
  interval: [5, 300],
  timeout: [2, 60],
  retries: [1, 10],
  startPeriod: [0, 300],
} as const;

/** Checks names and memory of all containers. @throws AwsError `ClientException` in AWS's words */
export function checkContainers(
  containers: readonly ContainerDefinition[],
  taskMemory: number | undefined,
  taskCpu: number | undefined,
): void {
  if (containers.length === 0) throw clientException(TEXTS.containersEmpty());
  if (containers.length > 10) throw clientException(TEXTS.containersTooMany());
  const names = new Set<string>();
  for (const container of containers) {
    checkName(container);
    if (names.has(container.name!)) throw clientException(TEXTS.containerNamesUnique());
    names.add(container.name!);
    checkMemory(container, taskMemory);
  }
  if (!containers.some(({ essential }) => essential ?? true))
    throw clientException(TEXTS.noEssential());
  const cpu = containers.reduce((sum, container) => sum + (container.cpu ?? 0), 0);
  if (taskCpu !== undefined && cpu > taskCpu) throw clientException(TEXTS.containerCpuOverTask());
  checkDependencies(containers);
}

function checkName({ name, image }: ContainerDefinition): void {
  if (!name) throw clientException(TEXTS.containerNameEmpty());
  if (!NAME.test(name)) throw clientException(TEXTS.containerNameInvalid());
  if (!image) throw clientException(TEXTS.imageEmpty());
  if (!/^[a-zA-Z0-9_./:@[\]-]+$/.test(image)) throw clientException(TEXTS.imageInvalid());
}

function checkMemory(container: ContainerDefinition, taskMemory: number | undefined): void {
  const { name = "", memory, memoryReservation } = container;
  if (memory === undefined && memoryReservation === undefined) {
    if (taskMemory !== undefined) return;
    throw clientException(TEXTS.containerMemoryMissing({ container: name }));
  }
  if (memory !== undefined && memoryReservation !== undefined && memory < memoryReservation)
    throw clientException(TEXTS.containerReservationOverMemory({ container: name }));
  if (taskMemory !== undefined && Math.max(memory ?? 0, memoryReservation ?? 0) > taskMemory)
    throw clientException(TEXTS.containerMemoryOverTask({ container: name }));
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html */
function checkDependencies(containers: readonly ContainerDefinition[]): void {
  const byName = new Map(containers.map((container) => [container.name!, container]));
  for (const { dependsOn = [] } of containers) {
    for (const { containerName = "", condition } of dependsOn) {
      const target = byName.get(containerName);
      if (!target) throw clientException(TEXTS.dependencyUnknown({ container: containerName }));
      if ((condition === "SUCCESS" || condition === "COMPLETE") && (target.essential ?? true))
        throw clientException(TEXTS.dependencyEssential());
      if (condition === "HEALTHY" && !target.healthCheck)
        throw clientException(TEXTS.dependencyHealthy());
    }
  }
  if (startOrder(containers) === undefined) throw clientException(TEXTS.dependencyCycle());
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

/** Checks what Fargate asks of each container. @throws AwsError `ClientException` in AWS's words */
export function checkFargateContainers(input: RegisterTaskDefinitionRequest): void {
  for (const container of input.containerDefinitions ?? []) {
    const driver = container.logConfiguration?.logDriver;
    if (container.privileged) throw clientException(TEXTS.privilegedFargate());
    if (driver && !FARGATE_LOG_DRIVERS.includes(driver))
      throw clientException(TEXTS.logDriverFargate({ driver }));
    const start = container.startTimeout;
    if (start !== undefined && (start < 2 || start > LONGEST_FARGATE_STOP_SECONDS))
      throw clientException(TEXTS.startTimeoutFargate());
    if ((container.stopTimeout ?? 0) > LONGEST_FARGATE_STOP_SECONDS)
      throw clientException(TEXTS.stopTimeoutFargate());
    if (!input.executionRoleArn) {
      if (isEcrImage(container.image ?? "")) throw clientException(TEXTS.executionRoleForEcr());
      if (driver === "awslogs") throw clientException(TEXTS.executionRoleForLogs({ driver }));
    }
    if (driver === "awslogs") checkAwslogsPrefix(container);
    checkFargateLinux(container);
  }
}

/**
 * What of Docker and Linux the tasks of Fargate have not: their machine is AWS's.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */
function checkFargateLinux({ dockerSecurityOptions, linuxParameters = {} }: ContainerDefinition) {
  const { devices, sharedMemorySize, tmpfs, maxSwap, swappiness, capabilities } = linuxParameters;
  const given = {
    dockerSecurityOptions: dockerSecurityOptions?.length,
    devices: devices?.length,
    sharedMemorySize,
    tmpfs: tmpfs?.length,
    maxSwap,
    swappiness,
  };
  for (const [member, value] of Object.entries(given))
    if (value !== undefined && value !== 0)
      throw clientException(TEXTS.unsupportedFargate({ member }));
  for (const capability of capabilities?.add ?? [])
    if (capability !== "SYS_PTRACE") throw clientException(TEXTS.capabilityFargate({ capability }));
}

/**
 * What a container cannot have of its own where it shares the task's interface.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_network
 */
function checkAwsvpc(container: ContainerDefinition): void {
  if (container.links?.length) throw clientException(TEXTS.linksAwsvpc());
  const wrong = (
    [
      ["hostname is", container.hostname],
      ["DNS servers are", container.dnsServers?.length],
      ["DNS search domains are", container.dnsSearchDomains?.length],
      ["Extra hosts are", container.extraHosts?.length],
      ["Disable Networking is", container.disableNetworking],
    ] as const
  ).find(([, value]) => value);
  if (wrong) throw clientException(TEXTS.unsupportedAwsvpc({ what: wrong[0] }));
}

/** Fargate needs a stream prefix, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html */
function checkAwslogsPrefix({ logConfiguration }: ContainerDefinition): void {
  if (!logConfiguration?.options?.["awslogs-stream-prefix"])
    throw clientException(TEXTS.awslogsPrefix());
}

/** Checks what every launch type asks of a container's logs, ports, secrets and health. @throws AwsError */
export function checkContainerSettings(input: RegisterTaskDefinitionRequest): void {
  for (const container of input.containerDefinitions ?? []) {
    checkLogOptions(container);
    if (input.networkMode === "awsvpc") checkAwsvpc(container);
    checkPorts(container, input.networkMode);
    const needsRole =
      container.secrets?.length || container.logConfiguration?.secretOptions?.length;
    if (needsRole && !input.executionRoleArn)
      throw clientException(TEXTS.executionRoleForSecrets());
    checkHealthCheck(container);
    const volumes = new Set((input.volumes ?? []).map(({ name }) => name));
    for (const { sourceVolume } of container.mountPoints ?? [])
      if (sourceVolume && !volumes.has(sourceVolume))
        throw clientException(TEXTS.volumeNotDefined({ volume: sourceVolume }));
  }
}

function checkHealthCheck({ healthCheck }: ContainerDefinition): void {
  const command = healthCheck?.command;
  if (command && !["CMD", "CMD-SHELL", "NONE"].includes(command[0] ?? ""))
    throw clientException(TEXTS.healthCommandInvalid());
  for (const member of Object.keys(HEALTH_CHECK_RANGES) as (keyof typeof HEALTH_CHECK_RANGES)[]) {
    const [least, most] = HEALTH_CHECK_RANGES[member];
    const value = healthCheck?.[member];
    if (value !== undefined && (value < least || value > most))
      throw clientException(TEXTS.healthCheckRange({ member, least, most }));
  }
}

function checkLogOptions({ logConfiguration }: ContainerDefinition): void {
  if (logConfiguration?.logDriver !== "awslogs") return;
  const missing = ["awslogs-group", "awslogs-region"].filter(
    (option) => !logConfiguration.options?.[option],
  );
  if (missing.length > 0)
    throw clientException(TEXTS.awslogsOptions({ options: missing.join(", ") }));
}

function checkPorts({ portMappings = [] }: ContainerDefinition, mode: string | undefined): void {
  for (const { containerPort, containerPortRange, hostPort } of portMappings) {
    if (containerPortRange !== undefined) continue;
    if (containerPort === undefined || containerPort < 1 || containerPort > 65_535)
      throw clientException(TEXTS.portInvalid({ port: containerPort ?? "null" }));
    const shares = mode === "awsvpc" || mode === "host";
    if (shares && hostPort && hostPort !== containerPort)
      throw clientException(TEXTS.hostPortMismatch({ mode: mode! }));
  }
}
