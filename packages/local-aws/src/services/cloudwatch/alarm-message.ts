import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { regionTitle } from "../../ground/regions.ts";
import type { AlarmEvent } from "./alarm-states.ts";
import { stamp } from "./stamp.ts";
import type { CompositeAlarm, MetricAlarm } from "./state.ts";

/** SNS takes no longer subjects, and no other letters in them. */
const LONGEST_SUBJECT = 100;

/**
 * What an alarm tells its topics when its state changes: a subject such as `ALARM: "name" in Asia Pacific (Tokyo)`, and a
 * body of JSON. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html#alarm-sns-schema
 */
export function alarmMessage({
  place,
  alarm,
  from,
}: Pick<AlarmEvent, "place" | "alarm" | "from">): {
  readonly subject: string;
  readonly message: string;
} {
  const { state, actions } = alarm;
  const region = regionTitle(place.region);
  const body = {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: place.account,
    AlarmConfigurationUpdatedTimestamp: stamp(alarm.configuredAt),
    NewStateValue: state.value,
    NewStateReason: state.reason,
    StateChangeTime: stamp(state.updatedAt),
    Region: region,
    AlarmArn: alarm.arn,
    OldStateValue: from.value,
    OKActions: actions.OK,
    AlarmActions: actions.ALARM,
    InsufficientDataActions: actions.INSUFFICIENT_DATA,
    ...(alarm.type === "metric"
      ? { Trigger: trigger(alarm) }
      : { AlarmRule: alarm.rule, TriggeringChildren: childrenOf(alarm) }),
  };
  return {
    subject: subjectOf(`${state.value}: "${alarm.name}" in ${region}`),
    message: JSON.stringify(body),
  };
}

function subjectOf(text: string): string {
  const plain = text.replaceAll(/[^ -~]/g, "?");
  return plain.length > LONGEST_SUBJECT ? `${plain.slice(0, LONGEST_SUBJECT - 3)}...` : plain;
}

/** What an alarm on metrics looks at. Statistics are written in capitals, and dimensions with small letters. */
function trigger(alarm: Readonly<MetricAlarm>): object {
  const { metric, metrics } = alarm;
  const rule = {
    EvaluationPeriods: alarm.evaluationPeriods,
    ...(alarm.datapointsToAlarm !== undefined && { DatapointsToAlarm: alarm.datapointsToAlarm }),
    ComparisonOperator: alarm.comparison,
    Threshold: alarm.threshold,
    TreatMissingData: alarm.treatMissingData ?? "missing",
    EvaluateLowSampleCountPercentile: alarm.lowSamples ?? "",
  };
  if (!metric) return { ...rule, Metrics: metrics!.map(shownQuery) };
  return {
    MetricName: metric.name,
    Namespace: metric.namespace,
    ...(metric.statistic === undefined
      ? { StatisticType: "ExtendedStatistic", ExtendedStatistic: metric.extendedStatistic }
      : { StatisticType: "Statistic", Statistic: STATISTICS[metric.statistic] }),
    Unit: metric.unit ?? null,
    Dimensions: metric.dimensions.map(shownDimension),
    Period: metric.period,
    ...rule,
  };
}

const STATISTICS = {
  Average: "AVERAGE",
  Sum: "SUM",
  Minimum: "MINIMUM",
  Maximum: "MAXIMUM",
  SampleCount: "SAMPLE_COUNT",
} as const;

const shownDimension = ({
  Name,
  Value,
}: {
  readonly Name?: string | undefined;
  readonly Value?: string | undefined;
}) => ({ value: Value, name: Name });

function shownQuery({ MetricStat, ReturnData = true, ...query }: MetricDataQuery): object {
  if (!MetricStat) return { ...query, ReturnData };
  const { Metric = {}, ...stat } = MetricStat;
  const Dimensions = (Metric.Dimensions ?? []).map(shownDimension);
  return { ...query, MetricStat: { Metric: { ...Metric, Dimensions }, ...stat }, ReturnData };
}

/** The alarms that a composite one was moved by, which it has kept with its reason. Who set its state by hand may have kept anything. */
function childrenOf({ state }: Readonly<CompositeAlarm>): object[] {
  const kept = JSON.parse(state.reasonData ?? "null") as {
    triggeringAlarms?: ({ arn?: string; state?: { value?: string; timestamp?: string } } | null)[];
  } | null;
  if (!Array.isArray(kept?.triggeringAlarms)) return [];
  return kept.triggeringAlarms.map((child) => ({
    Arn: child?.arn,
    State: { Value: child?.state?.value, Timestamp: child?.state?.timestamp },
  }));
}
