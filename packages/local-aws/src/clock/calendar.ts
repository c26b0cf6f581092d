import type { Clock, Timer } from "./clock.ts";

/** The longest that a timer waits: a machine that slept, or whose time was set, is looked at again by then. */
const LONGEST_WAIT_MS = 60_000;
/** So much may become due at once when the calendar is put forward: each may be a task that starts. */
export const MOST_AT_ONCE = 50;

interface Entry {
  readonly at: number;
  readonly due: () => void;
  timer: Timer | undefined;
}

/** What putting a calendar forward came to. */
export interface Forwarded {
  /** The calendar's time then, in milliseconds since the epoch. */
  readonly now: number;
  /** How often something became due. */
  readonly due: number;
}

/**
 * The time by which schedules go: the clock's, until somebody puts it forward who does not want to wait for the night. What lies in
 * between becomes due on the way, in its order. Nothing else goes by it: what happens has the clock's time, and so have signatures,
 * sessions and whatever waits.
 */
export class Calendar {
  readonly #clock: Clock;
  readonly #entries = new Set<Entry>();
  readonly #watchers = new Set<() => void>();
  #ahead = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#clock.now() + this.#ahead;
  }

  /** By how much it is ahead of the clock, in milliseconds. */
  get ahead(): number {
    return this.#ahead;
  }

  /** Calls `due` once, when it is `at` (milliseconds since the epoch) or later. */
  at(at: number, due: () => void): Timer {
    const entry: Entry = { at, due, timer: undefined };
    this.#entries.add(entry);
    this.#wait(entry);
    return { cancel: () => this.#drop(entry) };
  }

  /** The next instant at which something is due; undefined where nothing is. */
  next(): number | undefined {
    return this.#first(Infinity)?.at;
  }

  /**
   * Puts it forward to an instant, milliseconds since the epoch. It stops on the way where more becomes due than a machine may have to do
   * at once.
   */
  forward(until: number): Forwarded {
    let due = 0;
    for (; due < MOST_AT_ONCE; due += 1) {
      const entry = this.#first(until);
      if (entry === undefined) break;
      this.#set(entry.at);
      this.#drop(entry);
      entry.due();
    }
    if (due < MOST_AT_ONCE) this.#set(until);
    for (const entry of this.#entries) this.#wait(entry);
    for (const tell of this.#watchers) tell();
    return { now: this.now(), due };
  }

  /** Calls `tell` whenever it has been put forward; the answer ends that. */
  onForward(tell: () => void): () => void {
    this.#watchers.add(tell);
    return () => void this.#watchers.delete(tell);
  }

  /** It never goes back: what was due would be due again. */
  #set(now: number): void {
    this.#ahead = Math.max(this.#ahead, now - this.#clock.now());
  }

  #first(until: number): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.#entries)
      if (entry.at <= until && entry.at < (first?.at ?? Infinity)) first = entry;
    return first;
  }

  #wait(entry: Entry): void {
    entry.timer?.cancel();
    const wait = Math.min(Math.max(0, entry.at - this.now()), LONGEST_WAIT_MS);
    entry.timer = this.#clock.deadline(wait, () => {
      if (this.now() < entry.at) return this.#wait(entry);
      this.#drop(entry);
      entry.due();
    });
  }

  #drop(entry: Entry): void {
    entry.timer?.cancel();
    this.#entries.delete(entry);
  }
}
