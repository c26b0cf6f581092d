import type {
  GetMetricDataCommandInput,
  MetricDataQuery,
  MetricDataResult,
} from "@aws-sdk/client-cloudwatch";
import type { Handlers } from "../../protocol/typed.ts";
import type { Store } from "../../store/store.ts";
import type { CallContext } from "../service.ts";
import { invalidToken, invalidValue, validation } from "./faults.ts";
import { MathSyntaxError } from "./math/parse.ts";
import { Queries } from "./math/queries.ts";
import { labelsOf, parseSearch } from "./math/search.ts";
import { MathError, type MathContext } from "./math/value.ts";
import { MetricPoints, type MetricName } from "./metric-points.ts";
import { metricIn, periodPoints, type Series, type TimeRange } from "./series.ts";
import { statisticOf } from "./statistics.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const MOST_POINTS = 100_800;
const MOST_QUERIES = 500;

export const metricDataHandlers: Handlers<
  typeof import("@aws-sdk/client-cloudwatch"),
  CallContext
> = {
  GetMetricData(input, context) {
    const {
      MetricDataQueries,
      ScanBy = "TimestampDescending",
      MaxDatapoints = MOST_POINTS,
    } = input;
    const range = rangeOf(input);
    if (MetricDataQueries.length > MOST_QUERIES)
      throw validation(
        `The collection MetricDataQueries must not have a size greater than ${MOST_QUERIES}.`,
      );
    const queries = workOut(MetricDataQueries, range, context);
    const whole = MetricDataQueries.filter(({ ReturnData = true }) => ReturnData).flatMap((query) =>
      queries(query).map((series) => ({ query, series })),
    );
    const results = whole.map(
      ({
        query,
        series,
      }): Required<Pick<MetricDataResult, "Timestamps" | "Values">> & MetricDataResult => {
        const entries = [...series.values].filter(([at]) => at < range.to);
        if (ScanBy === "TimestampDescending") entries.reverse();
        return {
          Id: query.Id,
          Label: query.Label ?? series.label,
          Timestamps: entries.map(([at]) => new Date(at)),
          Values: entries.map(([, value]) => value),
          StatusCode: "Complete",
        };
      },
    );
    return page(results, Math.min(MaxDatapoints, MOST_POINTS), input.NextToken);
  },
};

function rangeOf({ StartTime, EndTime }: GetMetricDataCommandInput): TimeRange {
  const [from, to] = [StartTime!.getTime(), EndTime!.getTime()];
  if (!(from < to))
    throw validation("The parameter StartTime must be less than the parameter EndTime.");
  return { from, to };
}

/**
 * Checks queries and makes what answers each of them.
 * @throws AwsError `ValidationException`
 */
export function workOut(
  queries: readonly MetricDataQuery[],
  range: TimeRange,
  context: Pick<CallContext, "cloud" | "account" | "region">,
): (query: MetricDataQuery) => readonly Series[] {
  checkQueries(queries);
  const read = (query: MetricDataQuery) => readMetric(query, range, context);
  const periods = queries.map(({ Period, MetricStat }) => Period ?? MetricStat?.Period ?? 0);
  const period = Math.max(...periods) || 60;
  const shown = queries
    .map(({ Expression }) => Expression)
    .filter(Boolean)
    .join("', '");
  const search: MathContext["search"] = (query, stat, seconds) =>
    searched(query, { stat, period: seconds, range }, context);
  const all = guarded(shown, () => new Queries(queries, read, { range, period, search }));
  return ({ Id, Expression }) => guarded(Expression, () => all.result(Id!));
}

/** Says what metric math has against an expression in the service's words. */
function guarded<R>(expression: string | undefined, work: () => R): R {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof MathError || error instanceof MathSyntaxError)) throw error;
    throw validation(`Error in expression '${expression ?? ""}': ${error.message}`);
  }
}

/** An alarm is on one time series. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-search-expressions.html */
export const noSearch = (): never => {
  throw new MathError("SEARCH is not supported on Metric Alarms");
};

/** Checks the queries of an alarm. @throws AwsError `ValidationException` */
export function checkExpressions(queries: readonly MetricDataQuery[]): void {
  checkQueries(queries);
  const none = { label: "", period: 60, values: new Map() };
  const shown = queries.map(({ Expression }) => Expression).find(Boolean);
  guarded(shown, () => {
    const range = { from: 0, to: 60_000 };
    const all = new Queries(queries, () => none, { range, period: 60, search: noSearch });
    for (const { Id } of queries) all.result(Id!);
  });
}

