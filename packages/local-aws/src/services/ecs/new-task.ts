import { randomUUID } from "node:crypto";
import type { ContainerDefinition, TaskOverride } from "@aws-sdk/client-ecs";
import type { Scope } from "../../store/store.ts";
import { subnets } from "../ec2/state.ts";
import type { ContainerInstance } from "./instances/state.ts";
import { taskNeeds } from "./placement/task-needs.ts";
import { isHealthChecked } from "./container-health.ts";
import { ecsArn, newTaskId } from "./arns.ts";
import type { NetworkConfiguration } from "./deployment.ts";
import type { TaskContainer } from "./task-container.ts";
import { tasks, type Cluster, type Tags, type Task, type TaskDefinition } from "./state.ts";

/** What a new task is made of. */
export interface NewTask {
  readonly cluster: Cluster;
  readonly definition: TaskDefinition;
  readonly group: string;
  readonly startedBy?: string | undefined;
  readonly serviceArn?: string | undefined;
  readonly on: "FARGATE" | "EC2";
  readonly capacityProviderName?: string | undefined;
  /** Where it has been placed; a task of a provider of instances may have to wait for one. */
  readonly instance?: ContainerInstance | undefined;
  readonly placement?: Task["placement"];
  readonly platformVersion: string | undefined;
  readonly networkConfiguration: NetworkConfiguration | undefined;
  readonly overrides: TaskOverride;
  readonly enableExecuteCommand: boolean;
  readonly clientToken?: string | undefined;
  readonly tags: Tags;
  readonly now: number;
}

/**
 * Puts a task in PROVISIONING into the store, in the transaction under way; the engine takes it from there.
 * Its subnet is the one, of those allowed, whose availability zone has the fewest tasks of the same group.
 */
export function createTask(scope: Scope, wanted: NewTask): Task {
  const { cluster, definition, on, instance } = wanted;
  const needs = taskNeeds(definition, wanted.overrides);
  const id = newTaskId();
  const arn = ecsArn(scope, `task/${cluster.name}/${id}`);
  const subnet = chooseSubnet(scope, wanted, instance?.availabilityZone);
  const storage = wanted.overrides.ephemeralStorage ?? definition.ephemeralStorage;
  const task: Task = {
    arn,
    clusterArn: cluster.arn,
    taskDefinitionArn: definition.arn,
    lastStatus: "PROVISIONING",
    desiredStatus: "RUNNING",
    group: wanted.group,
    startedBy: wanted.startedBy,
    serviceArn: wanted.serviceArn,
    launchType: on,
    capacityProviderName: wanted.capacityProviderName,
    containerInstanceArn: instance?.arn,
    placement: wanted.placement,
    platformVersion: wanted.platformVersion,
    platformFamily: on === "FARGATE" ? "Linux" : undefined,
    cpu: String(needs.cpu),
    memory: String(needs.memoryMiB),
    networkConfiguration: wanted.networkConfiguration,
    availabilityZone: subnet?.availabilityZone ?? instance?.availabilityZone,
    subnetId: subnet?.subnetId,
    attachmentId: wanted.networkConfiguration && randomUUID(),
    containers: definition.containerDefinitions.map((container) =>
      newContainer(scope, container, `${cluster.name}/${id}`, wanted.enableExecuteCommand),
    ),
    overrides: wanted.overrides,
    enableExecuteCommand: wanted.enableExecuteCommand,
    ephemeralStorageGiB: storage?.sizeInGiB ?? 20,
    healthStatus: "UNKNOWN",
    healthChecked: isHealthChecked(definition),
    createdAt: wanted.now,
    version: 1,
    clientToken: wanted.clientToken,
    tags: wanted.tags,
  };
  return scope.of(tasks).put(arn, task);
}

function newContainer(
  scope: Scope,
  definition: ContainerDefinition,
  path: string,
  execEnabled: boolean,
): TaskContainer {
  return {
    arn: ecsArn(scope, `container/${path}/${randomUUID()}`),
    name: definition.name!,
    image: definition.image!,
    lastStatus: "PENDING",
    healthStatus: "UNKNOWN",
    cpu: String(definition.cpu ?? 0),
    memory: definition.memory === undefined ? undefined : String(definition.memory),
    memoryReservation:
      definition.memoryReservation === undefined ? undefined : String(definition.memoryReservation),
    essential: definition.essential ?? true,
    bindings: [],
    ...(execEnabled && { execAgent: { lastStatus: "PENDING", connected: false } }),
  };
}

/**
 * The subnet that a task's interface is made in.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
 * @param zone the instance's, where it runs on one: an interface is attached in its own zone
 */
export function chooseSubnet(
  scope: Scope,
  {
    networkConfiguration,
    group,
    cluster,
  }: Pick<NewTask, "networkConfiguration" | "group" | "cluster">,
  zone?: string,
) {
  const allowed = (networkConfiguration?.subnets ?? [])
    .flatMap((id) => scope.of(subnets).get(id) ?? [])
    .filter(({ availabilityZone }) => zone === undefined || availabilityZone === zone);
  const peers = scope
    .of(tasks)
    .filter(
      (task) =>
        task.clusterArn === cluster.arn && task.group === group && task.desiredStatus === "RUNNING",
    );
  const inZone = (zone: string) =>
    peers.filter(({ availabilityZone }) => availabilityZone === zone).length;
  const inSubnet = (id: string) => peers.filter(({ subnetId }) => subnetId === id).length;
  return allowed.sort(
    (a, b) =>
      inZone(a.availabilityZone) - inZone(b.availabilityZone) ||
      inSubnet(a.subnetId) - inSubnet(b.subnetId),
  )[0];
}

/** The tags that ECS puts on tasks itself, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html */
export function managedTags(enabled: boolean, cluster: Cluster, serviceName?: string): Tags {
  if (!enabled) return [];
  return [
    { key: "aws:ecs:clusterName", value: cluster.name },
    ...(serviceName === undefined ? [] : [{ key: "aws:ecs:serviceName", value: serviceName }]),
  ];
}
