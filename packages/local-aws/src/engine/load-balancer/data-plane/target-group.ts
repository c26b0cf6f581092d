import type { Clock } from "../../../clock/clock.ts";
import type { TargetGroupConfiguration } from "../configuration.ts";
import { Target } from "./target.ts";

/** The targets of one group and who is next. Outlives configurations: connections and turns go on. */
export class TargetGroup {
  configuration: TargetGroupConfiguration;
  readonly #clock: Clock;
  readonly #fault: (error: unknown) => void;
  readonly #targets = new Map<string, Target>();
  #eligible: readonly Target[] = [];
  #turn = 0;

  constructor(
    configuration: TargetGroupConfiguration,
    clock: Clock,
    fault: (error: unknown) => void,
  ) {
    this.configuration = configuration;
    this.#clock = clock;
    this.#fault = fault;
  }

  /** Takes a new configuration: targets that are gone are cut off, draining ones are given nothing new. */
  configure(configuration: TargetGroupConfiguration): void {
    this.configuration = configuration;
    const wanted = new Map(configuration.targets.map((target) => [target.key, target]));
    for (const [key, target] of this.#targets) {
      if (wanted.has(key)) continue;
      target.close();
      this.#targets.delete(key);
    }
    for (const [key, next] of wanted) {
      const existing = this.#targets.get(key);
      if (existing && sameRoute(existing, next)) {
        existing.configuration = next;
        if (next.state === "draining") existing.closeIdle();
        continue;
      }
      // Requests under way on the old route end with it, as its process has.
      existing?.closeIdle();
      const { tls } = configuration;
      this.#targets.set(key, new Target(next, { tls, fault: this.#fault }));
    }
    this.#eligible = this.#chooseEligible();
  }

  /** The target with this key, where it can be given requests. */
  eligible(key: string): Target | undefined {
    return this.#eligible.find((target) => target.key === key);
  }

  /** Calls `idle` once no request to a target is under way. */
  whenIdle(key: string, idle: () => void): void {
    const target = this.#targets.get(key);
    if (target) target.whenIdle(idle);
    else idle();
  }

  /** Every registered target that does not drain, for cookies. */
  get targets(): readonly Target[] {
    return this.#eligible;
  }

  /** True where nothing is registered that could be given requests. */
  get empty(): boolean {
    return this.#eligible.length === 0;
  }

  /** Whose turn it is, leaving out those in `tried`; undefined where none is left. */
  next(tried: readonly Target[] = []): Target | undefined {
    const candidates =
      tried.length === 0
        ? this.#eligible
        : this.#eligible.filter((target) => !tried.includes(target));
    if (candidates.length <= 1) return candidates[0];
    switch (this.configuration.algorithm) {
      case "least_outstanding_requests":
        return this.#leastBusy(candidates);
      case "weighted_random":
        return candidates[Math.floor(Math.random() * candidates.length)];
      case "round_robin":
        return this.#inTurn(candidates);
    }
  }

  close(): void {
    for (const target of this.#targets.values()) target.close();
    this.#targets.clear();
    this.#eligible = [];
  }

  /**
   * Healthy targets; where there are fewer than the threshold, all registered ones (fail open).
   * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
   */
  #chooseEligible(): readonly Target[] {
    const registered = [...this.#targets.values()].filter(
      ({ configuration: { state } }) => state === "healthy" || state === "unhealthy",
    );
    const healthy = registered.filter(({ configuration }) => configuration.state === "healthy");
    return healthy.length >= this.configuration.minimumHealthy ? healthy : registered;
  }

  #leastBusy(candidates: readonly Target[]): Target {
    let best = this.#inTurn(candidates);
    for (const target of candidates) if (target.outstanding < best.outstanding) best = target;
    return best;
  }

  #inTurn(candidates: readonly Target[]): Target {
    const { slowStartMs } = this.configuration;
    for (let passed = 0; ; passed++) {
      const target = candidates[this.#turn++ % candidates.length]!;
      // One that has just become healthy is passed over, less and less often.
      if (slowStartMs === 0 || passed >= candidates.length) return target;
      if (Math.random() < this.#share(target, slowStartMs)) return target;
    }
  }

  /** How much of its share a target is given: grows from nothing to all of it, linearly. */
  #share(target: Target, slowStartMs: number): number {
    const age = this.#clock.idleSince(target.configuration.healthySince);
    return Math.min(1, Math.max(0.05, age / slowStartMs));
  }
}

function sameRoute(target: Target, next: Target["configuration"]): boolean {
  return JSON.stringify(target.configuration.route) === JSON.stringify(next.route);
}
