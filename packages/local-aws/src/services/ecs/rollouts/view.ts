import type {
  DeploymentConfiguration,
  LoadBalancer,
  ServiceDeployment as SdkServiceDeployment,
  ServiceDeploymentBrief,
  ServiceDeploymentRollbackMonitorsStatus,
  ServiceRevision as SdkServiceRevision,
  ServiceRevisionSummary,
} from "@aws-sdk/client-ecs";
import { lastPart } from "../../../ground/arn.ts";
import type { Scope } from "../../../store/store.ts";
import { isPending, isRunning } from "../counts.ts";
import { failureThreshold } from "../failure-threshold.ts";
import { resolvePlatformVersion } from "../launch.ts";
import { fromNetworkConfiguration } from "../network-configuration.ts";
import type { ServiceLoadBalancer } from "../deployment.ts";
import { ecsServices, taskDefinitions, tasks, tasksByService, type EcsService } from "../state.ts";
import {
  isUnderWay,
  serviceRevisions,
  type ServiceDeployment,
  type ServiceRevision,
} from "./state.ts";
import { describeHooks } from "./strategy.ts";

const at = (time: number | undefined) => (time === undefined ? undefined : new Date(time));

const revisionOf = (serviceArn: string, deploymentId: string) =>
  `${serviceArn.replace(":service/", ":service-revision/")}/${lastPart(deploymentId)}`;

/** A service's deployment configuration as the API has it. */
export function describeConfiguration(
  configuration: EcsService["deploymentConfiguration"],
): DeploymentConfiguration {
  const { lifecycleHooks, deploymentCircuitBreaker, ...rest } = configuration;
  return {
    ...rest,
    deploymentCircuitBreaker: { ...deploymentCircuitBreaker },
    ...(lifecycleHooks && { lifecycleHooks: describeHooks(lifecycleHooks) }),
  };
}

/** A service's load balancer as the API has it. */
export function describeLoadBalancer({ advanced, ...rest }: ServiceLoadBalancer): LoadBalancer {
  return advanced ? { ...rest, advancedConfiguration: { ...advanced } } : { ...rest };
}

