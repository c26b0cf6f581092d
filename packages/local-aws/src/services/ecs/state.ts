import type * as Sdk from "@aws-sdk/client-ecs";
import { defineIndex } from "../../store/collection.ts";
import { defineKind } from "../../store/kind.ts";
import type { Deployment, NetworkConfiguration, ServiceLoadBalancer } from "./deployment.ts";
import type { Strategy } from "./rollouts/strategy.ts";
import type { TaskContainer } from "./task-container.ts";
import { without, written } from "../kit/written.ts";
import type { Kept } from "../service.ts";
import { containerInstances } from "./instances/state.ts";
import { serviceDeployments, serviceRevisions } from "./rollouts/state.ts";

export type Tags = readonly { readonly key: string; readonly value: string }[];

export interface Cluster {
  arn: string;
  name: string;
  status: "ACTIVE" | "INACTIVE";
  settings: readonly { name: string; value: string }[];
  capacityProviders: readonly string[];
  defaultCapacityProviderStrategy: readonly {
    capacityProvider: string;
    weight?: number;
    base?: number;
  }[];
  configuration?: Sdk.ClusterConfiguration;
  serviceConnectDefaults?: { namespace: string };
  tags: Tags;
  createdAt: number;
}

/** Keyed by ARN. The definition is what was registered, with the API's defaults filled in. */
export interface TaskDefinition {
  arn: string;
  family: string;
  revision: number;
  status: "ACTIVE" | "INACTIVE" | "DELETE_IN_PROGRESS";
  containerDefinitions: readonly Sdk.ContainerDefinition[];
  cpu?: string;
  memory?: string;
  networkMode: "awsvpc" | "bridge" | "host" | "none";
  requiresCompatibilities: readonly string[];
  compatibilities: readonly string[];
  executionRoleArn?: string;
  taskRoleArn?: string;
  volumes: readonly Sdk.Volume[];
  placementConstraints: readonly Sdk.TaskDefinitionPlacementConstraint[];
  runtimePlatform?: Sdk.RuntimePlatform;
  ephemeralStorage?: { sizeInGiB: number };
  pidMode?: string;
  ipcMode?: string;
  proxyConfiguration?: Sdk.ProxyConfiguration;
  enableFaultInjection?: boolean;
  tags: Tags;
  registeredAt: number;
  registeredBy: string;
  deregisteredAt?: number;
  deleteRequestedAt?: number;
}

export interface ServiceEvent {
  id: string;
  createdAt: number;
  message: string;
}

/** Keyed by ARN. Counts of tasks are derived from the tasks, never stored. */
export interface EcsService {
  arn: string;
  name: string;
  clusterArn: string;
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  /** When it became INACTIVE, in milliseconds since the epoch. */
  inactiveAt?: number;
  desiredCount: number;
  taskDefinitionArn: string;
  launchType?: string;
  capacityProviderStrategy: readonly { capacityProvider: string; weight?: number; base?: number }[];
  platformVersion?: string;
  platformFamily?: string;
  schedulingStrategy: "REPLICA" | "DAEMON";
  deploymentController: Sdk.DeploymentControllerType;
  deploymentConfiguration: {
    minimumHealthyPercent: number;
    maximumPercent: number;
    deploymentCircuitBreaker: {
      enable: boolean;
      rollback: boolean;
      resetOnHealthyTask?: boolean;
      thresholdConfiguration?: Sdk.ThresholdConfiguration;
    };
    alarms?: Sdk.DeploymentAlarms;
  } & Strategy;
  networkConfiguration?: NetworkConfiguration;
  loadBalancers: readonly ServiceLoadBalancer[];
  serviceRegistries: readonly Sdk.ServiceRegistry[];
  healthCheckGracePeriodSeconds: number;
  placementConstraints: readonly Sdk.PlacementConstraint[];
  placementStrategy: readonly Sdk.PlacementStrategy[];
  enableEcsManagedTags: boolean;
  enableExecuteCommand: boolean;
  propagateTags: string;
  availabilityZoneRebalancing: string;
  roleArn: string;
  createdBy: string;
  createdAt: number;
  /** Of the call that created it, so that the same call again answers the same. */
  clientToken?: string;
  deployments: readonly Deployment[];
  /** What the circuit breaker rolls back to. */
  lastCompleted?: Deployment;
  /** Newest first, at most 100. */
  events: readonly ServiceEvent[];
  tags: Tags;
}

