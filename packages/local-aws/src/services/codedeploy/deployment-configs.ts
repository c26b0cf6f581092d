import { randomUUID } from "node:crypto";
import type { DeploymentConfigInfo, TrafficRoutingConfig } from "@aws-sdk/client-codedeploy";
import type { Scope } from "../../store/store.ts";
import { unsupported } from "../kit/faults.ts";
import { cutPage } from "../kit/pages.ts";
import {
  configExists,
  configInUse,
  configMissing,
  configReserved,
  invalidRouting,
  invalidToken,
} from "./faults.ts";
import type { CodeDeployHandlers } from "./handlers.ts";
import {
  deploymentConfigs,
  deploymentGroups,
  type DeploymentConfig,
  type Routing,
} from "./state.ts";

export const ALL_AT_ONCE = "CodeDeployDefault.ECSAllAtOnce";

/** Of ECS. https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html#deployment-configurations-predefined-ecs */
const PREDEFINED: ReadonlyMap<string, Routing> = new Map<string, Routing>([
  [ALL_AT_ONCE, { type: "AllAtOnce" }],
  ...([5, 15] as const).map(canary),
  ...([1, 3] as const).map(linear),
]);

function canary(minutes: number): [string, Routing] {
  const name = `CodeDeployDefault.ECSCanary10Percent${minutes}Minutes`;
  return [name, { type: "TimeBasedCanary", percentage: 10, minutes }];
}

function linear(minutes: number): [string, Routing] {
  const name = `CodeDeployDefault.ECSLinear10PercentEvery${minutes}Minutes`;
  return [name, { type: "TimeBasedLinear", percentage: 10, minutes }];
}

/** How a configuration moves traffic. @throws AwsError `DeploymentConfigDoesNotExistException` */
export function routingOf(scope: Scope, name: string): Routing {
  const routing = PREDEFINED.get(name) ?? scope.of(deploymentConfigs).get(name)?.routing;
  if (!routing) throw configMissing(name);
  return routing;
}

function toRouting(given: TrafficRoutingConfig | undefined): Routing {
  const { type = "AllAtOnce", timeBasedCanary, timeBasedLinear } = given ?? {};
  if (type === "AllAtOnce") {
    if (timeBasedCanary ?? timeBasedLinear)
      throw invalidRouting("AllAtOnce traffic routing has no percentage and no interval.");
    return { type };
  }
  const [percentage, minutes] =
    type === "TimeBasedCanary"
      ? [timeBasedCanary?.canaryPercentage, timeBasedCanary?.canaryInterval]
      : [timeBasedLinear?.linearPercentage, timeBasedLinear?.linearInterval];
  if (percentage === undefined || minutes === undefined)
    throw invalidRouting(`${type} traffic routing needs a percentage and an interval.`);
  if (percentage < 1 || percentage > 99)
    throw invalidRouting("The percentage must be between 1 and 99.");
  // Together a deployment takes two days at most.
  if (minutes < 1 || minutes > 2880)
    throw invalidRouting("The interval must be between 1 and 2880 minutes.");
  return { type, percentage, minutes };
}

function fromRouting(routing: Routing): TrafficRoutingConfig {
  if (routing.type === "AllAtOnce") return { type: "AllAtOnce" };
  const { type, percentage, minutes } = routing;
  return type === "TimeBasedCanary"
    ? { type, timeBasedCanary: { canaryPercentage: percentage, canaryInterval: minutes } }
    : { type, timeBasedLinear: { linearPercentage: percentage, linearInterval: minutes } };
}

function shown({ id, name, routing, createdAt }: DeploymentConfig): DeploymentConfigInfo {
  return {
    deploymentConfigId: id,
    deploymentConfigName: name,
    createTime: new Date(createdAt),
    computePlatform: "ECS",
    trafficRoutingConfig: fromRouting(routing),
  };
}

/** AWS's own have an id that says so. */
const predefined = (name: string, routing: Routing): DeploymentConfig => ({
  id: "00000000-0000-0000-0000-000000000000",
  name,
  routing,
  createdAt: 0,
});

export const configHandlers: CodeDeployHandlers = {
  CreateDeploymentConfig(input, { store, clock }) {
    const { deploymentConfigName: name, computePlatform: platform = "Server" } = input;
    if (platform !== "ECS")
      throw unsupported(`the compute platform ${platform}: make configurations of ECS`);
    if (name.startsWith("CodeDeployDefault."))
      throw configReserved("Names that begin with CodeDeployDefault. are reserved for AWS.");
    if (store.of(deploymentConfigs).has(name)) throw configExists(name);
    const id = randomUUID();
    const routing = toRouting(input.trafficRoutingConfig);
    store.of(deploymentConfigs).put(name, { name, id, routing, createdAt: clock.now() });
    return { deploymentConfigId: id };
  },

  GetDeploymentConfig({ deploymentConfigName: name }, { store }) {
    const stored = store.of(deploymentConfigs).get(name);
    return {
      deploymentConfigInfo: shown(stored ?? predefined(name, routingOf(store, name))),
    };
  },

  ListDeploymentConfigs({ nextToken }, { store }) {
    const { items, next } = cutPage([...PREDEFINED.keys(), ...store.of(deploymentConfigs).ids()], {
      key: (name) => name,
      size: 100,
      token: nextToken,
      of: "deployment configurations",
      invalid: invalidToken,
    });
    return { deploymentConfigsList: items, nextToken: next };
  },

  DeleteDeploymentConfig({ deploymentConfigName: name }, { store }) {
    if (PREDEFINED.has(name)) throw configReserved("Predefined configurations cannot be deleted.");
    routingOf(store, name);
    if (store.of(deploymentGroups).find(({ settings }) => settings.configName === name))
      throw configInUse(name);
    store.of(deploymentConfigs).delete(name);
    return {};
  },
};
