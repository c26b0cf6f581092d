import type { Datapoint, StandardUnit } from "@aws-sdk/client-cloudwatch";
import type { Handlers } from "../../protocol/typed.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import { invalidCombination, invalidToken, invalidValue } from "./faults.ts";
import { checkPeriod } from "./metric-data.ts";
import { MetricPoints } from "./metric-points.ts";
import { metricIn, periodPoints } from "./series.ts";
import { statisticOf } from "./statistics.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
const MOST_POINTS = 1440;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html */
const PAGE = 500;
const HOUR_MS = 3_600_000;
/** A metric that had no point for so long is not listed any more. */
const LISTED_MS = 14 * 24 * HOUR_MS;

export const statisticsHandlers: Handlers<
  typeof import("@aws-sdk/client-cloudwatch"),
  CallContext
> = {
  GetMetricStatistics(input, { cloud, account, region }) {
    const { Namespace, MetricName, Dimensions = [], StartTime, EndTime, Period, Unit } = input;
    const { Statistics = [], ExtendedStatistics = [] } = input;
    checkPeriod(Period, "Period");
    const range = { from: StartTime.getTime(), to: EndTime.getTime() };
    if (!(range.from < range.to))
      throw invalidValue("The parameter StartTime must be less than the parameter EndTime.");
    if (Statistics.length + ExtendedStatistics.length === 0)
      throw invalidCombination(
        "At least one of the parameters Statistics and ExtendedStatistics must be specified.",
      );
    const asked = (range.to - range.from) / (Period * 1000);
    if (asked > MOST_POINTS)
      throw invalidCombination(
        `You have requested up to ${Math.ceil(asked)} datapoints, which exceeds the limit of ${MOST_POINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
      );
    const wrong = ExtendedStatistics.find((name) => statisticOf(name) === undefined);
    if (wrong !== undefined)
      throw invalidValue(`The value ${wrong} for parameter ExtendedStatistics is not supported.`);
    const metric = metricIn({ account, region }, Namespace, MetricName, Dimensions);
    // Each unit that a metric has come in has its own datapoints.
    const units = Unit === undefined ? cloud.owner(MetricPoints).units(metric, range) : [Unit];
    const points = units.flatMap((unit) =>
      periodPoints(cloud, metric, { ...range, unit }, Period).map((point): Datapoint => {
        const named = (names: readonly string[]) =>
          names
            .map((name) => [name, statisticOf(name)!(point)] as const)
            .filter(([, value]) => value !== undefined);
        const extended = named(ExtendedStatistics);
        return {
          Timestamp: new Date(point.at),
          ...Object.fromEntries(named(Statistics)),
          Unit: unit as StandardUnit,
          ...(extended.length > 0 && {
            ExtendedStatistics: Object.fromEntries(extended) as Record<string, number>,
          }),
        };
      }),
    );
    return { Label: MetricName, Datapoints: points };
  },

  ListMetrics({ Namespace, MetricName, Dimensions = [], NextToken, RecentlyActive }, context) {
    const { cloud, clock, account, region } = context;
    const since = clock.now() - (RecentlyActive === undefined ? LISTED_MS : 3 * HOUR_MS);
    const all = cloud
      .owner(MetricPoints)
      .list({ account, region })
      .filter(
        (metric) =>
          metric.latest >= since &&
          [undefined, metric.namespace].includes(Namespace) &&
          [undefined, metric.name].includes(MetricName) &&
          Dimensions.every(({ Name, Value }) =>
            metric.dimensions.some(
              (it) => it.Name === Name && (Value === undefined || it.Value === Value),
            ),
          ),
      );
    const { items, next } = cutPage(all, {
      key: ({ namespace, name, dimensions }) => JSON.stringify([namespace, name, dimensions]),
      size: PAGE,
      token: NextToken,
      of: "metrics",
      invalid: invalidToken,
    });
    const metrics = items.map(({ namespace, name, dimensions }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: [...dimensions],
    }));
    return { Metrics: metrics, NextToken: next };
  },
};
