import type { Clock, Timer } from "./clock.ts";

/** How many times faster idle waiting passes locally, unless `--real-time` is given. */
export const LOCAL_ACCELERATION = 60;

/**
 * The machine's clock. With `acceleration` above 1, idle waiting is that many times shorter; deadlines are not.
 * Timers do not keep the process alive: sockets do.
 */
export class SystemClock implements Clock {
  readonly acceleration: number;

  constructor(acceleration = 1) {
    if (!(acceleration >= 1))
      throw new RangeError(`acceleration must be at least 1, not ${acceleration}`);
    this.acceleration = acceleration;
  }

  now(): number {
    return Date.now();
  }

  idle(ms: number, fn: () => void): Timer {
    return this.deadline(ms / this.acceleration, fn);
  }

  deadline(ms: number, fn: () => void): Timer {
    const timeout = setTimeout(fn, ms);
    timeout.unref();
    return { cancel: () => clearTimeout(timeout) };
  }
}
