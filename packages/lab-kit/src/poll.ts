import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";

/** The time that polling goes by. */
export interface PollClock {
  /** Milliseconds since some moment; never goes back. */
  now(): number;
  /** Resolves after that many milliseconds. */
  wait(milliseconds: number): Promise<void>;
}

const SYSTEM_CLOCK: PollClock = {
  now: () => performance.now(),
  wait: async (milliseconds) => {
    await setTimeout(milliseconds);
  },
};

/** How long and how often to look. */
export interface PollOptions {
  /** Milliseconds after which the last look counts. */
  readonly deadlineMs: number;
  /** Milliseconds between the first two looks; later ones are up to ten times as far apart. 100 unless told. */
  readonly intervalMs?: number;
  readonly clock?: PollClock;
}

/** The last look, and whether it was what was waited for. */
export interface PollOutcome<T> {
  readonly met: boolean;
  readonly last: T;
}

const GROWTH = 1.3;
const LARGEST_FACTOR = 10;

/**
 * Looks again and again until a condition holds or the deadline has passed; it looks at least once.
 *
 * @param observe takes a look; what it throws ends the polling and is thrown on
 * @param until whether that look is what is waited for
 */
export async function pollUntil<T>(
  observe: () => Promise<T>,
  until: (look: T) => boolean,
  options: PollOptions,
): Promise<PollOutcome<T>> {
  const { deadlineMs, intervalMs = 100, clock = SYSTEM_CLOCK } = options;
  const deadline = clock.now() + deadlineMs;
  let interval = intervalMs;
  for (;;) {
    const last = await observe();
    if (until(last)) return { met: true, last };
    const left = deadline - clock.now();
    if (left <= 0) return { met: false, last };
    await clock.wait(Math.min(interval, left));
    interval = Math.min(interval * GROWTH, intervalMs * LARGEST_FACTOR);
  }
}
