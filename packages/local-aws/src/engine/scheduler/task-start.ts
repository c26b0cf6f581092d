import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { subnets } from "../../services/ec2/state.ts";
import { startOrder } from "../../services/ecs/container-rules.ts";
import { rolesOf } from "../../services/ecs/task-roles.ts";
import { instanceOf, interfaceOf } from "../../services/ecs/task-place.ts";
import { TEXTS } from "../../services/ecs/texts.ts";
import type { EngineContext } from "../engine.ts";
import type { ImagePuller, PulledImage } from "../images/puller.ts";
import type { RegistryCredentials } from "@workbook/registry-client";
import type { MetadataRegistration, MetadataRegistry } from "../metadata/metadata-registry.ts";
import { createNetworkInterface } from "../../services/ec2/interfaces.ts";
import { availableAddressCount } from "../../services/ec2/private-addresses.ts";
import { resolverOf } from "../network/resolver-address.ts";
import type { ContainerSpec, TaskDriver, TaskSpec } from "../runtime/driver.ts";
import type { LogRouter } from "../logs/log-sink.ts";
import { environmentOf, type VariablesOf } from "./container-environment.ts";
import { readRegistryCredentials } from "./registry-credentials.ts";
import { failOn, imageFault, TaskFault } from "./task-faults.ts";
import { afterRouter, type TaskRouter } from "./task-router.ts";
import type { TaskRecord } from "./task-store.ts";

/** What the scheduler needs of the rest of the engine. Network interfaces, targets and roles are functions over the store. */
export interface SchedulerNeeds {
  readonly driver: TaskDriver;
  readonly images: ImagePuller;
  readonly logs: LogRouter;
  readonly metadata: MetadataRegistry;
  /** The API as tasks reach it. */
  readonly apiEndpoint: string;
}

/**
 * Brings the image of one container. All tasks of a service's deployment run the same one: what the tag meant for the
 * first of them goes for the others too, unless the container's `versionConsistency` is `disabled`.
 * @throws the puller's own error
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html#deployment-container-image-stability
 */
async function pullContainerImage(
  { needs, record, signal }: StartParts,
  { name = "", image = "", versionConsistency }: ContainerDefinition,
  credentials: RegistryCredentials | undefined,
): Promise<PulledImage> {
  const { account, region } = record.scope;
  const { cpuArchitecture } = record.definition.runtimePlatform ?? {};
  const pull = (reference: string) =>
    needs.images.pull({ account, region, reference, cpuArchitecture, credentials, signal });
  // Without its tag: that could mean another image, one that stands in for it.
  const repository = image.split("@")[0]!.replace(/:[^/:]+$/, "");
  const pullDigest = async (digest: string) => ({
    ...(await pull(`${repository}@${digest}`)),
    reference: image,
  });
  if (versionConsistency === "disabled") return pull(image);
  const settled = record.deployment?.imageDigests?.[name];
  if (settled !== undefined) return pullDigest(settled);
  const pulled = await pull(image);
  const first = record.settleImage(name, pulled.digest);
  return first === pulled.digest ? pulled : pullDigest(first);
}

/** How long a container may take to end after SIGTERM, without a word of the definition. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const DEFAULT_STOP_TIMEOUT_SECONDS = 30;

/** What the steps of a start work with. */
export interface StartParts {
  readonly context: EngineContext;
  readonly needs: SchedulerNeeds;
  readonly record: TaskRecord;
  /** Aborted when the task is to stop, or the scheduler does. */
  readonly signal: AbortSignal;
}

/** PROVISIONING: makes the task's network interface; the task is PENDING afterwards. @throws TaskFault */
export function provision({ context, record }: StartParts): void {
  const now = context.clock.now();
  const { scope } = record;
  record.write((task) => {
    const { networkConfiguration, subnetId } = task;
    if (!networkConfiguration || !subnetId) return { lastStatus: "PENDING" };
    const subnet = scope.of(subnets).get(subnetId);
    if (subnet && availableAddressCount(scope, subnet) < 1) {
      const assignment = networkConfiguration.assignPublicIp.toLowerCase();
      throw new TaskFault(TEXTS.noFreeAddresses({ assignment, subnet: subnetId }));
    }
    const eni = createNetworkInterface(scope, {
      subnetId,
      securityGroupIds: networkConfiguration.securityGroups,
      description: `arn:aws:ecs:${scope.region}:${scope.account}:attachment/${task.attachmentId}`,
      requesterId: "amazon-ecs",
      attachmentOwnerId: scope.account,
      publicIp: networkConfiguration.assignPublicIp === "ENABLED",
      now,
    });
    return {
      lastStatus: "PENDING",
      networkInterfaceId: eni.networkInterfaceId,
      privateIpAddress: eni.privateIpAddress,
      availabilityZone: eni.availabilityZone,
      connectivity: "CONNECTED",
      connectivityAt: now,
    };
  });
}

