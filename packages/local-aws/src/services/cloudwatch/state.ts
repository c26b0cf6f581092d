import type {
  ComparisonOperator,
  Dimension,
  HistoryItemType,
  MetricDataQuery,
  StandardUnit,
  StateValue,
  Statistic,
} from "@aws-sdk/client-cloudwatch";
import { defineKind } from "../../store/kind.ts";
import { written, without } from "../kit/written.ts";
import type { Kept } from "../service.ts";

/** What alarms of every kind have. */
interface AlarmBase {
  name: string;
  arn: string;
  description?: string | undefined;
  configuredAt: number;
  actionsEnabled: boolean;
  /** ARNs, by the state that leads to them. */
  actions: Readonly<Record<StateValue, readonly string[]>>;
  state: AlarmState;
  tags: readonly { Key: string; Value: string }[];
  /** The last time actions were invoked; `count` grows with each time. */
  invoked?: Invocation;
  /** Of a composite alarm whose actions are kept back now: by what, since when, and what it was before the first of them. */
  suppression?: Suppression | undefined;
}

export interface Suppression {
  by: "WaitPeriod" | "ExtensionPeriod" | "Alarm";
  since: number;
  from: AlarmState;
}

export interface AlarmState {
  value: StateValue;
  reason: string;
  /** JSON. */
  reasonData?: string | undefined;
  updatedAt: number;
  transitionedAt: number;
}

export interface Invocation {
  at: number;
  count: number;
  /** ARNs; those that go on being invoked while the state lasts are here alone where it did not change. */
  actions: readonly string[];
  /** The state before; the same as the state where it lasts. */
  from: StateValue;
  /** Why it was before. */
  fromReason: AlarmState;
}

/** An alarm on one metric or on an expression; keyed by name, as composite ones are. */
export interface MetricAlarm extends AlarmBase {
  type: "metric";
  metric?: MetricRule | undefined;
  /** Metrics and expressions, of which one is the alarm's value. */
  metrics?: readonly MetricDataQuery[] | undefined;
  evaluationPeriods: number;
  datapointsToAlarm?: number | undefined;
  threshold?: number | undefined;
  comparison: ComparisonOperator;
  /** Left out by whoever made the alarm: `missing`. */
  treatMissingData?: string | undefined;
  lowSamples?: string | undefined;
}

export interface MetricRule {
  namespace: string;
  name: string;
  dimensions: readonly Dimension[];
  statistic?: Statistic | undefined;
  extendedStatistic?: string | undefined;
  /** Seconds. */
  period: number;
  unit?: StandardUnit | undefined;
}

/** An alarm on other alarms. */
export interface CompositeAlarm extends AlarmBase {
  type: "composite";
  rule: string;
  /** What keeps its actions back while it is raised: by name or ARN, with its periods in seconds. */
  suppressor?: { alarm: string; wait: number; extension: number } | undefined;
}

export type Alarm = MetricAlarm | CompositeAlarm;

export interface HistoryItem {
  at: number;
  type: HistoryItemType;
  summary: string;
  /** JSON. */
  data: string;
}

/** What has happened to an alarm; keyed by its name, and there for as long as AWS keeps it after the alarm is gone. */
export interface AlarmHistory {
  name: string;
  type: "MetricAlarm" | "CompositeAlarm";
  items: readonly HistoryItem[];
}

/** Keyed by name; the same in every region. */
export interface Dashboard {
  name: string;
  arn: string;
  /** JSON, as it was put. */
  body: string;
  modifiedAt: number;
  tags: readonly { Key: string; Value: string }[];
}

export const dashboards = defineKind<Dashboard>("cloudwatch.dashboard", { scope: "account" });
export const alarms = defineKind<Alarm>("cloudwatch.alarm");
export const alarmHistories = defineKind<AlarmHistory>("cloudwatch.alarm-history");

export const kept: Kept = {
  shown: [alarms],
  written: [
    written(alarms, (alarm) => without(alarm, "state", "invoked", "suppression")),
    written(alarmHistories),
  ],
};
