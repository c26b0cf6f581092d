import type { Clock, Timer } from "./clock.ts";
import { IdleTime } from "./idle-time.ts";

/** How many times faster idle waiting passes locally, unless `--real-time` is given. */
export const LOCAL_ACCELERATION = 60;

/**
 * The machine's clock. With `acceleration` above 1, idle waiting is that many times shorter; deadlines are not.
 * Timers do not keep the process alive: sockets do.
 */
export class SystemClock implements Clock {
  readonly #idle: IdleTime;

  constructor(acceleration = 1) {
    this.#idle = new IdleTime(this, acceleration);
  }

  get acceleration(): number {
    return this.#idle.acceleration;
  }

  now(): number {
    return Date.now();
  }

  idle(ms: number, fn: () => void): Timer {
    return this.#idle.wait(ms, fn);
  }

  deadline(ms: number, fn: () => void): Timer {
    const timeout = setTimeout(fn, ms);
    timeout.unref();
    return { cancel: () => clearTimeout(timeout) };
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
}
