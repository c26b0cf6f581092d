import type { CreateServiceRequest } from "@aws-sdk/client-ecs";
import type { Scope } from "../../store/store.ts";
import { ensureServiceLinkedRole } from "../iam/service-linked-roles.ts";
import { unsupported } from "../kit/faults.ts";
import type { CallContext } from "../service.ts";
import { ecsArn } from "./arns.ts";
import { DAEMON_CONFIGURATION, toDeploymentConfiguration } from "./deployment-configuration.ts";
import { EXEC_TEXTS } from "./exec-texts.ts";
import { clientException, invalidParameter } from "./faults.ts";
import { toLaunch } from "./launch.ts";
import { findService, requireCluster, requireTaskDefinition } from "./lookup.ts";
import { toPlacement } from "./placement/wishes.ts";
import { toNetworkConfiguration } from "./network-configuration.ts";
import { refuseUnsupported } from "./refuse-unsupported.ts";
import { newDeployment } from "./service-deployments.ts";
import { checkStrategy } from "./rollouts/advanced.ts";
import { beginRollout, forgetRollouts } from "./rollouts/begin.ts";
import { placedFirst } from "./rollouts/target-pair.ts";
import { toLoadBalancers } from "./service-load-balancers.ts";
import type { Deployment } from "./deployment.ts";
import { ecsServices, type Cluster, type EcsService } from "./state.ts";
import {
  checkExternal,
  controllerOf,
  firstTaskSet,
  OF_NO_TASK_SET,
} from "./task-sets/external-services.ts";
import { hasTaskSets } from "./task-sets/task-set.ts";
import { toTags } from "./tags.ts";
import { INSTANCE_TEXTS as SAID } from "./instance-texts.ts";
import { TEXTS } from "./texts.ts";
import { DEFINITION_TEXTS } from "./definition-texts.ts";

/**
 * Creates a service with its first deployment; the scheduler does the rest.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
 * @throws AwsError in AWS's words where the request breaks a rule; `NotImplemented` for what Local AWS does not run
 */
export function createService(input: CreateServiceRequest, context: CallContext): EcsService {
  const cluster = requireCluster(context, input.cluster);
  const name = input.serviceName ?? "";
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(name)) throw invalidParameter(TEXTS.serviceNameInvalid());
  const existing = findService(context, cluster, name);
  if (existing && existing.status !== "INACTIVE") return sameService(existing, input);
  refuseUnsupported(input);
  const service = toService(input, context, cluster, name);
  context.store.of(ecsServices).delete(service.arn);
  forgetRollouts(context.store, service.arn);
  const [first] = service.deployments;
  if (first && !hasTaskSets(service))
    beginRollout(context.store, service, first, { before: [], now: service.createdAt });
  return context.store.of(ecsServices).put(service.arn, service);
}

/** A second creation with the first one's token answers the same; any other is refused. */
function sameService(existing: EcsService, input: CreateServiceRequest): EcsService {
  if (existing.status === "DRAINING") throw invalidParameter(TEXTS.serviceDraining());
  if (input.clientToken && input.clientToken === existing.clientToken) return existing;
  throw invalidParameter(TEXTS.serviceNotIdempotent());
}

function toService(
  input: CreateServiceRequest,
  context: CallContext,
  cluster: Cluster,
  name: string,
): EcsService {
  const controller = controllerOf(input);
  if (controller !== "ECS") checkExternal(input);
  const schedulingStrategy = input.schedulingStrategy ?? "REPLICA";
  const { placement, ...deployed } =
    controller === "EXTERNAL"
      ? { ...OF_NO_TASK_SET, placement: toPlacement("EC2", input) }
      : toDeployed(input, context, cluster, schedulingStrategy);
  const deploymentConfiguration = toDeploymentConfiguration(
    input.deploymentConfiguration,
    schedulingStrategy === "DAEMON" ? DAEMON_CONFIGURATION : undefined,
  );
  checkStrategy({ deploymentConfiguration, schedulingStrategy, ...deployed });
  const now = context.clock.now();
  const service: Omit<EcsService, "deployments"> = {
    arn: ecsArn(context, `service/${cluster.name}/${name}`),
    name,
    clusterArn: cluster.arn,
    status: "ACTIVE",
    desiredCount: desiredCount(input.desiredCount),
    ...deployed,
    schedulingStrategy,
    deploymentController: controller,
    deploymentConfiguration,
    serviceRegistries: [],
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? 0,
    placementConstraints: placement?.constraints ?? [],
    placementStrategy: placement?.strategy ?? [],
    enableEcsManagedTags: input.enableECSManagedTags ?? false,
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    propagateTags: input.propagateTags ?? "NONE",
    availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? "ENABLED",
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html
    roleArn: ensureServiceLinkedRole(context.store, "ecs.amazonaws.com", now).arn,
    createdBy: context.principal.arn,
    createdAt: now,
    clientToken: input.clientToken,
    events: [],
    tags: toTags(input.tags),
  };
  return { ...service, deployments: firstDeployments(context.store, service, now) };
}

function firstDeployments(
  store: Scope,
  service: Omit<EcsService, "deployments">,
  now: number,
): Deployment[] {
  if (service.deploymentController === "EXTERNAL") return [];
  if (hasTaskSets(service)) return [firstTaskSet(store, service, now)];
  const { strategy } = service.deploymentConfiguration;
  return [placedFirst(store, strategy, newDeployment(store, service, now))];
}

/** What the first tasks are made from, and where they may be. */
function toDeployed(
  input: CreateServiceRequest,
  context: CallContext,
  cluster: Cluster,
  schedulingStrategy: EcsService["schedulingStrategy"],
) {
  if (!input.taskDefinition) throw clientException(DEFINITION_TEXTS.taskDefinitionBlank());
  const definition = requireTaskDefinition(context, input.taskDefinition);
  if (input.enableExecuteCommand && !definition.taskRoleArn)
    throw invalidParameter(EXEC_TEXTS.createNeedsRole());
  const { on, ...launch } = toLaunch(cluster, definition, input);
  if (schedulingStrategy === "DAEMON") checkDaemon(on, input);
  const placement = toPlacement(on, input);
  if (input.role && definition.networkMode === "awsvpc")
    throw invalidParameter(TEXTS.roleNeedsLinked());
  if (input.role) throw unsupported("another role than the service-linked one (role)");
  const networkConfiguration = toNetworkConfiguration(
    context.store,
    definition,
    input.networkConfiguration,
    on,
  );
  const loadBalancers = toLoadBalancers(context.store, definition, input.loadBalancers);
  if (input.healthCheckGracePeriodSeconds && loadBalancers.length === 0)
    throw invalidParameter(TEXTS.gracePeriodNoLoadBalancer());
  return {
    taskDefinitionArn: definition.arn,
    ...launch,
    platformFamily: on === "FARGATE" ? "Linux" : undefined,
    networkConfiguration,
    loadBalancers,
    placement,
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html#service_scheduler_daemon */
function checkDaemon(on: "FARGATE" | "EC2", input: CreateServiceRequest): void {
  if (on === "FARGATE") throw invalidParameter(TEXTS.daemonFargate());
  if (input.desiredCount !== undefined) throw invalidParameter(TEXTS.daemonDesiredCount());
  if (input.placementStrategy?.length) throw invalidParameter(SAID.daemonPlacement());
}

/** @throws AwsError `InvalidParameterException` for a negative count */
export function desiredCount(wanted: number | undefined): number {
  const count = wanted ?? 0;
  if (count < 0) throw invalidParameter(TEXTS.desiredCountInvalid({ count }));
  return count;
}
