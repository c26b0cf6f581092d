import type { Timer } from "./clock.ts";

/** The fastest that idle waiting may pass. */
export const MOST_ACCELERATION = 1000;

/** What an {@link IdleTime} is made on: a clock's instants, in milliseconds since the epoch, and its exact timers. */
export interface BaseClock {
  now(): number;
  deadline(ms: number, fn: () => void): Timer;
}

interface Waiting {
  /** Milliseconds of AWS's time that were left at `since`. */
  left: number;
  since: number;
  timer: Timer;
  readonly fn: () => void;
}

/** Idle time on a clock: passes a number of times faster than that clock, and that number may change while timers wait. */
export class IdleTime {
  readonly #base: BaseClock;
  readonly #waiting = new Set<Waiting>();
  readonly #watchers = new Set<() => void>();
  /** The paces so far, the oldest first; that one counts for all the time before it as well. */
  readonly #paces: { readonly since: number; readonly acceleration: number }[];

  /** @throws RangeError as {@link IdleTime.pace} does */
  constructor(base: BaseClock, acceleration: number) {
    requireAcceleration(acceleration);
    this.#base = base;
    this.#paces = [{ since: -Infinity, acceleration }];
  }

  get acceleration(): number {
    return this.#paces.at(-1)!.acceleration;
  }

  /** See {@link Clock.idle}. */
  wait(ms: number, fn: () => void): Timer {
    const waiting: Waiting = {
      left: ms,
      since: this.#base.now(),
      timer: this.#arm(ms, () => this.#fire(waiting)),
      fn,
    };
    this.#waiting.add(waiting);
    return {
      cancel: () => {
        this.#waiting.delete(waiting);
        waiting.timer.cancel();
      },
    };
  }

  /** See {@link Clock.idleSince}. */
  since(at: number): number {
    let passed = 0;
    let until = this.#base.now();
    for (const { since, acceleration } of this.#paces.toReversed()) {
      const from = Math.max(at, since);
      if (from < until) passed += (until - from) * acceleration;
      until = Math.min(until, from);
    }
    return passed;
  }

  /** See {@link Clock.pace}. */
  pace(acceleration: number): void {
    requireAcceleration(acceleration);
    const before = this.acceleration;
    if (acceleration === before) return;
    const now = this.#base.now();
    this.#paces.push({ since: now, acceleration });
    for (const waiting of this.#waiting) {
      waiting.timer.cancel();
      // The machine's clock may have been set back in the meantime: no timer waits longer for that.
      waiting.left -= Math.max(0, now - waiting.since) * before;
      waiting.since = now;
      waiting.timer = this.#arm(waiting.left, () => this.#fire(waiting));
    }
    for (const tell of this.#watchers) tell();
  }

  /** See {@link Clock.onPace}. */
  onPace(tell: () => void): () => void {
    this.#watchers.add(tell);
    return () => void this.#watchers.delete(tell);
  }

  #arm(ms: number, fn: () => void): Timer {
    return this.#base.deadline(Math.max(0, ms) / this.acceleration, fn);
  }

  #fire(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    waiting.fn();
  }
}

function requireAcceleration(acceleration: number): void {
  if (!(acceleration >= 1 && acceleration <= MOST_ACCELERATION))
    throw new RangeError(
      `acceleration must be from 1 to ${MOST_ACCELERATION}, not ${acceleration}`,
    );
}
