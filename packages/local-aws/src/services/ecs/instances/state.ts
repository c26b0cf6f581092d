import { defineIndex } from "../../../store/collection.ts";
import { defineKind } from "../../../store/kind.ts";
import type { Tags } from "../state.ts";

export type Attributes = readonly { readonly name: string; readonly value?: string }[];

/** What an instance had when it registered. Ports are those that tasks cannot have. */
export interface RegisteredResources {
  /** In units: 1024 are one vCPU. */
  cpu: number;
  memoryMiB: number;
  ports: readonly string[];
  udpPorts: readonly string[];
}

/** An instance that has joined a cluster. Keyed by ARN. What is left of its resources follows from the tasks. */
export interface ContainerInstance {
  arn: string;
  clusterArn: string;
  ec2InstanceId: string;
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  /** Whether its agent is there: while the instance runs. */
  agentConnected: boolean;
  availabilityZone: string;
  registered: RegisteredResources;
  /** How many more interfaces it can have, for tasks in network mode awsvpc. */
  taskInterfaces: number;
  agentVersion: string;
  dockerVersion: string;
  capacityProviderName?: string;
  attributes: Attributes;
  registeredAt: number;
  version: number;
  tags: Tags;
}

export const containerInstances = defineKind<ContainerInstance>("ecs.container-instance");
export const containerInstancesByCluster = defineIndex<ContainerInstance>(({ clusterArn }) => [
  clusterArn,
]);
/** The registration of an EC2 instance: it has one at most. */
export const containerInstancesByEc2 = defineIndex<ContainerInstance>(({ ec2InstanceId }) => [
  ec2InstanceId,
]);

/** Whether tasks may come to it, as far as its state goes. */
export const isOpen = ({ status, agentConnected }: ContainerInstance): boolean =>
  status === "ACTIVE" && agentConnected;
