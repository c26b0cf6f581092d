import type {
  Deployment as SdkDeployment,
  Service as SdkService,
  ServiceField,
} from "@aws-sdk/client-ecs";
import type { Scope } from "../../store/store.ts";
import type { CallContext } from "../service.ts";
import { ecsArn } from "./arns.ts";
import { isPending, isRunning } from "./counts.ts";
import { createService } from "./create-service.ts";
import type { Deployment } from "./deployment.ts";
import { invalidParameter, serviceNotActive } from "./faults.ts";
import type { EcsHandlers } from "./handlers.ts";
import { resolvePlatformVersion } from "./launch.ts";
import { findService, requireCluster, requireService } from "./lookup.ts";
import { fromNetworkConfiguration } from "./network-configuration.ts";
import { page } from "./pages.ts";
import { currentRollout, endRollout } from "./rollouts/begin.ts";
import { ROLLOUT_TEXTS } from "./rollouts/texts.ts";
import { describeConfiguration, describeLoadBalancer } from "./rollouts/view.ts";
import { revisionArn } from "./service-deployments.ts";
import { ecsServices, tasks, tasksByService, type EcsService, type Task } from "./state.ts";
import { fromTags } from "./tags.ts";
import { hasTaskSets, taskSetsOf } from "./task-sets/task-set.ts";
import { TASK_SET_TEXTS } from "./task-sets/texts.ts";
import { describeTaskSet } from "./task-sets/view.ts";
import { TEXTS } from "./texts.ts";
import { updateService } from "./update-service.ts";

/** Most services that one DescribeServices may ask for. */
const MOST_DESCRIBED = 10;

/** From now on the service keeps no tasks; the scheduler makes it INACTIVE when the last one has stopped. */
function drain(context: CallContext, service: EcsService): EcsService {
  const now = context.clock.now();
  const rollout = currentRollout(context.store, service.arn);
  if (rollout) endRollout(context.store, rollout, now, ROLLOUT_TEXTS.deleted());
  return context.store.of(ecsServices).patch(service.arn, {
    status: "DRAINING",
    desiredCount: 0,
    deployments: service.deployments.map((deployment) => ({
      ...deployment,
      desiredCount: 0,
      updatedAt: now,
    })),
  });
}

export const serviceHandlers: EcsHandlers = {
  CreateService(input, context) {
    const service = createService(input, context);
    return { service: describeService(context.store, service, ["TAGS"]) };
  },

  UpdateService(input, context) {
    const service = updateService(input, context);
    return { service: describeService(context.store, service, ["TAGS"]) };
  },

  DeleteService(input, context) {
    const cluster = requireCluster(context, input.cluster);
    const service = requireService(context, cluster, input.service);
    if (service.status === "INACTIVE") throw serviceNotActive();
    const isScaled = service.schedulingStrategy !== "DAEMON" && service.desiredCount > 0;
    if (isScaled && !input.force) throw invalidParameter(TEXTS.serviceScaled());
    if (
      service.deploymentController === "EXTERNAL" &&
      service.deployments.length > 0 &&
      !input.force
    )
      throw invalidParameter(TASK_SET_TEXTS.deploymentsActive());
    const draining = service.status === "DRAINING" ? service : drain(context, service);
    return { service: describeService(context.store, draining, []) };
  },

  DescribeServices(input, context) {
    const cluster = requireCluster(context, input.cluster);
    if (input.services.length === 0) throw invalidParameter(TEXTS.servicesEmpty());
    if (input.services.length > MOST_DESCRIBED)
      throw invalidParameter(TEXTS.tooMany({ what: "Services", limit: MOST_DESCRIBED }));
    const failures: { arn: string; reason: string }[] = [];
    const found: EcsService[] = [];
    for (const reference of input.services) {
      const service = findService(context, cluster, reference);
      if (service) found.push(service);
      else {
        const arn = reference.startsWith("arn:")
          ? reference
          : ecsArn(context, `service/${cluster.name}/${reference}`);
        failures.push({ arn, reason: "MISSING" });
      }
    }
    const include = input.include ?? [];
    return {
      services: found.map((service) => describeService(context.store, service, include)),
      failures,
    };
  },

  ListServices(input, context) {
    const cluster = requireCluster(context, input.cluster);
    const wanted = context.store
      .of(ecsServices)
      .filter((it) => it.clusterArn === cluster.arn && it.status !== "INACTIVE")
      // Those that are here are all managed by their owners.
      .filter(() => (input.resourceManagementType ?? "CUSTOMER") === "CUSTOMER")
      .filter((it) => input.launchType === undefined || it.launchType === input.launchType)
      .filter(
        (it) =>
          input.schedulingStrategy === undefined ||
          it.schedulingStrategy === input.schedulingStrategy,
      );
    const { items, nextToken } = page(wanted, ({ arn }) => arn, input, {
      of: "services",
      defaultSize: 10,
    });
    return { serviceArns: items.map(({ arn }) => arn), nextToken };
  },
};

/** A service as the API shows it. Counts are those of its tasks now. */
function describeService(
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
