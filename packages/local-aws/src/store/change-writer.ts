import type { Change } from "./collection.ts";
import type { Database } from "./database.ts";
import { isDiskFull } from "../ground/disk-full.ts";

/** What is to be told when a transaction is on disk, or has happened all the same. */
type Told = (() => void)[];

/** Writes changes, each after those before it: also those that waited for room. */
export class ChangeWriter {
  readonly #database: Database;
  readonly #listeners = new Set<(cause: unknown) => void>();
  #unwritten = new UnwrittenChanges();

  constructor(database: Database) {
    this.#database = database;
  }

  /** How many resources have changes that are recorded and not on disk. */
  get unwritten(): number {
    return this.#unwritten.size;
  }

  /** Writes the changes of a transaction and what its owners of tables deferred, or nothing. @throws what SQLite does */
  commit(changes: readonly Change[]): Told {
    // What only reads needs no room.
    if (changes.length === 0 && !this.#database.hasDeferred) return [];
    const committed = this.#database.commit([...this.#unwritten.changes(), ...changes]);
    this.#unwritten = new UnwrittenChanges();
    return committed;
  }

  /** The same, where the disk may be full: then the changes wait, and listeners are told of it. */
  record(changes: readonly Change[]): Told {
    try {
      return this.commit(changes);
    } catch (error) {
      if (this.#database.hasDeferred || !isDiskFull(error)) throw error;
      this.#unwritten.add(changes);
      return Array.from(this.#listeners, (tell) => () => tell(error));
    }
  }

  /** Writes what waits. @throws what SQLite does, where there is still no room */
  writeRecorded(): void {
    if (this.#unwritten.size > 0) this.#database.commit(this.#unwritten.changes());
    this.#unwritten = new UnwrittenChanges();
  }

  /** Calls `listener` when something has to wait; returns how to stop. */
  onUnwritten(listener: (cause: unknown) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/**
 * Changes in their order. Of each resource no more is kept than its last value and whether it was deleted before: what
 * waits is no more than what there is.
 */
class UnwrittenChanges {
  readonly #byResource = new Map<string, readonly Change[]>();

  get size(): number {
    return this.#byResource.size;
  }

  changes(): Change[] {
    return [...this.#byResource.values()].flat();
  }

  add(changes: readonly Change[]): void {
    for (const change of changes) {
      const key = `${change.kind}\n${change.account}\n${change.region}\n${change.id}`;
      const deleted = this.#byResource.get(key)?.find(({ after }) => after === undefined);
      // One that is made again stands where it was made.
      if (deleted) this.#byResource.delete(key);
      this.#byResource.set(key, deleted && change.after ? [deleted, change] : [change]);
    }
  }
}
