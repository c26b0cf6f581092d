import type { Clock, Timer } from "../../clock/clock.ts";
import {
  codeMismatch,
  FAILED,
  HEALTHY,
  TIMED_OUT,
  type HealthWords,
} from "../../services/elbv2/health-words.ts";
import { parseMatcher } from "../../services/elbv2/health-check.ts";
import type { TargetGroup, TargetHealth } from "../../services/elbv2/state.ts";
import type { PendingProbe, ProbeOutcome, ProbeRequest } from "./messages.ts";

/** What one target's checker is given. All is read anew for each check: settings and routes change. */
export interface CheckedTarget {
  settings(): Readonly<TargetGroup["healthCheck"]>;
  request(): ProbeRequest;
  probe(request: ProbeRequest, done: (outcome: ProbeOutcome) => void): PendingProbe;
  /** The state that the target has now. */
  state(): TargetHealth["state"];
  /** The checks have found out something new. */
  changed(words: HealthWords): void;
}

/**
 * Checks the health of one target, again and again: one success makes a new target healthy; after that, as many in a row
 * as the thresholds say.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export class HealthChecker {
  readonly #clock: Clock;
  readonly #target: CheckedTarget;
  #timer: Timer | undefined;
  #stopped = false;
  #successes = 0;
  #failures = 0;

  constructor(clock: Clock, target: CheckedTarget) {
    this.#clock = clock;
    this.#target = target;
    this.#check();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #check(): void {
    const { timeoutSeconds, intervalSeconds } = this.#target.settings();
    const pending = this.#target.probe(this.#target.request(), (outcome) => {
      this.#timer?.cancel();
      if (this.#stopped) return;
      this.#learn(outcome);
      this.#timer = this.#clock.idle(intervalSeconds * 1000, () => this.#check());
    });
    this.#timer = this.#clock.deadline(timeoutSeconds * 1000, () => pending.expire());
  }

  #learn(outcome: ProbeOutcome): void {
    if (outcome.type === "lost") return;
    const words = this.#wordsOf(outcome);
    if (words === HEALTHY) this.#succeed();
    else this.#fail(words);
  }

  #wordsOf(outcome: Exclude<ProbeOutcome, { type: "lost" }>): HealthWords {
    if (outcome.type === "timeout") return TIMED_OUT;
    if (outcome.type === "failed") return FAILED;
    const { status } = outcome;
    const expected = parseMatcher(this.#target.settings().matcher);
    return expected.some(({ low, high }) => status >= low && status <= high)
      ? HEALTHY
      : codeMismatch(status);
  }

  #succeed(): void {
    this.#failures = 0;
    this.#successes++;
    const state = this.#target.state();
    if (state === "healthy") return;
    const needed = state === "initial" ? 1 : this.#target.settings().healthyThreshold;
    if (this.#successes >= needed) this.#target.changed(HEALTHY);
  }

  #fail(words: HealthWords): void {
    this.#successes = 0;
    this.#failures++;
    const unhealthy = this.#target.state() === "unhealthy";
    if (unhealthy || this.#failures >= this.#target.settings().unhealthyThreshold)
      this.#target.changed(words);
  }
}
