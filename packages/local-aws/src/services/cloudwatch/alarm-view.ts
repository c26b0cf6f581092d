import type {
  CompositeAlarm as CompositeView,
  MetricAlarm as MetricView,
} from "@aws-sdk/client-cloudwatch";
import type { Alarm, CompositeAlarm, MetricAlarm } from "./state.ts";

/** As `DescribeAlarms` shows an alarm on a metric. */
export function metricView(alarm: Readonly<MetricAlarm>): MetricView {
  const { metric } = alarm;
  return {
    ...commonView(alarm),
    ...(metric
      ? {
          MetricName: metric.name,
          Namespace: metric.namespace,
          Statistic: metric.statistic,
          ExtendedStatistic: metric.extendedStatistic,
          Dimensions: [...metric.dimensions],
          Period: metric.period,
          Unit: metric.unit,
        }
      : { Dimensions: [], Metrics: structuredClone(alarm.metrics) as MetricView["Metrics"] }),
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.treatMissingData,
    EvaluateLowSampleCountPercentile: alarm.lowSamples,
  };
}

/** As `DescribeAlarms` shows an alarm on alarms. */
export function compositeView(alarm: Readonly<CompositeAlarm>): CompositeView {
  const { suppressor, suppression } = alarm;
  return {
    ...commonView(alarm),
    AlarmRule: alarm.rule,
    ActionsSuppressor: suppressor?.alarm,
    ActionsSuppressorWaitPeriod: suppressor?.wait,
    ActionsSuppressorExtensionPeriod: suppressor?.extension,
    ActionsSuppressedBy: suppression?.by,
    ActionsSuppressedReason: suppression && `Actions suppressed by ${suppression.by}`,
  };
}

function commonView(alarm: Readonly<Alarm>) {
  const { actions, state } = alarm;
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: alarm.description,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredAt),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: [...actions.OK],
    AlarmActions: [...actions.ALARM],
    InsufficientDataActions: [...actions.INSUFFICIENT_DATA],
    StateValue: state.value,
    StateReason: state.reason,
    StateReasonData: state.reasonData,
    StateUpdatedTimestamp: new Date(state.updatedAt),
    StateTransitionedTimestamp: new Date(state.transitionedAt),
  };
}
