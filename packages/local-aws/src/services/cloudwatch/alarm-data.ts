import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { Clock } from "../../clock/clock.ts";
import type { Place } from "../../store/collection.ts";
import type { Store } from "../../store/store.ts";
import type { Datapoint } from "./evaluate.ts";
import { MetricPoints } from "./metric-points.ts";
import { Queries } from "./math/queries.ts";
import { noSearch } from "./metric-data.ts";
import type { Series } from "./series.ts";
import { mergePoints, type Point } from "./point.ts";
import { statisticOf } from "./statistics.ts";
import type { MetricAlarm, MetricRule } from "./state.ts";

/** A store, and the clock at whose pace periods pass. */
interface Times {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * The values of an alarm's metric, or expression, in the last `count` periods, the newest first. Periods pass at the clock's
 * pace: what AWS would see of five minutes are, sixty times faster, the points of five seconds.
 */
export function alarmValues(
  times: Times,
  place: Place,
  { metric, metrics }: Pick<MetricAlarm, "metric" | "metrics">,
  count: number,
): Datapoint[] {
  if (metric) return recentValues(times, place, metric, count);
  return mathValues(times, place, metrics!, count);
}

/** Of a query of several, whether it is asked for. */
export const isReturned = ({ ReturnData = true }: MetricDataQuery): boolean => ReturnData;

/** The periods of an expression's metrics stand one after the other, and end now. */
function mathValues(
  times: Times,
  place: Place,
  queries: readonly MetricDataQuery[],
  count: number,
): Datapoint[] {
  const period = periodOf({ metrics: queries })!;
  const periodMs = period * 1000;
  const end = Math.floor(times.clock.now() / periodMs) * periodMs;
  const read = ({ MetricStat }: MetricDataQuery): Series => {
    const { Metric, Stat, Unit } = MetricStat!;
    const { Namespace = "", MetricName = "", Dimensions = [] } = Metric!;
    const rule = { namespace: Namespace, name: MetricName, dimensions: Dimensions, period };
    const asked = { ...rule, extendedStatistic: Stat, unit: Unit };
    const known = recentValues(times, place, asked, count).flatMap(({ value }, index) =>
      value === undefined ? [] : [[end - index * periodMs, value] as const],
    );
    return { label: MetricName, period, values: new Map(known.toReversed()) };
  };
  const range = { from: end - (count - 1) * periodMs, to: end + 1 };
  const all = new Queries(queries, read, { range, period, search: noSearch });
  const [series] = all.result(queries.find(isReturned)!.Id!);
  return Array.from({ length: count }, (_, index) => ({
    at: Math.round(times.clock.now() - ((index + 1) * periodMs) / times.clock.acceleration),
    value: series?.values.get(end - index * periodMs),
  }));
}

/** The period of an alarm's data, in seconds. */
export const periodOf = ({ metric, metrics }: Pick<MetricAlarm, "metric" | "metrics">) =>
  metric?.period ?? metrics?.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period;

/** The values of one metric, as {@link alarmValues} has them. */
export function recentValues(
  { store, clock }: Times,
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
