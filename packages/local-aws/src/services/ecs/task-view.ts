import type {
  Attachment,
  Container as SdkContainer,
  ManagedAgent,
  Task as SdkTask,
  TaskField,
  TransportProtocol,
} from "@aws-sdk/client-ecs";
import type { Scope } from "../../store/store.ts";
import { networkInterfaces } from "../ec2/state.ts";
import type { TaskContainer } from "./task-container.ts";
import type { Task } from "./state.ts";
import { fromTags } from "./tags.ts";

/** A task as the API shows it. */
export function describeTask(scope: Scope, task: Task, include: readonly TaskField[]): SdkTask {
  const at = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms));
  return {
    attachments: attachments(scope, task),
    attributes: [{ name: "ecs.cpu-architecture", value: "x86_64" }],
    availabilityZone: task.availabilityZone,
    capacityProviderName: task.capacityProviderName,
    clusterArn: task.clusterArn,
    containerInstanceArn: task.containerInstanceArn,
    connectivity: task.connectivity,
    connectivityAt: at(task.connectivityAt),
    containers: task.containers.map((container) => describeContainer(task, container)),
    cpu: task.cpu,
    createdAt: at(task.createdAt),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.enableExecuteCommand,
    executionStoppedAt: at(task.executionStoppedAt),
    group: task.group,
    healthStatus: task.healthStatus,
    lastStatus: task.lastStatus,
    launchType: task.launchType as SdkTask["launchType"],
    memory: task.memory,
    overrides: {
      ...task.overrides,
      containerOverrides: task.containers.map(({ name }) => ({
        name,
        ...task.overrides.containerOverrides?.find((override) => override.name === name),
      })),
      inferenceAcceleratorOverrides: [],
    },
    platformVersion: task.platformVersion,
    platformFamily: task.platformFamily,
    pullStartedAt: at(task.pullStartedAt),
    pullStoppedAt: at(task.pullStoppedAt),
    startedAt: at(task.startedAt),
    startedBy: task.startedBy,
    stopCode: task.stopCode as SdkTask["stopCode"],
    stoppedAt: at(task.stoppedAt),
    stoppedReason: task.stoppedReason,
    stoppingAt: at(task.stoppingAt),
    tags: include.includes("TAGS") ? fromTags(task.tags) : [],
    taskArn: task.arn,
    taskDefinitionArn: task.taskDefinitionArn,
    version: task.version,
    ...(task.launchType === "FARGATE" && {
      ephemeralStorage: { sizeInGiB: task.ephemeralStorageGiB },
      fargateEphemeralStorage: { sizeInGiB: task.ephemeralStorageGiB },
    }),
  };
}

/** The task's elastic network interface, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html */
function attachments(scope: Scope, task: Task): Attachment[] {
  if (!task.attachmentId) return [];
  const details = [{ name: "subnetId", value: task.subnetId }];
  const networkInterface =
    task.networkInterfaceId && scope.of(networkInterfaces).get(task.networkInterfaceId);
  if (task.networkInterfaceId) {
    details.push({ name: "networkInterfaceId", value: task.networkInterfaceId });
    if (networkInterface) details.push({ name: "macAddress", value: networkInterface.macAddress });
    details.push({ name: "privateDnsName", value: privateDnsName(scope, task) });
    details.push({ name: "privateIPv4Address", value: task.privateIpAddress });
  }
  return [
    {
      id: task.attachmentId,
      type: "ElasticNetworkInterface",
      status: attachmentStatus(task),
      details,
    },
  ];
}

function attachmentStatus(task: Task): string {
  if (task.lastStatus === "STOPPED") return "DELETED";
  return task.networkInterfaceId ? "ATTACHED" : "PRECREATED";
}

function privateDnsName({ region }: Scope, { privateIpAddress = "" }: Task): string {
  const domain = region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
  return `ip-${privateIpAddress.replaceAll(".", "-")}.${domain}`;
}

function describeContainer(task: Task, container: TaskContainer): SdkContainer {
  return {
    containerArn: container.arn,
    taskArn: task.arn,
    name: container.name,
    image: container.image,
    imageDigest: container.imageDigest,
    runtimeId: container.runtimeId,
    lastStatus: container.lastStatus,
    exitCode: container.exitCode,
    reason: container.reason,
    // In awsvpc mode a container's ports are the interface's own: there is nothing bound to show.
    networkBindings: task.networkConfiguration
      ? []
      : container.bindings.map((binding) => ({
          ...binding,
          protocol: binding.protocol as TransportProtocol,
        })),
    networkInterfaces: task.privateIpAddress
      ? [{ attachmentId: task.attachmentId, privateIpv4Address: task.privateIpAddress }]
      : [],
    healthStatus: container.healthStatus,
    cpu: container.cpu,
    memory: container.memory,
    memoryReservation: container.memoryReservation,
    managedAgents: managedAgents(container),
  };
}

/** An agent ends with its container. */
function managedAgents({ execAgent, lastStatus }: TaskContainer): ManagedAgent[] | undefined {
  if (!execAgent) return undefined;
  const { lastStartedAt } = execAgent;
  return [
    {
      name: "ExecuteCommandAgent",
      lastStatus: lastStatus === "STOPPED" ? "STOPPED" : execAgent.lastStatus,
      lastStartedAt: lastStartedAt === undefined ? undefined : new Date(lastStartedAt),
    },
  ];
}
