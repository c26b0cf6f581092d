import type { Instance } from "../../ec2/instances/state.ts";
import { INSTANCE_TYPES } from "../../ec2/instances/instance-types.ts";
import type { MachineImage } from "../../ec2/instances/machine-images.ts";
import type { Scope } from "../../../store/store.ts";
import { ecsArn, newTaskId } from "../arns.ts";
import type { Cluster } from "../state.ts";
import {
  containerInstances,
  containerInstancesByEc2,
  type Attributes,
  type ContainerInstance,
} from "./state.ts";

/** Ports of the instance's own: SSH, Docker and the agent. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html */
const RESERVED_PORTS = ["22", "2375", "2376", "51678", "51679", "51680"];

/** What the instance's system keeps of its memory: an estimate of what agents report, since no kernel boots here. */
export const usableMemory = (memoryMiB: number) => Math.floor(memoryMiB * 0.953 - 60);

/** What an instance says of itself when it registers, from its `ecs.config`. */
export interface Registration {
  readonly instance: Instance;
  readonly image: MachineImage;
  readonly cluster: Cluster;
  /** `ECS_INSTANCE_ATTRIBUTES`. */
  readonly attributes: Attributes;
  /** `ECS_RESERVED_MEMORY`, in MiB. */
  readonly reservedMemoryMiB: number;
  readonly capacityProviderName?: string | undefined;
  readonly now: number;
}

/**
 * Registers an instance with a cluster, or connects its agent again, in the transaction under way.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterContainerInstance.html
 */
export function registerContainerInstance(scope: Scope, told: Registration): ContainerInstance {
  const { instance, image, cluster, now } = told;
  const [known] = scope.of(containerInstances).by(containerInstancesByEc2, instance.instanceId);
  if (known && known.clusterArn === cluster.arn)
    return scope
      .of(containerInstances)
      .patch(known.arn, { agentConnected: true, version: known.version + 1 });
  const type = INSTANCE_TYPES.get(instance.instanceType)!;
  const arn = ecsArn(scope, `container-instance/${cluster.name}/${newTaskId()}`);
  return scope.of(containerInstances).put(arn, {
    arn,
    clusterArn: cluster.arn,
    ec2InstanceId: instance.instanceId,
    status: "ACTIVE",
    agentConnected: true,
    availabilityZone: instance.availabilityZone,
    registered: {
      cpu: type.vcpus * 1024,
      memoryMiB: Math.max(0, usableMemory(type.memoryMiB) - told.reservedMemoryMiB),
      ports: RESERVED_PORTS,
      udpPorts: [],
    },
    // The first interface is the instance's own.
    taskInterfaces: type.interfaces - 1,
    agentVersion: image.agentVersion,
    dockerVersion: image.dockerVersion,
    ...(told.capacityProviderName !== undefined && {
      capacityProviderName: told.capacityProviderName,
    }),
    attributes: [...ownAttributes(instance), ...told.attributes],
    registeredAt: now,
    version: 1,
    tags: [],
  });
}

/** The agent of an instance that stops is heard of no more. */
export function disconnectAgent(scope: Scope, instanceId: string): void {
  for (const { arn, version } of scope
    .of(containerInstances)
    .by(containerInstancesByEc2, instanceId))
    scope.of(containerInstances).patch(arn, { agentConnected: false, version: version + 1 });
}

/** An instance that is terminated leaves its cluster. */
export function forgetInstance(scope: Scope, instanceId: string): void {
  for (const { arn } of scope.of(containerInstances).by(containerInstancesByEc2, instanceId))
    scope.of(containerInstances).delete(arn);
}

/** What the agent of an ECS-optimized image can do, as it tells when it registers. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html#attributes */
const CAPABILITIES = [
  ...["17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31"].map(
    (minor) => `com.amazonaws.ecs.capability.docker-remote-api.1.${minor}`,
  ),
  "com.amazonaws.ecs.capability.docker-remote-api.1.32",
  "com.amazonaws.ecs.capability.ecr-auth",
  "com.amazonaws.ecs.capability.logging-driver.awsfirelens",
  "com.amazonaws.ecs.capability.logging-driver.awslogs",
  "com.amazonaws.ecs.capability.logging-driver.fluentd",
  "com.amazonaws.ecs.capability.logging-driver.json-file",
  "com.amazonaws.ecs.capability.logging-driver.none",
  "com.amazonaws.ecs.capability.logging-driver.syslog",
  "com.amazonaws.ecs.capability.task-iam-role",
  "com.amazonaws.ecs.capability.task-iam-role-network-host",
  "com.amazonaws.ecs.capability.privileged-container",
  "ecs.capability.container-health-check",
  "ecs.capability.container-ordering",
  "ecs.capability.cni-plugin-version",
  "ecs.capability.docker-plugin.local",
  "ecs.capability.execution-role-awslogs",
  "ecs.capability.execution-role-ecr-pull",
  "ecs.capability.firelens.fluentbit",
  "ecs.capability.firelens.fluentd",
  "ecs.capability.firelens.non-root-user",
  "ecs.capability.firelens.options.config.file",
  "ecs.capability.firelens.options.config.s3",
  "ecs.capability.full-sync",
  "ecs.capability.logging-driver.awsfirelens.log-driver-buffer-limit",
  "ecs.capability.secrets.asm.bootstrap.log-driver",
  "ecs.capability.secrets.ssm.bootstrap.log-driver",
  "ecs.capability.logging-driver.awslogs.log-driver-buffer-size",
  "ecs.capability.task-cpu-mem-limit",
  "ecs.capability.task-eni",
  "ecs.capability.secrets.ecs.environment-variables",
  "ecs.capability.secrets.ssm.environment-variables",
  "ecs.capability.env-files.s3",
  "ecs.capability.pid-ipc-namespace-sharing",
] as const;

/** The attributes that an instance has from the start: what it is, where, and what its agent can do. */
function ownAttributes(instance: Instance): Attributes {
  const architecture = INSTANCE_TYPES.get(instance.instanceType)?.architecture ?? "x86_64";
  const facts = {
    "ecs.ami-id": instance.imageId,
    "ecs.availability-zone": instance.availabilityZone,
    "ecs.cpu-architecture": architecture,
    "ecs.instance-type": instance.instanceType,
    "ecs.os-family": "LINUX",
    "ecs.os-type": "linux",
    "ecs.subnet-id": instance.subnetId,
    "ecs.vpc-id": instance.vpcId,
  };
  return [
    ...CAPABILITIES.map((name) => ({ name })),
    ...Object.entries(facts).map(([name, value]) => ({ name, value })),
  ];
}
