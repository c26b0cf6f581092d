import type { Calendar } from "../../clock/calendar.ts";
import type { Timer } from "../../clock/clock.ts";
import type { Change, Place } from "../../store/collection.ts";
import type { Kind } from "../../store/kind.ts";
import type { Store } from "../../store/store.ts";

/**
 * What is to happen at instants of the calendar, one each by name. What its time has passed of, however often, happens once:
 * whoever is told says when the next time is.
 */
export class Agenda {
  readonly #calendar: Calendar;
  readonly #timers = new Map<string, Timer>();

  constructor(calendar: Calendar) {
    this.#calendar = calendar;
  }

  /** Calls `due` at `at` (milliseconds since the epoch), in place of what was to happen by that name before. */
  set(name: string, at: number, due: () => void): void {
    this.cancel(name);
    const timer = this.#calendar.at(at, () => {
      this.#timers.delete(name);
      due();
    });
    this.#timers.set(name, timer);
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
