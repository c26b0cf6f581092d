import type { Timer } from "../../src/clock/clock.ts";
import { SystemClock } from "../../src/clock/system-clock.ts";

/** Below this, deadlines are on what really happens. */
const LONG_MS = 60_000;

interface Waiting {
  leftMs: number;
  readonly fn: () => void;
}

/** The machine's clock, on which a test decides when deadlines of minutes are over. */
export class SkippingClock extends SystemClock {
  readonly #waiting = new Set<Waiting>();

  override deadline(ms: number, fn: () => void): Timer {
    if (ms < LONG_MS) return super.deadline(ms, fn);
    const waiting: Waiting = { leftMs: ms, fn };
    this.#waiting.add(waiting);
    return { cancel: () => void this.#waiting.delete(waiting) };
  }

  /** Lets so many minutes of every long deadline be over. */
  skip(minutes: number): void {
    for (const waiting of this.#waiting) waiting.leftMs -= minutes * 60_000;
    const over = this.#waiting
      .values()
      .filter(({ leftMs }) => leftMs <= 0)
      .toArray();
    for (const waiting of over) if (this.#waiting.delete(waiting)) waiting.fn();
  }
}
