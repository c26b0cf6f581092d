import type { Clock, Timer } from "../../clock/clock.ts";
import type { Change, Place } from "../../store/collection.ts";
import type { Kind } from "../../store/kind.ts";
import type { Store } from "../../store/store.ts";

/** The longest that a timer waits: a machine that slept, or whose time was set, is looked at again by then. */
const LONGEST_WAIT_MS = 60_000;

/**
 * What is to happen at instants of wall time, one each by name. What its time has passed of, however often, happens once:
 * whoever is told says when the next time is.
 */
export class Agenda {
  readonly #clock: Clock;
  readonly #timers = new Map<string, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `due` at `at` (milliseconds since the epoch), in place of what was to happen by that name before. */
  set(name: string, at: number, due: () => void): void {
    this.cancel(name);
    const wait = Math.min(Math.max(0, at - this.#clock.now()), LONGEST_WAIT_MS);
    const look = () => {
      if (this.#clock.now() < at) return this.set(name, at, due);
      this.#timers.delete(name);
      due();
    };
    this.#timers.set(name, this.#clock.deadline(wait, look));
  }

  cancel(name: string): void {
    this.#timers.get(name)?.cancel();
    this.#timers.delete(name);
  }

  /** Takes away all. */
  clear(): void {
    for (const name of this.#timers.keys()) this.cancel(name);
  }
}

/** Who puts records of a kind on an agenda. */
interface Follower {
  /** A record that was there before. */
  arm(place: Place, id: string): void;
  changed(change: Change): void;
}

/** Tells of all records of a kind that there are, and of each that changes; returns what ends that. */
export function followRecords<T extends object>(
  store: Store,
  kind: Kind<T>,
  follower: Follower,
): () => void {
  const unsubscribe = store.onCommit((changes) => {
    for (const change of changes) if (change.kind === kind.name) follower.changed(change);
  });
  for (const each of store.all(kind)) for (const id of each.ids()) follower.arm(each.place, id);
  return unsubscribe;
}
