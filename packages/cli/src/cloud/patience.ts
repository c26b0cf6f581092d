import { statSync } from "node:fs";
import { processorTime } from "@workbook/toolchain";

/** How long is waited for a server, in milliseconds. */
export interface PatienceLimits {
  /** Without a sign of it. */
  readonly silenceMs: number;
  /** Whatever it does: what computes for ever comes to nothing either. */
  readonly latestMs: number;
}

export const SERVER_PATIENCE: PatienceLimits = { silenceMs: 60_000, latestMs: 600_000 };

/** Waits for what a machine, however slow, still makes progress with. */
export class Patience {
  readonly #sign: () => string;
  readonly #limits: PatienceLimits;
  readonly #now: () => number;
  readonly #began: number;
  #since: number;
  #last: string | undefined;

  /** @param sign what changes while there is progress; not asked before somebody waits */
  constructor(sign: () => string, limits = SERVER_PATIENCE, now: () => number = Date.now) {
    this.#sign = sign;
    this.#limits = limits;
    this.#now = now;
    this.#began = now();
    this.#since = this.#began;
  }

  /** Whether there is nothing to wait for any more. */
  get isOver(): boolean {
    const now = this.#now();
    this.#last ??= this.#sign();
    if (now - this.#began > this.#limits.latestMs) return true;
    if (now - this.#since <= this.#limits.silenceMs) return false;
    const sign = this.#sign();
    const isSilent = sign === this.#last;
    this.#last = sign;
    this.#since = now;
    return isSilent;
  }
}

/** What a server that is starting shows of itself: it computes, or writes to its log. */
export function signOf(pid: number | undefined, logFile: string): string {
  const computed = pid === undefined ? undefined : processorTime(pid);
  const written = statSync(logFile, { throwIfNoEntry: false })?.size;
  return `${computed} ${written}`;
}
