import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import type { Handlers } from "../../protocol/typed.ts";
import type { Clock } from "../../clock/clock.ts";
import type { CallContext } from "../service.ts";
import { invalidCombination, invalidValue, missingParameter } from "./faults.ts";
import { MetricPoints, type NewPoint } from "./metric-points.ts";
import { mergePoints, pointOf, type Point } from "./point.ts";

const HOUR_MS = 3_600_000;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
const LARGEST = 2 ** 360;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
export const putDataHandlers: Handlers<typeof import("@aws-sdk/client-cloudwatch"), CallContext> = {
  PutMetricData({ Namespace, MetricData }, { cloud, clock, account, region }) {
    if (MetricData === undefined) throw missingParameter("The parameter MetricData is required.");
    if (Namespace.startsWith("AWS/"))
      throw invalidValue("The value AWS/ for parameter Namespace is invalid.");
    if (MetricData.length > 1000)
      throw invalidValue("The collection MetricData must not have a size greater than 1000.");
    const points = MetricData.map((datum, index): NewPoint => {
      const { MetricName: name, Dimensions = [], Unit = "None", StorageResolution = 60 } = datum;
      const member = `MetricData.member.${index + 1}`;
      if (name === undefined)
        throw missingParameter(`The parameter ${member}.MetricName is required.`);
      if (StorageResolution !== 1 && StorageResolution !== 60)
        throw invalidValue(
          `The value ${StorageResolution} for parameter ${member}.StorageResolution is invalid.`,
        );
      const metric = { account, region, namespace: Namespace, name, dimensions: Dimensions };
      return { metric, unit: Unit, ...toPoint(datum, member, momentOf(datum, member, clock)) };
    });
    cloud.owner(MetricPoints).put(points);
    return {};
  },
};

/**
 * When a value counts. Points are kept by the second, and finer where the clock is accelerated, so that alarms, whose periods
 * pass as many times faster, tell them apart; a statistic's period is made of them when it is asked for.
 */
function momentOf({ Timestamp }: MetricDatum, member: string, clock: Clock): number {
  const now = clock.now();
  const at = Timestamp?.getTime() ?? now;
  if (at < now - 14 * 24 * HOUR_MS || at > now + 2 * HOUR_MS)
    throw invalidValue(
      `The parameter ${member}.Timestamp must specify a time no more than two weeks in the past and no more than two hours in the future.`,
    );
  return grainAt(clock, at);
}

/** The moment that stands for all that are not told apart from `at`; of the same second, so that no minute takes another's. */
export function grainAt({ acceleration }: Clock, at: number): number {
  const ofSecond = at % 1000;
  return at - (ofSecond % Math.ceil(1000 / acceleration));
}

function toPoint(datum: MetricDatum, member: string, at: number): Point {
  const { Value, StatisticValues, Values, Counts } = datum;
  if ([Value, StatisticValues, Values].filter((it) => it !== undefined).length !== 1)
    throw invalidCombination(
      `The parameters ${member}.Value, ${member}.Values and ${member}.StatisticValues are mutually exclusive and you have to specify one of them.`,
    );
  if (StatisticValues) {
    const { SampleCount = 0, Sum = 0, Minimum = 0, Maximum = 0 } = StatisticValues;
    for (const value of [SampleCount, Sum, Minimum, Maximum]) checkNumber(value, member);
    if (SampleCount <= 0 || Minimum > Maximum)
      throw invalidValue(`The values of ${member}.StatisticValues cannot be of one set.`);
    return {
      at,
      count: SampleCount,
      sum: Sum,
      minimum: Minimum,
      maximum: Maximum,
      counts: undefined,
    };
  }
  const values = Values ?? [Value!];
  if (values.length === 0 || values.length > 150)
    throw invalidValue(`${member}.Values must have between 1 and 150 values.`);
  if (Counts !== undefined && (Values === undefined || Counts.length !== values.length))
    throw invalidValue(`${member}.Values and ${member}.Counts must have the same number of items.`);
  for (const value of values) checkNumber(value, member);
  const counted = values.map((value, index) => pointOf(at, value, Counts?.[index] ?? 1));
  if (counted.some(({ count }) => !(count > 0) || !Number.isFinite(count)))
    throw invalidValue(`${member}.Counts must be numbers greater than 0.`);
  return mergePoints(at, counted);
}

function checkNumber(value: number, member: string): void {
  if (!Number.isFinite(value) || Math.abs(value) > LARGEST)
    throw invalidValue(`The value ${value} for parameter ${member}.Value is invalid.`);
}
