import type { Place } from "../../store/collection.ts";
import type { Store } from "../../store/store.ts";
import { MetricPoints, type MetricName } from "./metric-points.ts";
import { mergePoints, type Point } from "./point.ts";

/** Values by the start of their periods, in milliseconds since the epoch, the oldest first. */
export type Values = ReadonlyMap<number, number>;

/** A metric's or an expression's values over a time. */
export interface Series {
  readonly label: string;
  /** In seconds. */
  readonly period: number;
  readonly values: Values;
}

/** A time in which periods are looked at; `to` is not in it. Milliseconds since the epoch. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/**
 * A metric's points, one a period that has any, with the start of the period as their moment.
 * @param range its start is moved back to that of a period
 * @param period in seconds
 */
export function periodPoints(
  store: Store,
  metric: MetricName,
  { from, to, unit }: TimeRange & { readonly unit?: string | undefined },
  period: number,
): Point[] {
  const periodMs = period * 1000;
  const start = Math.floor(from / periodMs) * periodMs;
  const periods = new Map<number, Point[]>();
  for (const point of store.owner(MetricPoints).read(metric, { from: start, to, unit })) {
    const at = Math.floor(point.at / periodMs) * periodMs;
    periods.set(at, [...(periods.get(at) ?? []), point]);
  }
  return [...periods].map(([at, points]) => mergePoints(at, points));
}

/** A metric of the place that a call is made in. */
export function metricIn(
  { account, region }: Place,
  namespace: string,
  name: string,
  dimensions: MetricName["dimensions"],
): MetricName {
  return { account, region, namespace, name, dimensions };
}