/** @throws AwsError `ValidationException` */
export function checkQueries(queries: readonly MetricDataQuery[]): void {
  const ids = new Set<string>();
  for (const { Id = "", MetricStat, Expression, Label } of queries) {
    if (!/^[a-z][a-zA-Z0-9_]*$/.test(Id))
      throw validation(
        `The value ${Id} for parameter MetricDataQueries.Id must begin with a lower-case letter and have letters, digits and _ alone.`,
      );
    if (ids.has(Id))
      throw validation(
        `The values for parameter MetricDataQueries.Id must be unique: ${Id} is there twice.`,
      );
    ids.add(Id);
    if ((MetricStat === undefined) === (Expression === undefined))
      throw validation(
        `Either MetricStat or Expression must be given for the query ${Id}, and not both.`,
      );
    if (Label?.includes("${")) throw validation("Local AWS does not have dynamic labels.");
    if (MetricStat && statisticOf(MetricStat.Stat ?? "") === undefined)
      throw validation(
        `The value ${MetricStat.Stat} for parameter MetricDataQueries.MetricStat.Stat is not a valid statistic.`,
      );
    if (MetricStat) checkPeriod(MetricStat.Period ?? 0, "MetricDataQueries.MetricStat.Period");
  }
}

/** @throws AwsError `InvalidParameterValue` for what is no period of AWS's */
export function checkPeriod(period: number, parameter: string): void {
  if (![1, 5, 10, 20, 30].includes(period) && (period < 60 || period % 60 !== 0))
    throw invalidValue(`The parameter ${parameter} must be 1, 5, 10, 20, 30 or a multiple of 60.`);
}

function readMetric(
  { MetricStat, Label }: MetricDataQuery,
  range: TimeRange,
  { cloud, ...place }: Pick<CallContext, "cloud" | "account" | "region">,
): Series {
  const { Metric, Period: period = 60, Stat, Unit: unit } = MetricStat!;
  const { Namespace = "", MetricName = "", Dimensions = [] } = Metric!;
  const metric = metricIn(place, Namespace, MetricName, Dimensions);
  return {
    label: Label ?? MetricName,
    ...valuesOf(cloud, metric, { Stat: Stat!, period, range, unit }),
  };
}

/** So many time series a search comes to at most; and so long a metric is found after its latest point. */
const MOST_FOUND = 500;
const FOUND_MS = 14 * 24 * 60 * 60 * 1000;

function searched(
  query: string,
  { stat, period, range }: { stat: string; period: number; range: TimeRange },
  { cloud, ...place }: Pick<CallContext, "cloud" | "account" | "region">,
): readonly Series[] {
  if (statisticOf(stat) === undefined) throw new MathError(`${stat} is no statistic`);
  checkPeriod(period, "SEARCH");
  const finds = parseSearch(query);
  const found = cloud
    .owner(MetricPoints)
    .list(place)
    .filter((metric) => metric.latest >= range.from - FOUND_MS && finds(metric))
    .slice(0, MOST_FOUND);
  const labels = labelsOf(found);
  return found.map(({ namespace, name, dimensions }, index) => {
    const metric = metricIn(place, namespace, name, dimensions);
    return { label: labels[index]!, ...valuesOf(cloud, metric, { Stat: stat, period, range }) };
  });
}

function valuesOf(
  cloud: Store,
  metric: MetricName,
  asked: { Stat: string; period: number; range: TimeRange; unit?: string | undefined },
): Pick<Series, "period" | "values"> {
  const { period, range, unit } = asked;
  const statistic = statisticOf(asked.Stat)!;
  const values = periodPoints(cloud, metric, { ...range, unit }, period).flatMap((point) => {
    const value = statistic(point);
    return value === undefined ? [] : [[point.at, value] as const];
  });
  return { period, values: new Map(values) };
}

type Result = Required<Pick<MetricDataResult, "Timestamps" | "Values">> & MetricDataResult;

/** So many points from where the token stands, over all results in their order. */
function page(results: readonly Result[], size: number, token: string | undefined) {
  const from =
    token === undefined
      ? 0
      : Number(/^points-(\d+)$/.exec(Buffer.from(token, "base64url").toString())?.[1]);
  if (!Number.isInteger(from)) throw invalidToken();
  const until = from + Math.max(1, size);
  let seen = 0;
  const cut = results.flatMap((result): Result[] => {
    const start = seen;
    const length = result.Values.length;
    seen += length;
    if (length === 0) return token === undefined ? [result] : [];
    const [first, last] = [Math.max(from - start, 0), Math.min(until - start, length)];
    if (first >= last) return [];
    const StatusCode = last < length ? "PartialData" : "Complete";
    return [
      {
        ...result,
        StatusCode,
        Timestamps: result.Timestamps.slice(first, last),
        Values: result.Values.slice(first, last),
      },
    ];
  });
  const next = until < seen ? Buffer.from(`points-${until}`).toString("base64url") : undefined;
  return { MetricDataResults: cut, NextToken: next, Messages: [] };
}
