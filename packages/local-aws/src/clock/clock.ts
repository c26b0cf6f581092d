/** A timer that has been set and can be called off. */
export interface Timer {
  cancel(): void;
}

/**
 * The one source of time. Nothing in Local AWS calls `Date.now` or `setTimeout` on its own.
 *
 * Timestamps are wall time. Waiting comes in two kinds: *idle* waiting (health-check intervals, draining,
 * back-off, cool-downs), which a learner gains nothing from and which a clock may shorten, and *deadlines* on real
 * work (time-outs, grace periods), which are never shortened, so that a slow machine fails no healthy application.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `fn` once, after `ms` milliseconds of AWS's time, or sooner where the clock is accelerated. */
  idle(ms: number, fn: () => void): Timer;
  /** Calls `fn` once, after `ms` milliseconds that are never shortened. */
  deadline(ms: number, fn: () => void): Timer;
  /** How many times faster idle waiting passes: 1 is AWS's own pace. */
  readonly acceleration: number;
  /** The idle time that has passed since `at` (milliseconds since the epoch), in milliseconds of AWS's time. */
  idleSince(at: number): number;
  /**
   * Changes how many times faster idle waiting passes. Timers that wait keep what has passed of them and go on at the new
   * pace; deadlines stay what they are.
   * @throws RangeError where it is not from 1 to 1000
   */
  pace(acceleration: number): void;
  /** Calls `tell` after each change of the pace; the answer ends that. */
  onPace(tell: () => void): () => void;
}

/** Waits `ms` milliseconds of idle time on `clock`. */
export function idleFor(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.idle(ms, resolve));
}
