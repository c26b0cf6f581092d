/** What pulling needs of time, in milliseconds. */
export interface PullClock {
  now(): number;
  /** Calls `fn` once, after so much real time. */
  deadline(ms: number, fn: () => void): { cancel(): void };
  /** Calls `fn` once, after so much time of waiting, which may be shortened. */
  idle(ms: number, fn: () => void): { cancel(): void };
}

/** Time as it is. */
export const realClock: PullClock = {
  now: () => Date.now(),
  deadline: later,
  idle: later,
};

function later(ms: number, fn: () => void): { cancel(): void } {
  const timer = setTimeout(fn, ms);
  return { cancel: () => clearTimeout(timer) };
}
