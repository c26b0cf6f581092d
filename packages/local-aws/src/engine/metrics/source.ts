import type { NewPoint } from "../../services/cloudwatch/metric-points.ts";

/** A part of the cloud that has metrics. */
export interface MetricSource {
  /** Whether there is anything to measure. */
  isBusy(): boolean;
  /** What was there between two moments, in milliseconds since the epoch. */
  take(minute: { readonly since: number; readonly now: number }): Promise<readonly NewPoint[]>;
}
