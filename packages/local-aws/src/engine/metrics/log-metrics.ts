import type { Clock } from "../../clock/clock.ts";
import type { MetricName, NewPoint } from "../../services/cloudwatch/metric-points.ts";
import { LogEvents } from "../../services/logs/log-events.ts";
import { EVENT_OVERHEAD_BYTES } from "../../services/logs/log-volume.ts";
import type { NewLogEvent } from "../../services/logs/state.ts";
import type { Store } from "../../store/store.ts";
import { FilterMetrics } from "./filter-metrics.ts";
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