export type TaskStatus =
  | "PROVISIONING"
  | "PENDING"
  | "ACTIVATING"
  | "RUNNING"
  | "DEACTIVATING"
  | "STOPPING"
  | "DEPROVISIONING"
  | "STOPPED";

/** What ExecuteCommand has promised, and the channel of its session asks for; gone with the session. Keyed by session id. */
export interface ExecSession {
  id: string;
  /** What whoever opens the channel has to show. */
  token: string;
  taskArn: string;
  container: string;
  command: string;
}

/** Keyed by ARN. */
export interface Task {
  arn: string;
  clusterArn: string;
  taskDefinitionArn: string;
  lastStatus: TaskStatus;
  desiredStatus: "RUNNING" | "STOPPED";
  /** `service:<name>`, `family:<family>` or the caller's own. */
  group: string;
  /** The deployment id (`ecs-svc/…`) of a service's task, or the caller's own. */
  startedBy?: string;
  serviceArn?: string;
  launchType: string;
  capacityProviderName?: string;
  /** The instance that it is placed on; absent on Fargate, and while a provider of instances has none for it. */
  containerInstanceArn?: string;
  /** What it asks of where it is placed; absent on Fargate. */
  placement?: {
    constraints: readonly Sdk.PlacementConstraint[];
    strategy: readonly Sdk.PlacementStrategy[];
  };
  platformVersion?: string;
  platformFamily?: string;
  cpu: string;
  memory: string;
  networkConfiguration?: NetworkConfiguration;
  availabilityZone?: string;
  /** Where its interface is made: chosen when the task is, so that tasks spread over the zones. */
  subnetId?: string;
  networkInterfaceId?: string;
  privateIpAddress?: string;
  attachmentId?: string;
  containers: readonly TaskContainer[];
  overrides: Sdk.TaskOverride;
  enableExecuteCommand: boolean;
  ephemeralStorageGiB: number;
  healthStatus: "HEALTHY" | "UNHEALTHY" | "UNKNOWN";
  /** Whether container health checks are run for it: then `healthStatus` counts. */
  healthChecked?: boolean;
  /** When it first counted as well in its service. */
  readyAt?: number;
  /** Neither scaling in nor a deployment stops it for so many minutes since a moment (milliseconds since the epoch). */
  protection?: { since: number; minutes: number };
  /** The scheduler stopped it because it failed health checks. */
  failedHealthChecks?: boolean;
  connectivity?: "CONNECTED" | "DISCONNECTED";
  connectivityAt?: number;
  createdAt: number;
  pullStartedAt?: number;
  pullStoppedAt?: number;
  startedAt?: number;
  stoppingAt?: number;
  stoppedAt?: number;
  executionStoppedAt?: number;
  stopCode?: string;
  stoppedReason?: string;
  version: number;
  /** Of the RunTask call that made it. */
  clientToken?: string;
  tags: Tags;
}

export const clusters = defineKind<Cluster>("ecs.cluster");
export const taskDefinitions = defineKind<TaskDefinition>("ecs.task-definition");
/** The last revision given out in a family, by family: revisions are never used twice. */
export const revisions = defineKind<{ last: number }>("ecs.revision");
export const ecsServices = defineKind<EcsService>("ecs.service");
export const tasks = defineKind<Task>("ecs.task");
export const execSessions = defineKind<ExecSession>("ecs.exec-session");
export const tasksByService = defineIndex<Task>(({ serviceArn }) => [serviceArn]);
/** What a principal (or everyone, `default`) has set; by `<name> <principal>`. */
export const accountSettings = defineKind<{ name: string; value: string; principal: string }>(
  "ecs.account-setting",
);

export const kept: Kept = {
  shown: [clusters, containerInstances, taskDefinitions, ecsServices, tasks],
  written: [
    written(tasks),
    written(containerInstances),
    written(revisions),
    written(serviceDeployments),
    written(serviceRevisions),
    // Whoever deletes a service takes it away; that it drains, and is forgotten at last, is the cloud's own.
    written(ecsServices, (each) =>
      each.status === "ACTIVE"
        ? without(each, "deployments", "events", "lastCompleted")
        : undefined,
    ),
  ],
};
