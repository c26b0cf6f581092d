import type * as Sdk from "@aws-sdk/client-ecs";
import { defineIndex } from "../../../store/collection.ts";
import { defineKind } from "../../../store/kind.ts";
import type { Deployment } from "../deployment.ts";
import type { EcsService } from "../state.ts";

/** Where a deployment that shifts traffic is. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html */
export type Stage = Sdk.ServiceDeploymentLifecycleStage | "PRE_PRODUCTION_TRAFFIC_SHIFT";

/** One halt of a deployment at a stage, until somebody lets it go on or its time is up. */
export interface HookRun {
  /** `ecs-pause-…` */
  hookId: string;
  stage: Stage;
  status: "AWAITING_ACTION" | "SUCCEEDED" | "FAILED" | "TIMED_OUT";
  /** When it began, in milliseconds since the epoch. */
  since: number;
  timeoutMinutes: number;
  /** When its time is up at the clock's pace of now, in milliseconds since the epoch. */
  expiresAt: number;
  timeoutAction: "CONTINUE" | "ROLLBACK";
}

/** One deployment of a service, from what it replaces to what came of it; it stays when the service has gone on. Keyed by ARN. */
export interface ServiceDeployment {
  arn: string;
  serviceArn: string;
  clusterArn: string;
  /** The deployment (`ecs-svc/…`) that it is to bring about. */
  deploymentId: string;
  /** The deployments that had tasks when it began. */
  sourceIds: readonly string[];
  /** The one of them that production stands on, and that it goes back to; absent where nothing was complete before. */
  baseId?: string;
  configuration: EcsService["deploymentConfiguration"];
  status: Sdk.ServiceDeploymentStatus;
  statusReason?: string;
  /** Absent in a rolling update. */
  stage?: Stage;
  /** Since when it is in its stage, in milliseconds since the epoch. */
  stageSince: number;
  /** How many steps of shifting production traffic are behind it. */
  step: number;
  /** Per cent of the traffic that the deployment's tasks are to get. */
  weights: { production: number; test: number };
  hooks: readonly HookRun[];
  rollback?: { reason: string; startedAt: number; deploymentId: string };
  createdAt: number;
  startedAt?: number;
  finishedAt?: number;
  stoppedAt?: number;
  updatedAt: number;
}

/** What one deployment was made from. Keyed by ARN. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-revision.html */
export interface ServiceRevision {
  arn: string;
  serviceArn: string;
  clusterArn: string;
  platformFamily?: string;
  deployment: Deployment;
  createdAt: number;
}

export const serviceDeployments = defineKind<ServiceDeployment>("ecs.service-deployment");
export const serviceRevisions = defineKind<ServiceRevision>("ecs.service-revision");
export const deploymentsByService = defineIndex<ServiceDeployment>(({ serviceArn }) => [
  serviceArn,
]);
export const revisionsByService = defineIndex<ServiceRevision>(({ serviceArn }) => [serviceArn]);

const UNDER_WAY: ReadonlySet<string> = new Set([
  "PENDING",
  "IN_PROGRESS",
  "STOP_REQUESTED",
  "ROLLBACK_REQUESTED",
  "ROLLBACK_IN_PROGRESS",
] satisfies Sdk.ServiceDeploymentStatus[]);

/** Whether nothing has come of a deployment yet. */
export const isUnderWay = ({ status }: Pick<ServiceDeployment, "status">): boolean =>
  UNDER_WAY.has(status);
