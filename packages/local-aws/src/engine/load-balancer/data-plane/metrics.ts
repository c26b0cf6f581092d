import type { MetricDelta } from "../messages.ts";

/**
 * Counters since the last report, by ARN of load balancer or target group. Names are CloudWatch's; times are sums of
 * seconds. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export class Metrics {
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #steps = new Map<string, Map<string, Map<number, number>>>();

  add(arn: string, name: string, amount = 1): void {
    let counts = this.#counts.get(arn);
    if (!counts) this.#counts.set(arn, (counts = new Map()));
    counts.set(name, (counts.get(name) ?? 0) + amount);
  }

  /** Counts an answer in the load balancer's own name. @param arn of the load balancer */
  addOwnAnswer(arn: string, status: number): void {
    this.add(arn, balancerCodeMetric(status));
    if (OF_THEIR_OWN.has(status)) this.add(arn, `HTTPCode_ELB_${status}_Count`);
  }

  /** Counts a value above 0 of which percentiles are asked for: it is told by two hundredths of itself. */
  observe(arn: string, name: string, value: number): void {
    this.add(arn, name, value);
    let names = this.#steps.get(arn);
    if (!names) this.#steps.set(arn, (names = new Map()));
    let steps = names.get(name);
    if (!steps) names.set(name, (steps = new Map()));
    const step = Math.round(Math.log(Math.max(value, LEAST)) / STEP);
    steps.set(step, (steps.get(step) ?? 0) + 1);
  }

  /** Takes what was counted: the next report starts from nothing. */
  take(): MetricDelta[] {
    const deltas = [...this.#counts].map(([arn, counts]) => ({
      arn,
      counts: Object.fromEntries(counts),
      ...this.#valuesOf(arn),
    }));
    this.#counts.clear();
    this.#steps.clear();
    return deltas;
  }

  #valuesOf(arn: string): Pick<MetricDelta, "values"> {
    const names = this.#steps.get(arn);
    if (!names) return {};
    const values = [...names].map(([name, steps]) => {
      const counted = [...steps].map(([step, count]) => [Math.exp(step * STEP), count] as const);
      return [name, counted] as const;
    });
    return { values: Object.fromEntries(values) };
  }
}

const STEP = Math.log(1.02);
/** A microsecond, in seconds. */
const LEAST = 1e-6;

const CLASSES = ["", "1XX", "2XX", "3XX", "4XX", "5XX"];

/** `HTTPCode_Target_2XX_Count` and its kind. */
export const targetCodeMetric = (status: number) =>
  `HTTPCode_Target_${CLASSES[Math.trunc(status / 100)] ?? "5XX"}_Count`;
const balancerCodeMetric = (status: number) =>
  `HTTPCode_ELB_${CLASSES[Math.trunc(status / 100)] ?? "5XX"}_Count`;

/** These count by themselves as well. */
const OF_THEIR_OWN = new Set([500, 502, 503, 504]);
