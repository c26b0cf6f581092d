import { isDeepStrictEqual } from "node:util";
import type { UpdateServiceRequest } from "@aws-sdk/client-ecs";
import type { CallContext } from "../service.ts";
import { desiredCount } from "./create-service.ts";
import { toDeploymentConfiguration } from "./deployment-configuration.ts";
import { EXEC_TEXTS } from "./exec-texts.ts";
import { invalidParameter, serviceNotActive } from "./faults.ts";
import { runsOn, toLaunch } from "./launch.ts";
import {
  findTaskDefinition,
  requireCluster,
  requireService,
  requireTaskDefinition,
} from "./lookup.ts";
import { fromNetworkConfiguration, toNetworkConfiguration } from "./network-configuration.ts";
import { toPlacement } from "./placement/wishes.ts";
import { refuseUnsupported } from "./refuse-unsupported.ts";
import { checkStrategy } from "./rollouts/advanced.ts";
import { beginRollout } from "./rollouts/begin.ts";
import { describeLoadBalancer } from "./rollouts/view.ts";
import { placedFirst } from "./rollouts/target-pair.ts";
import { newDeployment, startDeployment } from "./service-deployments.ts";
import { toLoadBalancers } from "./service-load-balancers.ts";
import { ecsServices, type Cluster, type EcsService, type TaskDefinition } from "./state.ts";
import { checkExternalUpdate } from "./task-sets/external-services.ts";
import { hasTaskSets } from "./task-sets/task-set.ts";
import { TEXTS } from "./texts.ts";
import { unsupported } from "../kit/faults.ts";

/** What a new deployment is needed for, when it changes: tasks are made from it. */
const DEPLOYED = [
  "taskDefinitionArn",
  "launchType",
  "capacityProviderStrategy",
  "platformVersion",
  "networkConfiguration",
  "loadBalancers",
  "enableExecuteCommand",
] as const satisfies readonly (keyof EcsService)[];

/**
 * Changes a service. A change of what tasks are made from, or `forceNewDeployment`, starts a deployment.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 * @throws AwsError in AWS's words where the request breaks a rule; nothing has changed then
 */
export function updateService(input: UpdateServiceRequest, context: CallContext): EcsService {
  const cluster = requireCluster(context, input.cluster);
  const before = requireService(context, cluster, input.service ?? "");
  if (before.status !== "ACTIVE") throw serviceNotActive();
  if (before.schedulingStrategy === "DAEMON" && input.desiredCount !== undefined)
    throw invalidParameter(TEXTS.daemonDesiredCount());
  refuseUnsupported(input);
  const { deploymentController: controller } = before;
  if ((input.deploymentController?.type ?? controller) !== controller)
    throw unsupported("changing a service's deployment controller");
  if (hasTaskSets(before)) checkExternalUpdate(input, before);
  const after: EcsService = { ...before, ...changes(input, context, cluster, before) };
  if (isStrategyChanged(before, after) && !input.forceNewDeployment)
    throw invalidParameter(TEXTS.strategyNeedsForce());
  checkStrategy(after);
  const balanced = after.loadBalancers.length > 0 || hasTaskSets(after);
  if (after.healthCheckGracePeriodSeconds > 0 && !balanced)
    throw invalidParameter(TEXTS.gracePeriodNoLoadBalancer());
  if (
    after.enableExecuteCommand &&
    after.taskDefinitionArn !== "" &&
    !findTaskDefinition(context, after.taskDefinitionArn)?.taskRoleArn
  )
    throw invalidParameter(EXEC_TEXTS.updateNeedsRole());
  // Tasks that run keep an inactive revision alive; a deployment of it would begin something new.
  if (input.forceNewDeployment) requireTaskDefinition(context, after.taskDefinitionArn);
  const now = context.clock.now();
  const deploys =
    input.forceNewDeployment === true ||
    (!hasTaskSets(after) &&
      DEPLOYED.some((member) => !isDeepStrictEqual(before[member], after[member])));
  if (deploys) deploy(context, before, after, now);
  else after.deployments = withDesiredCount(before, after.desiredCount, now).deployments;
  return context.store.of(ecsServices).put(after.arn, after);
}

function deploy({ store }: CallContext, before: EcsService, after: EcsService, now: number): void {
  const { strategy } = after.deploymentConfiguration;
  const next = placedFirst(store, strategy, newDeployment(store, after, now));
  after.deployments = startDeployment(before.deployments, next);
  after.lastCompleted = beginRollout(store, after, next, { before: before.deployments, now });
}