/** PENDING: brings the images; the answer is by container name. @throws TaskFault, or the puller's own error */
export async function pullImages(parts: StartParts): Promise<Map<string, PulledImage>> {
  const { context, record } = parts;
  const { scope, definition } = record;
  const asked = { store: context.store, scope, task: record.task, definition };
  await failOn(imageFault(asked), context.clock);
  const credentials = await readRegistryCredentials(parts);
  record.write(() => ({ pullStartedAt: context.clock.now() }));
  const pulled = await Promise.all(
    definition.containerDefinitions.map(async (container) => {
      const { name = "" } = container;
      return [name, await pullContainerImage(parts, container, credentials.get(name))] as const;
    }),
  );
  record.write(({ containers }) => ({
    pullStoppedAt: context.clock.now(),
    containers: containers.map((container) => ({
      ...container,
      imageDigest: pulled.find(([name]) => name === container.name)?.[1].digest,
    })),
  }));
  return new Map(pulled);
}

/** What has been brought for a task's containers, by container name. */
export interface Brought {
  readonly images: ReadonlyMap<string, PulledImage>;
  readonly ids: ReadonlyMap<string, string>;
  readonly files: VariablesOf;
  readonly secrets: VariablesOf;
  /** Of the task. */
  readonly router: TaskRouter | undefined;
}

/** What the driver is told, with the task registered at the metadata service. */
export function toSpec(parts: StartParts, brought: Brought): TaskSpec {
  const { needs, record } = parts;
  const { scope, definition, task } = record;
  const containers = startOrder(afterRouter(definition.containerDefinitions))!;
  const metadata = needs.metadata.register({
    taskArn: task.arn,
    account: scope.account,
    region: scope.region,
    containerNames: containers.map(({ name = "" }) => name),
    taskRoleArn: rolesOf(definition, task.overrides).taskRoleArn,
  });
  return {
    taskArn: task.arn,
    taskId: record.id,
    networkInterfaceId: task.networkInterfaceId,
    privateIpAddress: task.privateIpAddress,
    networkMode: definition.networkMode,
    instanceId: instanceOf(scope, task)?.instanceId,
    memoryMiB: Number(task.overrides.memory ?? definition.memory) || undefined,
    cpuUnits: Number(task.overrides.cpu ?? definition.cpu) || undefined,
    pidMode: definition.pidMode,
    ipcMode: definition.ipcMode,
    volumes: definition.volumes,
    nameServer:
      definition.networkMode === "none" ? undefined : resolverOf(scope, interfaceOf(scope, task)),
    containers: containers.map((it) => toContainer(parts, brought, it, metadata.environment)),
  };
}

/** @param metadata the variables of the metadata endpoint, by container name */
function toContainer(
  { needs, record }: StartParts,
  { images, ids, files, secrets, router }: Brought,
  definition: ContainerDefinition,
  metadata: MetadataRegistration["environment"],
): ContainerSpec {
  const { scope, task } = record;
  const name = definition.name!;
  const image = images.get(name)!;
  const override = task.overrides.containerOverrides?.find((it) => it.name === name);
  const isRouter = router?.container === name;
  return {
    name,
    definition,
    override,
    image,
    environment: environmentOf({
      image,
      definition,
      override,
      files: files.get(name) ?? {},
      secrets: { ...secrets.get(name), ...(isRouter && router.variables) },
      metadata: metadata[name] ?? {},
      region: scope.region,
      on: task.launchType,
      endpoint: needs.apiEndpoint,
    }),
    stopTimeoutSeconds: definition.stopTimeout ?? DEFAULT_STOP_TIMEOUT_SECONDS,
    runtimeId: ids.get(name)!,
    routerFiles: isRouter ? router.files : undefined,
    router:
      definition.logConfiguration?.logDriver === "awsfirelens" ? router?.container : undefined,
  };
}

/** What the definition asks for and Local AWS does not do: the task says so instead of running without it. */
export function refuseUnsupported({ record }: StartParts): void {
  const { runtimePlatform, proxyConfiguration } = record.definition;
  const family = runtimePlatform?.operatingSystemFamily ?? "LINUX";
  if (family !== "LINUX") throw new TaskFault(TEXTS.windowsUnsupported({ family }));
  if (proxyConfiguration) throw new TaskFault(TEXTS.proxyUnsupported());
}
