import type * as Sdk from "@aws-sdk/client-codedeploy";
import { findCluster, findService } from "../ecs/lookup.ts";
import { mayAssume } from "../iam/authorize.ts";
import type { CallContext } from "../service.ts";
import { ALL_AT_ONCE, routingOf } from "./deployment-configs.ts";
import {
  invalidAlarms,
  invalidBlueGreen,
  invalidEcsService,
  invalidLoadBalancer,
  invalidPair,
  invalidRollback,
  invalidStyle,
  invalidTrigger,
  roleNotAssumable,
  tooManyTriggers,
} from "./faults.ts";
import type { AlarmSettings, AutoRollback, GroupSettings, TrafficRoutes } from "./state.ts";

/** Of a group, what creating and updating it have in common. */
export type GroupInput = Pick<
  Sdk.CreateDeploymentGroupInput,
  | "deploymentConfigName"
  | "alarmConfiguration"
  | "autoRollbackConfiguration"
  | "deploymentStyle"
  | "blueGreenDeploymentConfiguration"
  | "loadBalancerInfo"
  | "ecsServices"
  | "triggerConfigurations"
> & { readonly serviceRoleArn?: string | undefined };

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AlarmConfiguration.html */
const MOST_ALARMS = 10;
/** https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html */
const MOST_TRIGGERS = 10;
/** Two days. */
const LONGEST_WAIT_MINUTES = 2880;

/**
 * The settings that a request asks for, laid over those that a group has already.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-ecs.html
 * @param arn the group's
 * @throws AwsError where the group could never deploy an ECS service
 */
export function toSettings(
  input: GroupInput,
  context: CallContext,
  arn: string,
  before?: GroupSettings,
): GroupSettings {
  checkStyle(input.deploymentStyle, before !== undefined);
  const configName = input.deploymentConfigName ?? before?.configName ?? ALL_AT_ONCE;
  routingOf(context.store, configName);
  const roleArn = input.serviceRoleArn ?? before?.roleArn ?? "";
  checkRole(context, roleArn, arn);
  return {
    roleArn,
    configName,
    ecs: toEcs(input.ecsServices, context, before),
    routes: toRoutes(input.loadBalancerInfo, before),
    ...toWaits(input.blueGreenDeploymentConfiguration, before),
    autoRollback: toAutoRollback(input.autoRollbackConfiguration) ??
      before?.autoRollback ?? { enabled: false, events: [] },
    alarms: toAlarms(input.alarmConfiguration) ??
      before?.alarms ?? { enabled: false, ignorePollAlarmFailure: false, names: [] },
    triggers: toTriggers(input.triggerConfigurations) ?? before?.triggers ?? [],
  };
}

function checkStyle(style: Sdk.DeploymentStyle | undefined, isUpdate: boolean): void {
  if (style === undefined && isUpdate) return;
  const { deploymentType, deploymentOption } = style ?? {};
  if (deploymentType !== "BLUE_GREEN" || deploymentOption !== "WITH_TRAFFIC_CONTROL")
    throw invalidStyle(
      "ECS deployment groups must have the deployment type BLUE_GREEN and the deployment option WITH_TRAFFIC_CONTROL.",
    );
}

function checkRole(
  { cloud, account, region, clock }: CallContext,
  roleArn: string,
  sourceArn: string,
): void {
  const call = { service: "codedeploy.amazonaws.com", sourceArn, region, now: clock.now() };
  if (!mayAssume(cloud, account, roleArn, call)) throw roleNotAssumable(roleArn);
}

function toEcs(
  given: readonly Sdk.ECSService[] | undefined,
  context: CallContext,
  before: GroupSettings | undefined,
): GroupSettings["ecs"] {
  if (given === undefined && before) return before.ecs;
  const [service, ...more] = given ?? [];
  if (!service?.serviceName || !service.clusterName || more.length > 0)
    throw invalidEcsService(
      "A deployment group must have exactly one ECS service and its cluster.",
    );
  const { serviceName, clusterName } = service;
  const cluster = findCluster(context, clusterName);
  const found = cluster && findService(context, cluster, serviceName);
  if (found?.status !== "ACTIVE")
    throw invalidEcsService("The specified ECS service could not be found.");
  // Quoted in a public build log; AWS's own page says the same in other words.
  if (found.deploymentController !== "CODE_DEPLOY")
    throw invalidEcsService(
      "Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller.",
    );
  return { serviceName, clusterName };
}

