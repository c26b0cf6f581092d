import type * as Sdk from "@aws-sdk/client-codedeploy";
import { defineKind } from "../../store/kind.ts";
import { written } from "../kit/written.ts";
import type { Kept } from "../service.ts";

export type Tags = readonly { readonly Key: string; readonly Value: string }[];

/** Keyed by name. */
export interface Application {
  name: string;
  id: string;
  createdAt: number;
  tags: Tags;
}

/** How production traffic moves from the original tasks to their replacement. */
export type Routing =
  | { readonly type: "AllAtOnce" }
  | {
      readonly type: "TimeBasedCanary" | "TimeBasedLinear";
      readonly percentage: number;
      readonly minutes: number;
    };

/** Keyed by name. */
export interface DeploymentConfig {
  name: string;
  id: string;
  routing: Routing;
  createdAt: number;
}

/** The listeners whose rules move, and the pair of target groups between which they do. */
export interface TrafficRoutes {
  /** Names of the two target groups. */
  targetGroups: readonly [string, string];
  prodListenerArn: string;
  testListenerArn?: string;
}

export interface AutoRollback {
  enabled: boolean;
  events: readonly Sdk.AutoRollbackEvent[];
}

export interface AlarmSettings {
  enabled: boolean;
  ignorePollAlarmFailure: boolean;
  names: readonly string[];
}

/** What a deployment takes over from its group as it begins. */
export interface GroupSettings {
  roleArn: string;
  configName: string;
  ecs: { readonly clusterName: string; readonly serviceName: string };
  routes: TrafficRoutes;
  /** Without anybody's word: the replacement gets traffic at once, or the deployment stops after a wait. */
  ready: { readonly actionOnTimeout: Sdk.DeploymentReadyAction; readonly waitMinutes: number };
  terminationWaitMinutes: number;
  autoRollback: AutoRollback;
  alarms: AlarmSettings;
  triggers: readonly Sdk.TriggerConfig[];
}

/** A deployment, as its group remembers it. */
export interface PastDeployment {
  deploymentId: string;
  status: Sdk.DeploymentStatus;
  createdAt: number;
  endedAt?: number;
}

/** Keyed by `application/name`. */
export interface DeploymentGroup {
  id: string;
  applicationName: string;
  name: string;
  settings: GroupSettings;
  outdatedInstancesStrategy: Sdk.OutdatedInstancesStrategy;
  /** The revision of the last deployment that succeeded, and that deployment. */
  target?: { readonly revision: Sdk.RevisionLocation; readonly deploymentId: string };
  tags: Tags;
}

/** What an AppSpec file asks for. https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html */
export interface AppSpec {
  taskDefinition: string;
  containerName: string;
  containerPort: number;
  platformVersion?: string;
  network?: {
    subnets: readonly string[];
    securityGroups: readonly string[];
    assignPublicIp?: string;
  };
  capacityProviderStrategy?: readonly {
    capacityProvider: string;
    base?: number;
    weight?: number;
  }[];
}

/** A task set that a deployment moves traffic from or to. */
export interface Side {
  taskSetId: string;
  /** The name of its target group. */
  targetGroup: string;
}

export interface LifecycleEvent {
  name: string;
  status: Sdk.LifecycleEventStatus;
  startedAt?: number;
  endedAt?: number;
}

/**
 * What a deployment does now, each from `stepAt` on. `install` waits for the replacement's tasks, `ready` for somebody to go on,
 * `shift` moves traffic, `wait` keeps the original tasks, `back` is a rollback's own.
 */
export type Step = "begin" | "install" | "ready" | "shift" | "wait" | "back" | "done";

/** Why a deployment is to end before it is done. */
export interface Ending {
  status: "Failed" | "Stopped";
  code: Sdk.ErrorCode;
  message: string;
  rollback: boolean;
}

/** Keyed by id. */
export interface StoredDeployment {
  id: string;
  applicationName: string;
  groupName: string;
  groupId: string;
  settings: GroupSettings;
  routing: Routing;
  revision: Sdk.RevisionLocation;
  previousRevision?: Sdk.RevisionLocation;
  description?: string;
  creator: "user" | "codeDeployRollback";
  status: Sdk.DeploymentStatus;
  error?: { readonly code: Sdk.ErrorCode; readonly message: string };
  rollback?: Sdk.RollbackInfo;
  createdAt: number;
  startedAt?: number;
  completedAt?: number;
  step: Step;
  stepAt: number;
  /** What somebody has asked for while it was under way. */
  asked: { readonly goOn?: boolean; readonly terminate?: boolean; readonly stop?: Ending };
  appSpec?: AppSpec;
  blue?: Side;
  green?: Side;
  /** Per cent of production traffic that the replacement has; and when it last got more. */
  weight: number;
  shiftedAt?: number;
  lifecycle: readonly LifecycleEvent[];
  /** How the task sets were when last seen: what is gone is still told. */
  updatedAt: number;
}

/** Keyed by `application/` and what it is known by. */
export interface ApplicationRevision {
  applicationName: string;
  location: Sdk.RevisionLocation;
  description?: string;
  registeredAt: number;
  /** By deployments; absent where none has used it. */
  firstUsedAt?: number;
  lastUsedAt?: number;
}

export const applications = defineKind<Application>("codedeploy.application");
export const deploymentConfigs = defineKind<DeploymentConfig>("codedeploy.deployment-config");
export const deploymentGroups = defineKind<DeploymentGroup>("codedeploy.deployment-group");
export const applicationRevisions = defineKind<ApplicationRevision>("codedeploy.revision");
export const deployments = defineKind<StoredDeployment>("codedeploy.deployment");

/** Whether a deployment has not ended yet. */
export const isActive = ({ completedAt }: Pick<StoredDeployment, "completedAt">) =>
  completedAt === undefined;

export const kept: Kept = {
  shown: [applications, deploymentConfigs, deploymentGroups],
  written: [written(deployments), written(applicationRevisions)],
};
