import type { CapacityProviderStrategyItem } from "@aws-sdk/client-ecs";
import { isOwn, parseArn, readArn } from "../../ground/arn.ts";
import type { CallContext } from "../service.ts";
import { ecsArn, lastPart } from "./arns.ts";
import { clientException, invalidParameter } from "./faults.ts";
import type { EcsHandlers } from "./handlers.ts";
import { page } from "./pages.ts";
import type { Cluster } from "./state.ts";
import { INSTANCE_TEXTS as SAID } from "./instance-texts.ts";
import { TEXTS } from "./texts.ts";

/** The capacity providers that every account has; the others need instances. */
const FARGATE_PROVIDERS = ["FARGATE", "FARGATE_SPOT"] as const;

interface Place {
  readonly account: string;
  readonly region: string;
}

/** The name in a name or an ARN; a provider of another account or region is none of this one's. */
function nameOf(reference: string, place: Place): string {
  const arn = parseArn(reference);
  const isMine = arn?.service === "ecs" && isOwn(arn, place);
  return isMine && arn.resource.startsWith("capacity-provider/") ? lastPart(reference) : reference;
}

export type Strategy = readonly { capacityProvider: string; weight?: number; base?: number }[];

const describe = (context: CallContext, name: (typeof FARGATE_PROVIDERS)[number]) => ({
  capacityProviderArn: ecsArn(context, `capacity-provider/${name}`),
  name,
  status: "ACTIVE" as const,
  tags: [],
  type: name,
});

/** Capacity provider names as given (names or ARNs). @throws AwsError where one does not exist */
export function toCapacityProviders(given: readonly string[] | undefined, place: Place): string[] {
  return (given ?? []).map((reference) => {
    const name = nameOf(reference, place);
    if (!FARGATE_PROVIDERS.some((known) => known === name))
      throw clientException(TEXTS.capacityProviderNotFound({ name }));
    return name;
  });
}

/**
 * A strategy as it is stored, with the API's defaults (weight 0, base 0).
 * @throws AwsError `InvalidParameterException` where it names a provider that `allowed` does not hold, or has two bases
 */
export function toStrategy(
  given: readonly CapacityProviderStrategyItem[] | undefined,
  allowed: readonly string[],
  place: Place,
): Strategy {
  if ((given ?? []).filter(({ base = 0 }) => base > 0).length > 1)
    throw invalidParameter(TEXTS.strategyOneBase());
  return (given ?? []).map(({ capacityProvider = "", weight = 0, base = 0 }) => {
    const name = nameOf(capacityProvider, place);
    if (!allowed.includes(name)) throw invalidParameter(TEXTS.strategyNotInCluster());
    return { capacityProvider: name, weight, base };
  });
}

/** Where the providers of a strategy have their tasks run. @throws AwsError where they are of both kinds */
export function kindOf(strategy: Strategy): "FARGATE" | "EC2" {
  const kinds = new Set(
    strategy.map(({ capacityProvider }) => FARGATE_PROVIDERS.some((it) => it === capacityProvider)),
  );
  if (kinds.size > 1) throw invalidParameter(SAID.strategyMixed());
  return kinds.has(true) ? "FARGATE" : "EC2";
}

/** What runs a task: a launch type, or the provider that the strategy's turn has come to. */
export function strategyOf(
  cluster: Cluster,
  given: readonly CapacityProviderStrategyItem[] | undefined,
  launchType: string | undefined,
): Strategy {
  if (given?.length && launchType) throw invalidParameter(TEXTS.launchTypeAndStrategy());
  if (given?.length)
    return weighted(toStrategy(given, cluster.capacityProviders, readArn(cluster.arn)));
  return launchType ? [] : weighted(cluster.defaultCapacityProviderStrategy);
}

/** A strategy without any weight may be a cluster's default, but places nothing. */
function weighted(strategy: Strategy): Strategy {
  if (strategy.length > 0 && strategy.every(({ weight = 0 }) => weight === 0))
    throw invalidParameter(TEXTS.strategyNoWeight());
  return strategy;
}

export const capacityProviderHandlers: EcsHandlers = {
  DescribeCapacityProviders(input, context) {
    const wanted = input.capacityProviders?.map((reference) => nameOf(reference, context));
    const known = FARGATE_PROVIDERS.filter((name) => wanted?.includes(name) ?? true);
    const missing = (wanted ?? []).filter((name) => !FARGATE_PROVIDERS.some((one) => one === name));
    const { items, nextToken } = page(known, (name) => name, input, {
      of: "capacity-providers",
      most: 10,
    });
    return {
      capacityProviders: items.map((name) => describe(context, name)),
      failures: missing.map((name) => ({
        arn: ecsArn(context, `capacity-provider/${name}`),
        reason: "MISSING",
      })),
      nextToken,
    };
  },
};
