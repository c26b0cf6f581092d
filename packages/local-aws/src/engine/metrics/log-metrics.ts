import type { Clock } from "../../clock/clock.ts";
import type { MetricName, NewPoint } from "../../services/cloudwatch/metric-points.ts";
import { mergePoints, pointOf, type Point } from "../../services/cloudwatch/point.ts";
import { grainAt } from "../../services/cloudwatch/put-data.ts";
import { fieldValue } from "../../services/logs/filter-pattern/extract-fields.ts";
import {
  parseFilterPattern,
  type MessageTest,
} from "../../services/logs/filter-pattern/filter-pattern.ts";
import { LogEvents } from "../../services/logs/log-events.ts";
import { EVENT_OVERHEAD_BYTES } from "../../services/logs/log-volume.ts";
import { filtersOf } from "../../services/logs/metric-filters.ts";
import type { MetricFilter, NewLogEvent } from "../../services/logs/state.ts";
import type { Store } from "../../store/store.ts";
import { metricName, minuteValue, type MetricSource, type Minute } from "./source.ts";

interface Incoming {
  readonly metric: (name: string) => MetricName;
  bytes: number;
  events: number;
}

/**
 * What was written to log groups, and what their metric filters make of it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
 */
export class LogMetrics implements MetricSource {
  readonly #store: Store;
  readonly #filters: FilterMetrics;
  #incoming = new Map<string, Incoming>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#filters = new FilterMetrics(store, clock);
  }

  isBusy(): boolean {
    return this.#incoming.size > 0;
  }

  begins(): boolean {
    return false;
  }

  watch(wake: () => void): () => void {
    return this.#store.owner(LogEvents).watch((events) => {
      for (const event of events) {
        this.#count(event);
        this.#filters.add(event);
      }
      wake();
    });
  }

  #count({ account, region, group, message }: NewLogEvent): void {
    // Of the group, and of all groups together.
    for (const dimensions of [{ LogGroupName: group }, {}] as Record<string, string>[]) {
      const key = JSON.stringify([account, region, dimensions]);
      const metric = (name: string) =>
        metricName({ account, region }, "AWS/Logs", name, dimensions);
      const incoming = this.#incoming.get(key) ?? { metric, bytes: 0, events: 0 };
      incoming.bytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
      incoming.events++;
      this.#incoming.set(key, incoming);
    }
  }

  async take(minute: Minute): Promise<NewPoint[]> {
    const incoming = [...this.#incoming.values()];
    this.#incoming = new Map();
    const counts = incoming.flatMap(({ metric, bytes, events }) => [
      minuteValue(minute, metric("IncomingBytes"), "Bytes", bytes),
      minuteValue(minute, metric("IncomingLogEvents"), "Count", events),
    ]);
    return [...counts, ...this.#filters.take()];
  }
}

/** So many points of one moment are merged, and so many patterns kept. */
const MANY = 1000;

/** A group whose events came in a minute, and for which of its filters one matched. */
interface Seen {
  readonly event: NewLogEvent;
  readonly matched: Set<string>;
}

/**
 * Makes points of log events, by the metric filters of their group.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
 */
class FilterMetrics {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #tests = new Map<string, MessageTest>();
  /** By metric and moment; merged when they are taken, or when they are many. */
  #points = new Map<string, { readonly first: NewPoint; points: Point[] }>();
  #seen = new Map<string, Seen>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  add(event: NewLogEvent): void {
    const filters = filtersOf(this.#store.scope(event.account, event.region), event.group);
    if (filters.length === 0) return;
    const key = JSON.stringify([event.account, event.region, event.group]);
    const seen = this.#seen.get(key) ?? { event, matched: new Set<string>() };
    this.#seen.set(key, seen);
    for (const filter of filters) {
      if (!this.#test(filter.pattern)(event.message)) continue;
      seen.matched.add(filter.name);
      const point = toPoint(filter, event);
      if (point) this.#add(point);
    }
  }

  /** What has come since the last time; of filters that nothing matched, what they count then. */
  take(): NewPoint[] {
    for (const { event, matched } of this.#seen.values())
      for (const { name, transformation: its } of filtersOf(
        this.#store.scope(event.account, event.region),
        event.group,
      )) {
        if (matched.has(name) || its.defaultValue === undefined) continue;
        const metric = metricName(event, its.namespace, its.name, {});
        const unit = its.unit ?? "None";
        this.#add({ metric, unit, ...pointOf(event.timestamp, its.defaultValue) });
      }
    const taken = [...this.#points.values()];
    this.#points = new Map();
    this.#seen = new Map();
    return taken.map(({ first, points }) => ({ ...first, ...mergePoints(first.at, points) }));
  }

  #add(point: NewPoint): void {
    const at = grainAt(this.#clock, point.at);
    const key = JSON.stringify([point.metric, point.unit, at]);
    const kept = this.#points.get(key) ?? { first: { ...point, at }, points: [] };
    this.#points.set(key, kept);
    kept.points.push(point);
    if (kept.points.length >= MANY) kept.points = [mergePoints(at, kept.points)];
  }

  #test(pattern: string): MessageTest {
    if (this.#tests.size > MANY) this.#tests.clear();
    let test = this.#tests.get(pattern);
    if (!test) this.#tests.set(pattern, (test = parseFilterPattern(pattern)));
    return test;
  }
}

/** Undefined where the event has no number where the filter looks for one, or lacks a dimension. */
function toPoint(
  { pattern, transformation: its }: Readonly<MetricFilter>,
  event: NewLogEvent,
): NewPoint | undefined {
  const { message, timestamp } = event;
  const text = its.value.startsWith("$") ? fieldValue(pattern, message, its.value) : its.value;
  const value = Number(text);
  if (text === undefined || text.trim() === "" || !Number.isFinite(value)) return undefined;
  const dimensions = Object.entries(its.dimensions ?? {}).map(
    ([name, field]) => [name, fieldValue(pattern, message, field)] as const,
  );
  if (dimensions.some(([, found]) => found === undefined || found === "")) return undefined;
  const named = Object.fromEntries(dimensions) as Record<string, string>;
  const metric = metricName(event, its.namespace, its.name, named);
  return { metric, unit: its.unit ?? "None", ...pointOf(timestamp, value) };
}
