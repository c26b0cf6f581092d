import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock, Timer } from "./clock.ts";
import { IdleTime } from "./idle-time.ts";

interface Pending {
  at: number;
  order: number;
  fn: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  readonly #idle = new IdleTime(this, 1);
  #now: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  /** @param start milliseconds since the epoch at which the clock stands; the machine's time by default */
  constructor(start = Date.now()) {
    this.#now = start;
  }

  get acceleration(): number {
    return this.#idle.acceleration;
  }

  now(): number {
    return this.#now;
  }

  idle(ms: number, fn: () => void): Timer {
    return this.#idle.wait(ms, fn);
  }

  deadline(ms: number, fn: () => void): Timer {
    const pending: Pending = { at: this.#now + Math.max(0, ms), order: this.#order++, fn };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  idleSince(at: number): number {
    return this.#idle.since(at);
  }

  pace(acceleration: number): void {
    this.#idle.pace(acceleration);
  }

  onPace(tell: () => void): () => void {
    return this.#idle.onPace(tell);
  }

  /** Moves time forward by `ms`, firing each timer at its own instant and letting what it started settle. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await nextTurn();
    for (let next = this.#next(until); next; next = this.#next(until)) {
      this.#pending.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.fn();
      await nextTurn();
    }
    this.#now = until;
    await nextTurn();
  }

  #next(until: number): Pending | undefined {
    let first: Pending | undefined;
    for (const pending of this.#pending) {
      if (pending.at > until) continue;
      if (
        !first ||
        pending.at < first.at ||
        (pending.at === first.at && pending.order < first.order)
      )
        first = pending;
    }
    return first;
  }
}
