import type { MetricName, NewPoint } from "../../services/cloudwatch/metric-points.ts";
import { pointOf } from "../../services/cloudwatch/point.ts";
import type { Change, Place } from "../../store/collection.ts";

/** The time between two rounds, in milliseconds since the epoch. */
export interface Minute {
  readonly since: number;
  readonly now: number;
}

/** A part of the cloud that has metrics. */
export interface MetricSource {
  /** Whether there is anything to measure. */
  isBusy(): boolean;
  /** What there was in a minute. */
  take(minute: Minute): Promise<readonly NewPoint[]>;
  /** Whether a change may be that there is something to measure now. It is asked at each commit. */
  begins(change: Change): boolean;
  /** Calls `wake` when there is something to measure of which no commit tells; the answer ends that. */
  watch?(wake: () => void): () => void;
}

/** What a metric of AWS's own is called: its dimensions by name. */
export function metricName(
  { account, region }: Place,
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string>>,
): MetricName {
  const pairs = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { account, region, namespace, name, dimensions: pairs };
}

/**
 * A value of a minute. It stands in the middle of it, so that a round that is some milliseconds late counts it to the same
 * period.
 */
export function minuteValue(
  { since, now }: Minute,
  metric: MetricName,
  unit: string,
  value: number,
): NewPoint {
  return { metric, unit, ...pointOf(Math.floor((since + now) / 2), value) };
}
