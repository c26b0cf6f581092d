import type { NewPoint } from "../../services/cloudwatch/metric-points.ts";
import { mergePoints, pointOf, type Point } from "../../services/cloudwatch/point.ts";
import { arnSuffix } from "../../services/elbv2/arns.ts";
import { healthsByGroup } from "../../services/elbv2/indexes.ts";
import { loadBalancers, targetGroups, targetHealths } from "../../services/elbv2/state.ts";
import { usersOf } from "../../services/elbv2/target-groups.ts";
import type { Change, Place } from "../../store/collection.ts";
import type { Scope, Store } from "../../store/store.ts";
import type { LoadBalancers } from "../load-balancer/load-balancers.ts";
import type { MetricDelta } from "../load-balancer/messages.ts";
import { metricName, minuteValue, type MetricSource, type Minute } from "./source.ts";

const NAMESPACE = "AWS/ApplicationELB";

/**
 * What load balancers have done, as they tell CloudWatch of it; by load balancer and target group, not by zone.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export class BalancerMetrics implements MetricSource {
  readonly #store: Store;
  readonly #balancers: Pick<LoadBalancers, "takeMetrics">;

  constructor(store: Store, balancers: Pick<LoadBalancers, "takeMetrics">) {
    this.#store = store;
    this.#balancers = balancers;
  }

  isBusy(): boolean {
    return this.#store.all(loadBalancers).some(({ size }) => size > 0);
  }

  begins({ kind }: Change): boolean {
    return kind === loadBalancers.name;
  }

  async take(minute: Minute): Promise<NewPoint[]> {
    const deltas = new Map((await this.#balancers.takeMetrics()).map((it) => [it.arn, it]));
    const points: NewPoint[] = [];
    for (const { place } of this.#store.all(loadBalancers)) {
      const scope = this.#store.scope(place.account, place.region);
      for (const { arn } of scope.of(loadBalancers).values())
        points.push(
          ...balancerPoints(minute, place, { LoadBalancer: arnSuffix(arn) }, counted(arn, deltas)),
        );
      for (const { arn } of scope.of(targetGroups).values())
        for (const balancer of usersOf(scope, arn))
          points.push(...groupPoints(scope, minute, arn, balancer, counted(arn, deltas)));
    }
    return points;
  }
}

/** Requests are told of each minute, also where there were none. */
const counted = (arn: string, deltas: ReadonlyMap<string, MetricDelta>): MetricDelta => {
  const { counts, ...delta } = deltas.get(arn) ?? { arn, counts: {} };
  return { ...delta, counts: { RequestCount: 0, ...counts } };
};

/**
 * The largest of what a load balancer's capacity is used by, in units: new connections a second, open ones, bytes an hour,
 * and rules a second, of which ten are free for each request.
 * https://aws.amazon.com/elasticloadbalancing/pricing/
 */
function usedCapacity(counts: MetricDelta["counts"]): number {
  const { RequestCount = 0, RuleEvaluations = 0, ...others } = counts;
  const { NewConnectionCount = 0, ActiveConnectionCount = 0, ProcessedBytes = 0 } = others;
  return Math.max(
    NewConnectionCount / (25 * 60),
    ActiveConnectionCount / 3000,
    ProcessedBytes / (1e9 / 60),
    (RuleEvaluations - 10 * RequestCount) / (1000 * 60),
    0,
  );
}

function balancerPoints(
  minute: Minute,
  place: Place,
  dimensions: Readonly<Record<string, string>>,
  delta: MetricDelta,
): NewPoint[] {
  const capacity = metricName(place, NAMESPACE, "ConsumedLCUs", dimensions);
  return [
    ...countPoints(minute, place, dimensions, delta),
    minuteValue(minute, capacity, "Count", usedCapacity(delta.counts)),
  ];
}

function groupPoints(
  scope: Scope,
  minute: Minute,
  arn: string,
  balancer: string,
  delta: MetricDelta,
): NewPoint[] {
  const LoadBalancer = arnSuffix(balancer);
  const TargetGroup = arnSuffix(arn);
  const both = { TargetGroup, LoadBalancer };
  const healths = scope.of(targetHealths).by(healthsByGroup, arn);
  const healthy = healths.filter(({ state }) => state === "healthy").length;
  const unhealthy = healths.filter(({ state }) => state === "unhealthy").length;
  const value = (name: string, dimensions: Readonly<Record<string, string>>, count: number) =>
    minuteValue(minute, metricName(scope, NAMESPACE, name, dimensions), "Count", count);
  const { RequestCount: requests, ...others } = delta.counts;
  // Where a target is used there are so many of them each minute, also of none.
  const hosts = [
    value("HealthyHostCount", both, healthy),
    value("UnHealthyHostCount", both, unhealthy),
  ];
  const perTarget = [{ TargetGroup }, both].map((each) =>
    value("RequestCountPerTarget", each, requests! / Math.max(healthy, 1)),
  );
  return [
    ...(healths.length > 0 ? [...hosts, ...perTarget] : []),
    ...countPoints(minute, scope, both, delta),
    // What targets answered counts for their load balancer as well, whose requests it has counted itself.
    ...countPoints(minute, scope, { LoadBalancer }, { ...delta, counts: others }),
  ];
}

/** What was counted; times with how often each was there, so that percentiles can be told. */
function countPoints(
  minute: Minute,
  place: Place,
  dimensions: Readonly<Record<string, string>>,
  delta: MetricDelta,
): NewPoint[] {
  return Object.entries(delta.counts).flatMap(([name, count]): NewPoint[] => {
    const metric = metricName(place, NAMESPACE, name, dimensions);
    const values = delta.values?.[name];
    const unit = name === "ProcessedBytes" ? "Bytes" : "Count";
    if (!values) return [minuteValue(minute, metric, unit, count)];
    const { at } = minuteValue(minute, metric, "Seconds", 0);
    const points = values.map(([value, often]): Point => pointOf(at, value, often));
    return [{ metric, unit: "Seconds", ...mergePoints(at, points) }];
  });
}