/** A service that wants another number of tasks, its primary deployment with it. @param now milliseconds since the epoch */
export function withDesiredCount(
  service: EcsService,
  desiredCount: number,
  now: number,
): Pick<EcsService, "desiredCount" | "deployments"> {
  const deployments = service.deployments.map((deployment) =>
    deployment.status === "PRIMARY" &&
    !deployment.taskSet &&
    deployment.desiredCount !== desiredCount
      ? { ...deployment, desiredCount, updatedAt: now }
      : deployment,
  );
  return { desiredCount, deployments };
}

function changes(
  input: UpdateServiceRequest,
  context: CallContext,
  cluster: Cluster,
  before: EcsService,
): Partial<EcsService> {
  const definition = input.taskDefinition
    ? requireTaskDefinition(context, input.taskDefinition)
    : findTaskDefinition(context, before.taskDefinitionArn);
  return {
    ...(input.taskDefinition !== undefined && { taskDefinitionArn: definition!.arn }),
    ...(input.desiredCount !== undefined && { desiredCount: desiredCount(input.desiredCount) }),
    ...placementChanges(input, before),
    ...(definition && deployedChanges(input, context, cluster, before, definition)),
    deploymentConfiguration: toDeploymentConfiguration(
      input.deploymentConfiguration,
      before.deploymentConfiguration,
    ),
    healthCheckGracePeriodSeconds:
      input.healthCheckGracePeriodSeconds ?? before.healthCheckGracePeriodSeconds,
    enableEcsManagedTags: input.enableECSManagedTags ?? before.enableEcsManagedTags,
    enableExecuteCommand: input.enableExecuteCommand ?? before.enableExecuteCommand,
    propagateTags: input.propagateTags ?? before.propagateTags,
    availabilityZoneRebalancing:
      input.availabilityZoneRebalancing ?? before.availabilityZoneRebalancing,
  };
}

/** Placement goes for the tasks to come: it starts no deployment. */
function placementChanges(input: UpdateServiceRequest, before: EcsService): Partial<EcsService> {
  const { placementConstraints, placementStrategy } = input;
  const placement = toPlacement(runsOn(before), {
    placementConstraints: placementConstraints ?? before.placementConstraints,
    placementStrategy: placementStrategy ?? before.placementStrategy,
  });
  if (!placement) return {};
  return {
    placementConstraints: placement.constraints,
    placementStrategy: placement.strategy,
  };
}

/** What depends on the task definition is checked again when either changes. */
function deployedChanges(
  input: UpdateServiceRequest,
  context: CallContext,
  cluster: Cluster,
  before: EcsService,
  definition: TaskDefinition,
): Partial<EcsService> {
  const changed: Partial<EcsService> = {};
  if (input.taskDefinition || input.networkConfiguration)
    changed.networkConfiguration = toNetworkConfiguration(
      context.store,
      definition,
      input.networkConfiguration ?? fromNetworkConfiguration(before.networkConfiguration),
      runsOn(before),
    );
  if (input.taskDefinition || input.loadBalancers)
    changed.loadBalancers = toLoadBalancers(
      context.store,
      definition,
      input.loadBalancers ?? before.loadBalancers.map(describeLoadBalancer),
    );
  if (input.taskDefinition || input.capacityProviderStrategy || input.platformVersion)
    Object.assign(changed, launchChanges(input, cluster, before, definition));
  return changed;
}

function isStrategyChanged(before: EcsService, after: EcsService): boolean {
  const sorted = ({ capacityProviderStrategy }: EcsService) =>
    capacityProviderStrategy.toSorted((a, b) =>
      (a.capacityProvider ?? "").localeCompare(b.capacityProvider ?? ""),
    );
  return !isDeepStrictEqual(sorted(before), sorted(after));
}

/** An empty strategy goes back to the launch type. */
function launchChanges(
  input: UpdateServiceRequest,
  cluster: Cluster,
  before: EcsService,
  definition: TaskDefinition,
) {
  const strategy = input.capacityProviderStrategy ?? before.capacityProviderStrategy;
  const { on: _on, ...launch } = toLaunch(cluster, definition, {
    ...(strategy.length > 0
      ? { capacityProviderStrategy: strategy }
      : { launchType: before.launchType ?? "FARGATE" }),
    platformVersion: input.platformVersion ?? before.platformVersion,
  });
  return launch;
}
