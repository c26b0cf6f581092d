import type { MetricDelta } from "./messages.ts";

/** Sums of what the data plane reports, by ARN, by CloudWatch's metric names. */
export class MetricTotals {
  readonly #totals = new Map<string, Record<string, number>>();

  add(deltas: readonly MetricDelta[]): void {
    for (const { arn, counts } of deltas) {
      const totals = this.#totals.get(arn) ?? {};
      for (const [name, amount] of Object.entries(counts))
        totals[name] = (totals[name] ?? 0) + amount;
      this.#totals.set(arn, totals);
    }
  }

  all(): ReadonlyMap<string, Readonly<Record<string, number>>> {
    return this.#totals;
  }
}
