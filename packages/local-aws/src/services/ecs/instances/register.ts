import type { Instance } from "../../ec2/instances/state.ts";
import { INSTANCE_TYPES } from "../../ec2/instances/instance-types.ts";
import type { MachineImage } from "../../ec2/instances/machine-images.ts";
import type { Scope } from "../../../store/store.ts";
import { ecsArn, newTaskId } from "../arns.ts";
import type { Cluster } from "../state.ts";
import { ownAttributes } from "./capabilities.ts";
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