function toRoutes(
  given: Sdk.LoadBalancerInfo | undefined,
  before: GroupSettings | undefined,
): TrafficRoutes {
  if (given === undefined && before) return before.routes;
  const [pair, ...more] = given?.targetGroupPairInfoList ?? [];
  if (!pair || more.length > 0)
    throw invalidLoadBalancer("An ECS deployment group needs one pair of target groups.");
  const names = (pair.targetGroups ?? []).map(({ name = "" }) => name);
  const [one = "", other = ""] = names;
  if (names.length !== 2 || one === "" || other === "" || one === other)
    throw invalidPair("A target group pair must have two target groups.");
  const listeners = pair.prodTrafficRoute?.listenerArns ?? [];
  const tests = pair.testTrafficRoute?.listenerArns ?? [];
  if (listeners.length !== 1 || tests.length > 1)
    throw invalidPair("A traffic route must have exactly one listener.");
  return {
    targetGroups: [one, other],
    prodListenerArn: listeners[0]!,
    ...(tests[0] !== undefined && { testListenerArn: tests[0] }),
  };
}

function toWaits(
  given: Sdk.BlueGreenDeploymentConfiguration | undefined,
  before: GroupSettings | undefined,
): Pick<GroupSettings, "ready" | "terminationWaitMinutes"> {
  if (given === undefined && before)
    return { ready: before.ready, terminationWaitMinutes: before.terminationWaitMinutes };
  const { actionOnTimeout = "CONTINUE_DEPLOYMENT", waitTimeInMinutes: waitMinutes = 0 } =
    given?.deploymentReadyOption ?? {};
  // Of what becomes of the original tasks there is one choice: a member without meaning is refused elsewhere.
  const { terminationWaitTimeInMinutes: terminationWaitMinutes = 0 } =
    given?.terminateBlueInstancesOnDeploymentSuccess ?? {};
  for (const minutes of [waitMinutes, terminationWaitMinutes])
    if (minutes < 0 || minutes > LONGEST_WAIT_MINUTES)
      throw invalidBlueGreen(`Wait times must be between 0 and ${LONGEST_WAIT_MINUTES} minutes.`);
  if (actionOnTimeout === "CONTINUE_DEPLOYMENT" && waitMinutes > 0)
    throw invalidBlueGreen("A wait time can be given with the action STOP_DEPLOYMENT alone.");
  return { ready: { actionOnTimeout, waitMinutes }, terminationWaitMinutes };
}

/** @throws AwsError `InvalidAutoRollbackConfigException` */
export function toAutoRollback(
  given: Sdk.AutoRollbackConfiguration | undefined,
): AutoRollback | undefined {
  if (given === undefined) return undefined;
  const { enabled = false, events = [] } = given;
  if (enabled && events.length === 0)
    throw invalidRollback("An event must be given where automatic rollback is enabled.");
  return { enabled, events };
}

/** @throws AwsError `InvalidAlarmConfigException` */
export function toAlarms(given: Sdk.AlarmConfiguration | undefined): AlarmSettings | undefined {
  if (given === undefined) return undefined;
  const { enabled = false, ignorePollAlarmFailure = false, alarms = [] } = given;
  const names = alarms.map(({ name = "" }) => name);
  if (enabled && names.length === 0)
    throw invalidAlarms("An alarm must be given where alarms are enabled.");
  if (names.length > MOST_ALARMS || new Set(names).size < names.length)
    throw invalidAlarms(`At most ${MOST_ALARMS} different alarms can be given.`);
  return { enabled, ignorePollAlarmFailure, names };
}

/** Topics that are told of deployments. Those of instances never are: ECS has none. */
function toTriggers(
  given: readonly Sdk.TriggerConfig[] | undefined,
): GroupSettings["triggers"] | undefined {
  if (given === undefined) return undefined;
  if (given.length > MOST_TRIGGERS)
    throw tooManyTriggers(`A deployment group can have at most ${MOST_TRIGGERS} triggers.`);
  return given.map(({ triggerName, triggerTargetArn, triggerEvents = [] }) => {
    if (!triggerName || !triggerTargetArn?.startsWith("arn:aws:sns:") || triggerEvents.length === 0)
      throw invalidTrigger(
        "A trigger must have a name, the ARN of an Amazon SNS topic and at least one event.",
      );
    return { triggerName, triggerTargetArn, triggerEvents: [...triggerEvents] };
  });
}