/** A service deployment as a list of them has it. */
export function describeBrief(deployment: ServiceDeployment): ServiceDeploymentBrief {
  const { arn, serviceArn, clusterArn, status, statusReason } = deployment;
  return {
    serviceDeploymentArn: arn,
    serviceArn,
    clusterArn,
    startedAt: at(deployment.startedAt),
    createdAt: at(deployment.createdAt),
    finishedAt: at(deployment.finishedAt),
    targetServiceRevisionArn: revisionOf(serviceArn, deployment.deploymentId),
    status,
    statusReason,
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html */
export function describeServiceDeployment(
  scope: Scope,
  deployment: ServiceDeployment,
): SdkServiceDeployment {
  const { targetServiceRevisionArn: _, ...brief } = describeBrief(deployment);
  const { configuration, rollback, serviceArn, stage } = deployment;
  return {
    ...brief,
    stoppedAt: at(deployment.stoppedAt),
    updatedAt: at(deployment.updatedAt),
    sourceServiceRevisions: deployment.sourceIds.map((id) =>
      summary(scope, deployment, id, id === deployment.baseId ? 100 : 0),
    ),
    targetServiceRevision: summary(scope, deployment, deployment.deploymentId),
    lifecycleStage: stage as SdkServiceDeployment["lifecycleStage"],
    lifecycleHookDetails: deployment.hooks.map(({ hookId, status, expiresAt, timeoutAction }) => ({
      hookId,
      targetType: "PAUSE",
      status,
      expiresAt: new Date(expiresAt),
      timeoutAction,
    })),
    deploymentConfiguration: describeConfiguration(configuration),
    rollback: rollback && {
      reason: rollback.reason,
      startedAt: new Date(rollback.startedAt),
      serviceRevisionArn: revisionOf(serviceArn, rollback.deploymentId),
    },
    deploymentCircuitBreaker: breakerOf(scope, deployment),
    alarms: {
      alarmNames: configuration.alarms?.alarmNames ?? [],
      triggeredAlarmNames: [],
      status: monitoring(deployment, configuration.alarms?.enable ?? false, false),
    },
  };
}

function breakerOf(scope: Scope, deployment: ServiceDeployment) {
  const { configuration, serviceArn, deploymentId } = deployment;
  const breaker = configuration.deploymentCircuitBreaker;
  const service = scope.of(ecsServices).get(serviceArn);
  const failureCount = service?.deployments.find(({ id }) => id === deploymentId)?.failedTasks ?? 0;
  const threshold = failureThreshold(breaker, service?.desiredCount ?? 0);
  const triggered = failureCount >= threshold;
  return { status: monitoring(deployment, breaker.enable, triggered), failureCount, threshold };
}

function monitoring(
  deployment: ServiceDeployment,
  isEnabled: boolean,
  isTriggered: boolean,
): ServiceDeploymentRollbackMonitorsStatus {
  if (!isEnabled) return "DISABLED";
  if (isTriggered) return "TRIGGERED";
  return isUnderWay(deployment) ? "MONITORING" : "MONITORING_COMPLETE";
}

/** How many tasks a deployment has now, and which share of the traffic is its. `own` is what a base has before anything moves. */
function summary(
  scope: Scope,
  { serviceArn, deploymentId, weights, stage, rollback }: ServiceDeployment,
  id: string,
  own = 0,
): ServiceRevisionSummary {
  const service = scope.of(ecsServices).get(serviceArn);
  const ofDeployment = scope
    .of(tasks)
    .by(tasksByService, serviceArn)
    .filter(({ startedBy }) => startedBy === id);
  const isTarget = id === deploymentId;
  const share = (target: number) => (isTarget ? target : (own * (100 - target)) / 100);
  return {
    arn: revisionOf(serviceArn, id),
    requestedTaskCount: service?.deployments.find((it) => it.id === id)?.desiredCount ?? 0,
    runningTaskCount: ofDeployment.filter(isRunning).length,
    pendingTaskCount: ofDeployment.filter(isPending).length,
    ...((stage || rollback) && {
      requestedProductionTrafficWeight: share(weights.production),
      requestedTestTrafficWeight: share(weights.test),
    }),
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html */
export function describeRevision(scope: Scope, revision: ServiceRevision): SdkServiceRevision {
  const { serviceArn, clusterArn, arn, platformFamily, deployment } = revision;
  const service = scope.of(ecsServices).get(serviceArn);
  const now = service?.deployments.find(({ id }) => id === deployment.id) ?? deployment;
  const definition = scope.of(taskDefinitions).get(deployment.taskDefinitionArn);
  const strategy = deployment.capacityProviderStrategy;
  const rule = (it: ServiceLoadBalancer) => it.advanced?.productionListenerRule;
  return {
    serviceRevisionArn: arn,
    serviceArn,
    clusterArn,
    taskDefinition: deployment.taskDefinitionArn,
    ...(strategy.length > 0 && { capacityProviderStrategy: strategy.map((it) => ({ ...it })) }),
    launchType: deployment.launchType as SdkServiceRevision["launchType"],
    platformVersion:
      deployment.platformVersion && resolvePlatformVersion(deployment.platformVersion),
    platformFamily,
    loadBalancers: deployment.loadBalancers.map(describeLoadBalancer),
    serviceRegistries: [],
    networkConfiguration: fromNetworkConfiguration(deployment.networkConfiguration),
    containerImages: definition?.containerDefinitions.map(({ name = "", image }) => ({
      containerName: name,
      image,
      imageDigest: now.imageDigests?.[name],
    })),
    guardDutyEnabled: false,
    createdAt: new Date(revision.createdAt),
    resolvedConfiguration: {
      loadBalancers: now.loadBalancers.map((it, index) => ({
        targetGroupArn: now.targetGroups?.[index] ?? it.targetGroupArn,
        productionListenerRule: rule(it),
      })),
    },
  };
}

/** The revision of an ARN; undefined where there is none. */
export const findRevision = (scope: Scope, arn: string) => scope.of(serviceRevisions).get(arn);
