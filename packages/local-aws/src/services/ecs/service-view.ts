import type {
  Deployment as SdkDeployment,
  Service as SdkService,
  ServiceField,
} from "@aws-sdk/client-ecs";
import type { Scope } from "../../store/store.ts";
import { isPending, isRunning } from "./counts.ts";
import { resolvePlatformVersion } from "./launch.ts";
import { fromNetworkConfiguration } from "./network-configuration.ts";
import { currentRollout } from "./rollouts/begin.ts";
import { describeConfiguration, describeLoadBalancer } from "./rollouts/view.ts";
import { revisionArn } from "./service-deployments.ts";
import type { Deployment } from "./deployment.ts";
import { tasks, tasksByService, type EcsService, type Task } from "./state.ts";
import { fromTags } from "./tags.ts";
import { hasTaskSets, taskSetsOf } from "./task-sets/task-set.ts";
import { describeTaskSet } from "./task-sets/view.ts";

/** A service as the API shows it. Counts are those of its tasks now. */
export function describeService(
  scope: Scope,
  service: EcsService,
  include: readonly ServiceField[],
): SdkService {
  const ownTasks = scope.of(tasks).by(tasksByService, service.arn);
  const sets = taskSetsOf(service);
  const deployments = hasTaskSets(service) ? [] : service.deployments;
  return {
    ...settings(service),
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: ownTasks.filter(isRunning).length,
    pendingCount: ownTasks.filter(isPending).length,
    ...(hasTaskSets(service) && {
      taskSets: sets.map((set) => describeTaskSet(scope, service, set, include.includes("TAGS"))),
    }),
    deployments: deployments.map((deployment) => describeDeployment(service, deployment, ownTasks)),
    currentServiceDeployment: currentRollout(scope, service.arn)?.arn,
    currentServiceRevisions: deployments.map((deployment) => {
      const own = ownTasks.filter(({ startedBy }) => startedBy === deployment.id);
      return {
        arn: revisionArn(service, deployment.id),
        requestedTaskCount: deployment.desiredCount,
        runningTaskCount: own.filter(isRunning).length,
        pendingTaskCount: own.filter(isPending).length,
      };
    }),
    events: service.events.map(({ id, createdAt, message }) => ({
      id,
      createdAt: new Date(createdAt),
      message,
    })),
    tags: include.includes("TAGS") ? fromTags(service.tags) : [],
  };
}

/** What was asked of the service, as opposed to what became of it. */
function settings(service: EcsService): SdkService {
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.clusterArn,
    loadBalancers: service.loadBalancers.map(describeLoadBalancer),
    serviceRegistries: [...service.serviceRegistries],
    launchType: service.launchType as SdkService["launchType"],
    capacityProviderStrategy: strategy(service),
    platformVersion: service.platformVersion,
    platformFamily: service.platformFamily,
    taskDefinition: service.taskDefinitionArn || undefined,
    deploymentConfiguration: describeConfiguration(service.deploymentConfiguration),
    roleArn: service.roleArn,
    createdAt: new Date(service.createdAt),
    createdBy: service.createdBy,
    placementConstraints: [...service.placementConstraints],
    placementStrategy: [...service.placementStrategy],
    networkConfiguration: fromNetworkConfiguration(service.networkConfiguration),
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    schedulingStrategy: service.schedulingStrategy,
    deploymentController: { type: service.deploymentController },
    enableECSManagedTags: service.enableEcsManagedTags,
    propagateTags: service.propagateTags as SdkService["propagateTags"],
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing:
      service.availabilityZoneRebalancing as SdkService["availabilityZoneRebalancing"],
  };
}

function describeDeployment(
  service: EcsService,
  deployment: Deployment,
  ofService: readonly Task[],
): SdkDeployment {
  const own = ofService.filter(({ startedBy }) => startedBy === deployment.id);
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.taskDefinitionArn,
    desiredCount: deployment.desiredCount,
    pendingCount: own.filter(isPending).length,
    runningCount: own.filter(isRunning).length,
    failedTasks: deployment.failedTasks,
    createdAt: new Date(deployment.createdAt),
    updatedAt: new Date(deployment.updatedAt),
    capacityProviderStrategy: strategy(deployment),
    launchType: deployment.launchType as SdkDeployment["launchType"],
    platformVersion:
      deployment.platformVersion && resolvePlatformVersion(deployment.platformVersion),
    platformFamily: service.platformFamily,
    networkConfiguration: fromNetworkConfiguration(deployment.networkConfiguration),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
  };
}

/** AWS leaves an empty strategy out. */
const strategy = ({ capacityProviderStrategy }: EcsService | Deployment) =>
  capacityProviderStrategy.length > 0
    ? capacityProviderStrategy.map((item) => ({ ...item }))
    : undefined;
