import type { MetricDelta } from "../messages.ts";

/**
 * Counters since the last report, by ARN of load balancer or target group. Names are CloudWatch's; times are sums of
 * seconds. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export class Metrics {
  readonly #counts = new Map<string, Map<string, number>>();

  add(arn: string, name: string, amount = 1): void {
    let counts = this.#counts.get(arn);
    if (!counts) this.#counts.set(arn, (counts = new Map()));
    counts.set(name, (counts.get(name) ?? 0) + amount);
  }

  /** Takes what was counted: the next report starts from nothing. */
  take(): MetricDelta[] {
    const deltas = [...this.#counts].map(([arn, counts]) => ({
      arn,
      counts: Object.fromEntries(counts),
    }));
    this.#counts.clear();
    return deltas;
  }
}

const CLASSES = ["", "1XX", "2XX", "3XX", "4XX", "5XX"];

/** `HTTPCode_Target_2XX_Count` and its kind. */
export const targetCodeMetric = (status: number) =>
  `HTTPCode_Target_${CLASSES[Math.trunc(status / 100)] ?? "5XX"}_Count`;
export const balancerCodeMetric = (status: number) =>
  `HTTPCode_ELB_${CLASSES[Math.trunc(status / 100)] ?? "5XX"}_Count`;
