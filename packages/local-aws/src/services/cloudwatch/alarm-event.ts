import { createHash } from "node:crypto";
import type { Place } from "../../store/collection.ts";
import type { AlarmEvent } from "./alarm-states.ts";
import { stamp } from "./stamp.ts";
import type { Alarm, AlarmState, CompositeAlarm, MetricAlarm } from "./state.ts";

/**
 * The detail of the event that EventBridge is given of an alarm's change of state.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export function stateChange({ alarm, from }: Pick<AlarmEvent, "alarm" | "from">): object {
  return {
    alarmName: alarm.name,
    configuration: {
      ...(alarm.type === "metric" ? { metrics: eventMetrics(alarm) } : eventRule(alarm)),
      ...(alarm.description !== undefined && { description: alarm.description }),
    },
    previousState: eventState(from),
    state: { ...eventState(alarm.state), ...(alarm.type === "composite" && suppressed(alarm)) },
  };
}

/** What has become of an alarm's configuration. */
export interface AlarmConfigured {
  readonly place: Place;
  readonly operation: "create" | "update" | "delete";
  /** As it is, or was before it was deleted. */
  readonly alarm: Readonly<Alarm>;
  /** What an update has changed. */
  readonly before: Readonly<Alarm> | undefined;
}

/** The detail of the event that EventBridge is given of an alarm that was made, changed or deleted. */
export function configurationChange({ operation, alarm, before }: AlarmConfigured): object {
  const { value, updatedAt } = alarm.state;
  return {
    alarmName: alarm.name,
    operation,
    state: { value, timestamp: stamp(updatedAt) },
    configuration: eventConfiguration(alarm),
    ...(before && { previousConfiguration: eventConfiguration(before) }),
  };
}

function eventConfiguration(alarm: Readonly<Alarm>): object {
  const { name, description, actionsEnabled, actions, configuredAt } = alarm;
  return {
    ...(alarm.type === "metric" ? eventThreshold(alarm) : eventRule(alarm)),
    alarmName: name,
    ...(description !== undefined && { description }),
    actionsEnabled,
    timestamp: stamp(configuredAt),
    okActions: actions.OK,
    alarmActions: actions.ALARM,
    insufficientDataActions: actions.INSUFFICIENT_DATA,
  };
}

const eventThreshold = (alarm: Readonly<MetricAlarm>) => ({
  evaluationPeriods: alarm.evaluationPeriods,
  datapointsToAlarm: alarm.datapointsToAlarm,
  threshold: alarm.threshold,
  comparisonOperator: alarm.comparison,
  treatMissingData: alarm.treatMissingData ?? "missing",
  evaluateLowSampleCountPercentile: alarm.lowSamples,
  metrics: eventMetrics(alarm),
});

const eventRule = ({ rule, suppressor }: Readonly<CompositeAlarm>) => ({
  alarmRule: rule,
  ...(suppressor && {
    actionsSuppressor: suppressor.alarm,
    actionsSuppressorWaitPeriod: suppressor.wait,
    actionsSuppressorExtensionPeriod: suppressor.extension,
  }),
});

const suppressed = ({ suppression }: Readonly<CompositeAlarm>) =>
  suppression && {
    actionsSuppressedBy: suppression.by,
    actionsSuppressedReason: `Actions suppressed by ${suppression.by}`,
  };

const eventState = ({ value, reason, reasonData, updatedAt }: AlarmState) => ({
  reason,
  ...(reasonData !== undefined && { reasonData }),
  timestamp: stamp(updatedAt),
  value,
});

function eventMetrics({ arn, metric, metrics }: Readonly<MetricAlarm>): object[] {
  if (metric) {
    const { namespace, name, dimensions, period, unit } = metric;
    const stat = metric.statistic ?? metric.extendedStatistic;
    const shown = { dimensions: dimensionMap(dimensions), name, namespace };
    return [{ id: idOf(arn), metricStat: { metric: shown, period, stat, unit }, returnData: true }];
  }
  return metrics!.map(({ Id, Label, Expression, MetricStat, ReturnData = true }) => {
    const { Metric, Period, Stat, Unit } = MetricStat ?? {};
    const shown = Metric && {
      dimensions: dimensionMap(Metric.Dimensions ?? []),
      name: Metric.MetricName,
      namespace: Metric.Namespace,
    };
    const metricStat = shown && { metric: shown, period: Period, stat: Stat, unit: Unit };
    return { id: Id, label: Label, expression: Expression, metricStat, returnData: ReturnData };
  });
}

const dimensionMap = (
  dimensions: readonly {
    readonly Name?: string | undefined;
    readonly Value?: string | undefined;
  }[],
) => Object.fromEntries(dimensions.map(({ Name = "", Value }) => [Name, Value]));

/** The metric of an alarm on one has an id that nobody gave it; the same in all of its events. */
function idOf(arn: string): string {
  const hex = createHash("sha256").update(arn).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join("-");
}
