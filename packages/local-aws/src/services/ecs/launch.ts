import type { CapacityProviderStrategyItem } from "@aws-sdk/client-ecs";
import { strategyOf, type Strategy } from "./capacity-providers.ts";
import { invalidParameter, notSupported } from "./faults.ts";
import type { Cluster, TaskDefinition } from "./state.ts";
import { TEXTS } from "./texts.ts";

/** What `LATEST` stands for, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html */
export const LATEST_PLATFORM_VERSION = "1.4.0";
const PLATFORM_VERSIONS = ["LATEST", "1.4.0", "1.3.0"];

/** How tasks are launched: by a launch type, or by a strategy. */
export interface Launch {
  readonly launchType: "FARGATE" | undefined;
  readonly capacityProviderStrategy: Strategy;
  /** As it was asked for; `LATEST` without a wish. */
  readonly platformVersion: string;
}

interface LaunchRequest {
  readonly launchType?: string;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  readonly platformVersion?: string;
}

/**
 * Settles how tasks of `definition` are launched in `cluster`.
 * @throws AwsError `InvalidParameterException` in AWS's words; `NotImplemented` for the EC2 and other launch types, which
 * is also what AWS takes where neither a launch type nor a strategy is given
 */
export function toLaunch(
  cluster: Cluster,
  definition: TaskDefinition,
  request: LaunchRequest,
): Launch {
  const strategy = strategyOf(cluster, request.capacityProviderStrategy, request.launchType);
  const launchType = request.launchType ?? (strategy.length > 0 ? "FARGATE" : "EC2");
  if (launchType !== "FARGATE") {
    throw notSupported(
      `the launch type ${launchType}${request.launchType ? "" : " (what ECS takes where a request names neither a launch type nor a capacity provider)"}: use FARGATE`,
    );
  }
  if (!definition.compatibilities.includes("FARGATE"))
    throw invalidParameter(TEXTS.launchTypeUnsupported({ launchType }));
  const platformVersion = request.platformVersion || "LATEST";
  if (!PLATFORM_VERSIONS.includes(platformVersion))
    throw invalidParameter(TEXTS.platformVersionInvalid({ version: platformVersion }));
  return {
    launchType: strategy.length > 0 ? undefined : "FARGATE",
    capacityProviderStrategy: strategy,
    platformVersion,
  };
}

/** The version that a task gets. */
export const resolvePlatformVersion = (wanted: string | undefined) =>
  wanted === undefined || wanted === "LATEST" ? LATEST_PLATFORM_VERSION : wanted;

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
