import type { CapacityProviderStrategyItem } from "@aws-sdk/client-ecs";
import { isOwn, lastPart, parseArn, readArn } from "../../ground/arn.ts";
import type { Scope } from "../../store/store.ts";
import { clientException, invalidParameter } from "./faults.ts";
import { capacityProviders } from "./providers/state.ts";
import type { Cluster } from "./state.ts";
import { INSTANCE_TEXTS as SAID } from "./instance-texts.ts";
import { TEXTS } from "./texts.ts";

/** The capacity providers that every account has; the others are of instances. */
export const FARGATE_PROVIDERS = ["FARGATE", "FARGATE_SPOT"] as const;

interface Place {
  readonly account: string;
  readonly region: string;
}

/** The name in a name or an ARN; a provider of another account or region is none of this one's. */
export function nameOf(reference: string, place: Place): string {
  const arn = parseArn(reference);
  const isMine = arn?.service === "ecs" && isOwn(arn, place);
  return isMine && arn.resource.startsWith("capacity-provider/") ? lastPart(reference) : reference;
}

export type Strategy = readonly { capacityProvider: string; weight?: number; base?: number }[];

/** Capacity provider names as given (names or ARNs). @throws AwsError where one does not exist */
export function toCapacityProviders(
  given: readonly string[] | undefined,
  { store, ...place }: Place & { readonly store: Scope },
): string[] {
  return (given ?? []).map((reference) => {
    const name = nameOf(reference, place);
    const isFargate = FARGATE_PROVIDERS.some((known) => known === name);
    if (!isFargate && !store.of(capacityProviders).has(name))
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
