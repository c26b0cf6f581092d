import type {
  ContainerDefinition,
  RegisterTaskDefinitionRequest,
  Volume,
  ProxyConfiguration,
} from "@aws-sdk/client-ecs";
import type { CallContext } from "../service.ts";
import { checkExpression } from "./placement/wishes.ts";
import { ecsArn } from "./arns.ts";
import { checkContainers } from "./container-rules.ts";
import { checkFargateContainers, checkFargateTask } from "./fargate-rules.ts";
import { isFargateSize, toCpuUnits, toMebibytes } from "./fargate-sizes.ts";
import { clientException } from "./faults.ts";
import { checkLogs } from "./log-rules.ts";
import { checkNetwork } from "./network-rules.ts";
import { checkSettings } from "./setting-rules.ts";
import { revisions, taskDefinitions, type TaskDefinition } from "./state.ts";
import { toTags } from "./tags.ts";
import { checkVolumes } from "./volume-rules.ts";
import { DEFINITION_TEXTS as SAID } from "./definition-texts.ts";

const MOST_CONSTRAINTS = 10;
/** What an App Mesh proxy cannot do without; of the two ids one is enough. */
const PROXY_PROPERTIES = ["AppPorts", "ProxyIngressPort", "ProxyEgressPort"];

/**
 * Checks what a task as a whole says of its proxy, its platform and where it is placed.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
 * @throws AwsError `ClientException`
 */
function checkTask(input: RegisterTaskDefinitionRequest): void {
  const { placementConstraints = [], runtimePlatform, proxyConfiguration } = input;
  if (placementConstraints.length > MOST_CONSTRAINTS) throw clientException(SAID.constraintsMany());
  if (placementConstraints.some(({ expression }) => !expression))
    throw clientException(SAID.constraintEmpty());
  for (const { expression = "" } of placementConstraints)
    checkExpression(expression, clientException);
  if (proxyConfiguration) checkProxy(proxyConfiguration, input);
  if (!runtimePlatform?.operatingSystemFamily?.startsWith("WINDOWS")) return;
  if (runtimePlatform.cpuArchitecture === "ARM64") throw clientException(SAID.windowsArm());
  if (input.containerDefinitions?.some(({ linuxParameters }) => linuxParameters))
    throw clientException(SAID.windowsLinux());
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ProxyConfiguration.html */
function checkProxy(
  { containerName: container = "", properties = [] }: ProxyConfiguration,
  { containerDefinitions = [], networkMode }: RegisterTaskDefinitionRequest,
): void {
  if (networkMode !== "awsvpc") throw clientException(SAID.proxyMode());
  if (!containerDefinitions.some(({ name }) => name === container))
    throw clientException(SAID.proxyContainer({ container }));
  const given = new Set(properties.filter(({ value }) => value).map(({ name }) => name));
  const lacking = PROXY_PROPERTIES.find((property) => !given.has(property));
  if (lacking !== undefined) throw clientException(SAID.proxyProperty({ property: lacking }));
  if (!given.has("IgnoredUID") && !given.has("IgnoredGID"))
    throw clientException(SAID.proxyProperty({ property: "IgnoredUID" }));
}

const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/;

/**
 * Registers the next revision of a family.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
 * @throws AwsError `ClientException` in AWS's words where the definition breaks a rule
 */
export function registerTaskDefinition(
  input: RegisterTaskDefinitionRequest,
  context: CallContext,
): TaskDefinition {
  const { family = "" } = input;
  if (family === "") throw clientException(SAID.familyMissing());
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(family)) throw clientException(SAID.familyInvalid());
  const cpu = input.cpu === undefined ? undefined : toCpuUnits(input.cpu);
  const memory = input.memory === undefined ? undefined : toMebibytes(input.memory);
  const fargate = input.requiresCompatibilities?.includes("FARGATE") ?? false;
  if (fargate) checkFargateTask(input, cpu, memory);
  else if (input.ephemeralStorage) throw clientException(SAID.storageEc2());
  const containers = input.containerDefinitions ?? [];
  checkContainers(containers, toNumber(memory), toNumber(cpu), fargate);
  checkTask(input);
  checkLogs(containers, fargate);
  checkNetwork(containers, input.networkMode ?? "bridge");
  for (const container of containers) checkSettings(container, Boolean(input.executionRoleArn));
  checkVolumes(input.volumes ?? [], containers);
  if (fargate) checkFargateContainers(input);
  for (const role of [input.executionRoleArn, input.taskRoleArn])
    if (role && !ROLE_ARN.test(role)) throw clientException(SAID.roleArnInvalid());
  return store(input, context, cpu, memory);
}

function store(
  input: RegisterTaskDefinitionRequest,
  context: CallContext,
  cpu: string | undefined,
  memory: string | undefined,
): TaskDefinition {
  const family = input.family!;
  const networkMode = input.networkMode ?? "bridge";
  const revision = (context.store.of(revisions).get(family)?.last ?? 0) + 1;
  context.store.of(revisions).put(family, { last: revision });
  const fits = networkMode === "awsvpc" && isFargateSize(Number(cpu), Number(memory));
  const definition: TaskDefinition = {
    arn: ecsArn(context, `task-definition/${family}:${revision}`),
    family,
    revision,
    status: "ACTIVE",
    containerDefinitions: (input.containerDefinitions ?? []).map((container) =>
      withDefaults(container, networkMode),
    ),
    cpu,
    memory,
    networkMode,
    requiresCompatibilities: input.requiresCompatibilities ?? [],
    compatibilities: fits ? ["EC2", "FARGATE"] : ["EXTERNAL", "EC2"],
    executionRoleArn: input.executionRoleArn || undefined,
    taskRoleArn: input.taskRoleArn || undefined,
    volumes: (input.volumes ?? []).map(withRootDirectory),
    placementConstraints: input.placementConstraints ?? [],
    runtimePlatform: input.runtimePlatform,
    ephemeralStorage: input.ephemeralStorage && {
      sizeInGiB: input.ephemeralStorage.sizeInGiB!,
    },
    pidMode: input.pidMode,
    ipcMode: input.ipcMode,
    proxyConfiguration: input.proxyConfiguration,
    enableFaultInjection: input.enableFaultInjection,
    tags: toTags(input.tags),
    registeredAt: context.clock.now(),
    registeredBy: context.principal.arn,
  };
  return context.store.of(taskDefinitions).put(definition.arn, definition);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html */
const withRootDirectory = (volume: Volume): Volume =>
  volume.efsVolumeConfiguration
    ? {
        ...volume,
        efsVolumeConfiguration: { rootDirectory: "/", ...volume.efsVolumeConfiguration },
      }
    : volume;

/** A container with what the API fills in where the request is silent. */
function withDefaults(container: ContainerDefinition, networkMode: string): ContainerDefinition {
  const samePort = networkMode === "awsvpc" || networkMode === "host";
  return {
    ...container,
    cpu: container.cpu ?? 0,
    essential: container.essential ?? true,
    environment: container.environment ?? [],
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    systemControls: container.systemControls ?? [],
    portMappings: (container.portMappings ?? []).map((mapping) => ({
      ...mapping,
      hostPort: mapping.hostPort || (samePort ? mapping.containerPort : 0),
      protocol: mapping.protocol ?? "tcp",
    })),
    healthCheck: container.healthCheck && {
      ...container.healthCheck,
      interval: container.healthCheck.interval ?? 30,
      timeout: container.healthCheck.timeout ?? 5,
      retries: container.healthCheck.retries ?? 3,
    },
  };
}

const toNumber = (digits: string | undefined) =>
  digits === undefined ? undefined : Number(digits);
