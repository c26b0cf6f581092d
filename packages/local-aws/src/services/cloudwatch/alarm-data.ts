import type { Clock } from "../../clock/clock.ts";
import type { Place } from "../../store/collection.ts";
import type { Store } from "../../store/store.ts";
import type { Datapoint } from "./evaluate.ts";
import { MetricPoints } from "./metric-points.ts";
import { mergePoints, type Point } from "./point.ts";
import { statisticOf } from "./statistics.ts";
import type { MetricRule } from "./state.ts";

/**
 * The values of a metric in the last `count` periods, the newest first. Periods pass at the clock's pace: what AWS would see of
 * five minutes are, sixty times faster, the points of five seconds.
 */
export function recentValues(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  place: Place,
  rule: MetricRule,
  count: number,
): Datapoint[] {
  const now = clock.now();
  const periodMs = rule.period * 1000;
  const statistic = statisticOf(rule.statistic ?? rule.extendedStatistic!)!;
  const metric = {
    ...place,
    namespace: rule.namespace,
    name: rule.name,
    dimensions: rule.dimensions,
  };
  // No pace is slower than AWS's, so that no period began earlier than this.
  const range = { from: now - periodMs * count, to: now + 1, unit: rule.unit };
  const periods: Point[][] = Array.from({ length: count }, () => []);
  for (const point of store.owner(MetricPoints).read(metric, range))
    periods[Math.floor(clock.idleSince(point.at) / periodMs)]?.push(point);
  return periods.map((points, index) => ({
    at: points[0]?.at ?? Math.round(now - ((index + 1) * periodMs) / clock.acceleration),
    value: points.length === 0 ? undefined : statistic(mergePoints(points[0]!.at, points)),
  }));
}
