import type { Logger } from "../ground/logger.ts";
import { isDiskFull } from "../ground/disk-full.ts";
import type { Clock, Timer } from "./clock.ts";

/** How soon a timer that found no room on the disk tries again, in milliseconds. */
const RETRY_MS = 1_000;

/**
 * A clock whose timers keep their faults to themselves: nobody catches what a timer throws, and the server would end of
 * it. One that finds the disk full tries again until there is room: a step of the engine is a transaction, of which
 * nothing has happened.
 */
export class GuardedClock implements Clock {
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  get acceleration(): number {
    return this.#clock.acceleration;
  }

  now(): number {
    return this.#clock.now();
  }

  idle(ms: number, fn: () => void): Timer {
    return this.#guarded((run) => this.#clock.idle(ms, run), fn);
  }

  deadline(ms: number, fn: () => void): Timer {
    return this.#guarded((run) => this.#clock.deadline(ms, run), fn);
  }

  idleSince(at: number): number {
    return this.#clock.idleSince(at);
  }

  pace(acceleration: number): void {
    this.#clock.pace(acceleration);
  }

  onPace(tell: () => void): () => void {
    return this.#clock.onPace(tell);
  }

  #guarded(start: (run: () => void) => Timer, fn: () => void): Timer {
    let isTold = false;
    const run = () => {
      try {
        fn();
      } catch (error) {
        if (!isTold) this.#logger.error("a timer of the engine failed", error);
        isTold = true;
        if (isDiskFull(error)) timer = this.#clock.deadline(RETRY_MS, run);
      }
    };
    let timer = start(run);
    return { cancel: () => timer.cancel() };
  }
}
