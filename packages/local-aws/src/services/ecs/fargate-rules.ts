import type { ContainerDefinition, RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";
import { DEFINITION_TEXTS as SAID } from "./definition-texts.ts";
import { isFargateSize } from "./fargate-sizes.ts";
import { clientException } from "./faults.ts";
import { isEcrImage } from "./images.ts";

/** Longest start and stop time-outs on Fargate, https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const LONGEST_TIMEOUT_SECONDS = 120;
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-task-os */
const SYSTEMS: ReadonlySet<string> = new Set([
  "LINUX",
  ...["2019", "2022", "2025"].flatMap((year) => [
    `WINDOWS_SERVER_${year}_FULL`,
    `WINDOWS_SERVER_${year}_CORE`,
  ]),
]);

const unsupported = (member: string) => clientException(SAID.unsupportedFargate({ member }));

/**
 * Checks what Fargate asks of a task.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 * @throws AwsError `ClientException`
 */
export function checkFargateTask(
  input: RegisterTaskDefinitionRequest,
  cpu: string | undefined,
  memory: string | undefined,
): void {
  if (input.networkMode !== "awsvpc") throw clientException(SAID.networkModeFargate());
  if (cpu === undefined) throw clientException(SAID.cpuRequired());
  if (memory === undefined) throw clientException(SAID.memoryRequired());
  if (!isFargateSize(Number(cpu), Number(memory)))
    throw clientException(SAID.noFargateConfiguration({ cpu, memory }));
  if (input.pidMode && input.pidMode !== "task")
    throw clientException(SAID.pidModeFargate({ mode: input.pidMode }));
  if (input.ipcMode) throw unsupported("ipcMode");
  if (input.placementConstraints?.length) throw unsupported("constraints");
  const storage = input.ephemeralStorage?.sizeInGiB;
  if (storage !== undefined && (storage < 21 || storage > 200))
    throw clientException(SAID.ephemeralStorage());
  const family = input.runtimePlatform?.operatingSystemFamily ?? "LINUX";
  if (!SYSTEMS.has(family)) throw clientException(SAID.windowsFargate({ family }));
  for (const volume of input.volumes ?? []) {
    if (volume.host?.sourcePath) throw unsupported("sourcePath");
    if (volume.dockerVolumeConfiguration) throw unsupported("dockerVolumeConfiguration");
    if (volume.fsxWindowsFileServerVolumeConfiguration)
      throw unsupported("fsxWindowsFileServerVolumeConfiguration");
  }
}

/** Checks what Fargate asks of each container. @throws AwsError `ClientException` */
export function checkFargateContainers(input: RegisterTaskDefinitionRequest): void {
  for (const container of input.containerDefinitions ?? []) {
    checkAbsent(container);
    checkTimeouts(container);
    const driver = container.logConfiguration?.logDriver;
    if (!input.executionRoleArn) {
      if (isEcrImage(container.image ?? "")) throw clientException(SAID.executionRoleForEcr());
      if (driver === "awslogs") throw clientException(SAID.executionRoleForLogs({ driver }));
    }
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
    const options = container.logConfiguration?.options;
    if (driver === "awslogs" && !options?.["awslogs-stream-prefix"])
      throw clientException(SAID.awslogsPrefix());
  }
}

function checkAbsent(container: ContainerDefinition): void {
  if (container.privileged) throw clientException(SAID.privileged());
  const { dockerSecurityOptions } = container;
  const { capabilities, devices, sharedMemorySize, tmpfs, maxSwap, swappiness } =
    container.linuxParameters ?? {};
  if (container.resourceRequirements?.some(({ type }) => type === "GPU"))
    throw clientException(SAID.gpuFargate());
  const absent = {
    dockerSecurityOptions,
    devices,
    sharedMemorySize,
    tmpfs,
    maxSwap,
    swappiness,
  };
  for (const [member, value] of Object.entries(absent))
    if (value !== undefined && value !== 0 && !(Array.isArray(value) && value.length === 0))
      throw unsupported(member);
  for (const capability of capabilities?.add ?? [])
    if (capability !== "SYS_PTRACE") throw clientException(SAID.capabilityFargate({ capability }));
}

function checkTimeouts({ startTimeout: start, stopTimeout = 0 }: ContainerDefinition): void {
  if (start !== undefined && (start < 2 || start > LONGEST_TIMEOUT_SECONDS))
    throw clientException(SAID.startTimeoutFargate());
  if (stopTimeout > LONGEST_TIMEOUT_SECONDS) throw clientException(SAID.stopTimeoutFargate());
}
