import type { Change } from "./collection.ts";

/** What tells a value from all others. */
type Name = Pick<Change, "kind" | "account" | "region" | "id">;

const keyOf = ({ kind, account, region, id }: Name) => `${kind}\n${account}\n${region}\n${id}`;

/** Who waits for one value each: that costs nothing where another changes, however many wait. */
export class Waiters {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Returns how to stop. */
  add(name: Name, listener: () => void): () => void {
    const key = keyOf(name);
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting.add(listener));
    return () => {
      waiting.delete(listener);
      if (waiting.size === 0 && this.#waiting.get(key) === waiting) this.#waiting.delete(key);
    };
  }

  /** Those who wait for something that has changed, once for each value of theirs. */
  of(changes: readonly Change[]): (() => void)[] {
    if (this.#waiting.size === 0) return [];
    const keys = new Set(changes.map(keyOf));
    return [...keys].flatMap((key) => [...(this.#waiting.get(key) ?? [])]);
  }
}
