import type { CapacityProviderStrategyItem } from "@aws-sdk/client-ecs";
import { kindOf, strategyOf, type Strategy } from "./capacity-providers.ts";
import { unsupported } from "../kit/faults.ts";
import { invalidParameter } from "./faults.ts";
import type { Cluster, EcsService, TaskDefinition } from "./state.ts";
import { INSTANCE_TEXTS as SAID } from "./instance-texts.ts";
import { TEXTS } from "./texts.ts";

/** What `LATEST` stands for, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html */
export const LATEST_PLATFORM_VERSION = "1.4.0";
const PLATFORM_VERSIONS = ["LATEST", "1.4.0", "1.3.0"];

/** How tasks are launched: by a launch type, or by a strategy. */
export interface Launch {
  /** Where the tasks run. */
  readonly on: "FARGATE" | "EC2";
  readonly launchType: "FARGATE" | "EC2" | undefined;
  readonly capacityProviderStrategy: Strategy;
  /** As it was asked for; `LATEST` without a wish. On instances there is none. */
  readonly platformVersion: string | undefined;
}

interface LaunchRequest {
  readonly launchType?: string | undefined;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[] | undefined;
  readonly platformVersion?: string | undefined;
}

/**
 * Settles how tasks of `definition` are launched in `cluster`: on EC2 where neither a launch type nor a strategy is given.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html#ECS-RunTask-request-launchType
 * @throws AwsError `InvalidParameterException` in AWS's words; `NotImplemented` for the launch types that are not here
 */
export function toLaunch(
  cluster: Cluster,
  definition: TaskDefinition,
  request: LaunchRequest,
): Launch {
  const strategy = strategyOf(cluster, request.capacityProviderStrategy, request.launchType);
  const on = strategy.length > 0 ? kindOf(strategy) : (request.launchType ?? "EC2");
  if (on !== "FARGATE" && on !== "EC2")
    throw unsupported(`the launch type ${on}: use FARGATE or EC2`);
  if (!definition.compatibilities.includes(on))
    throw invalidParameter(TEXTS.launchTypeUnsupported({ launchType: on }));
  return {
    on,
    launchType: strategy.length > 0 ? undefined : on,
    capacityProviderStrategy: strategy,
    platformVersion: platformVersionOn(on, request.platformVersion || undefined),
  };
}

function platformVersionOn(on: "FARGATE" | "EC2", wanted: string | undefined) {
  if (on === "FARGATE") {
    const version = wanted ?? "LATEST";
    if (PLATFORM_VERSIONS.includes(version)) return version;
    throw invalidParameter(TEXTS.platformVersionInvalid({ version }));
  }
  if (wanted !== undefined) throw invalidParameter(SAID.platformVersionEc2());
  return undefined;
}

/** Where tasks of a service, or of one of its deployments, run. */
export const runsOn = ({
  launchType,
  capacityProviderStrategy,
}: Pick<EcsService, "launchType" | "capacityProviderStrategy">): "FARGATE" | "EC2" =>
  capacityProviderStrategy.length > 0
    ? kindOf(capacityProviderStrategy)
    : launchType === "EC2"
      ? "EC2"
      : "FARGATE";

/** The version that a task gets. */
export const resolvePlatformVersion = (wanted: string) =>
  wanted === "LATEST" ? LATEST_PLATFORM_VERSION : wanted;

/**
 * The provider that the next task goes to: bases first, then by weight, the one furthest behind its share.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
 * @param running how many tasks each provider has now
 */
export function nextCapacityProvider(
  strategy: Strategy,
  running: (provider: string) => number,
): string | undefined {
  const below = strategy.find(({ capacityProvider, base = 0 }) => running(capacityProvider) < base);
  if (below) return below.capacityProvider;
  const weighted = strategy.filter(({ weight = 0 }) => weight > 0);
  const filled = ({ capacityProvider, weight = 0, base = 0 }: Strategy[number]) =>
    (running(capacityProvider) - base + 1) / weight;
  return (weighted.length > 0 ? weighted : strategy).reduce<Strategy[number] | undefined>(
    (best, item) => (best && filled(best) <= filled(item) ? best : item),
    undefined,
  )?.capacityProvider;
}
