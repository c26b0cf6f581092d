import { Collection, type Change, type Place } from "./collection.ts";
import { damaged, openDatabase, parseRow } from "./damaged-data.ts";
import type { Database } from "./database.ts";
import type { Kind } from "./kind.ts";
import { Waiters } from "./waiters.ts";
import { ChangeWriter } from "./change-writer.ts";

/** What was committed together: one API call, or one step of the engine. */
export type CommitListener = (changes: readonly Change[]) => void;

/** Keeps a table of its own in the store's database, one per store. `close` is called before the database closes. */
export interface TableOwner {
  close(): void;
}

/** The part of the store that one account sees in one region. */
export interface Scope {
  readonly account: string;
  readonly region: string;
  of<T extends object>(kind: Kind<T>): Collection<T>;
}

/**
 * Everything the cloud knows: accounts → regions → resources. Reads come from memory; a transaction is on disk before
 * `transaction` returns, so what a caller has been told survives `kill -9`.
 */
export class Store {
  /** For owners of tables of their own (log events); resources go through collections. */
  readonly database: Database;
  /** What is recorded and waits for room on the disk. */
  readonly writer: ChangeWriter;
  readonly #collections = new Map<string, Collection<object>>();
  readonly #byKind = new Map<string, Collection<object>[]>();
  readonly #listeners = new Set<CommitListener>();
  readonly #waiters = new Waiters();
  readonly #owners = new Map<new (database: Database) => TableOwner, TableOwner>();
  readonly #onFault: (error: unknown) => void;
  #changes: Recorded[] | undefined;

  private constructor(database: Database, onFault: (error: unknown) => void) {
    this.database = database;
    this.writer = new ChangeWriter(database);
    this.#onFault = onFault;
  }

  /**
   * Opens the store in `file`, migrating it where an older version wrote it.
   * @param onFault told of what listeners throw; by default it is thrown where nobody catches it
   * @throws DamagedData where it cannot be read; an Error where a newer version wrote it
   */
  static open(file: string, onFault: (error: unknown) => void = throwLater): Store {
    const store = new Store(openDatabase(file), onFault);
    try {
      for (const row of store.database.resources()) {
        const kind = { name: row.kind, scope: "region", volatile: false } as const;
        store.#collection(kind, row).restore(row.id, parseRow(file, row));
      }
    } catch (error) {
      store.database.close();
      throw damaged(file, error);
    }
    return store;
  }

  /** The collections of one account in one region. Kinds of a wider scope are reached through it as well. */
  scope(account: string, region: string): Scope {
    return { account, region, of: (kind) => this.of(kind, account, region) };
  }

  /** The values of `kind` in one place. */
  of<T extends object>(kind: Kind<T>, account: string, region: string): Collection<T> {
    const place = {
      account: kind.scope === "global" ? "" : account,
      region: kind.scope === "region" ? region : "",
    };
    return this.#collection(kind, place);
  }

  /** All that is kept: what is volatile left out. */
  *contents(): Iterable<{
    readonly kind: string;
    readonly place: Place;
    readonly values: Iterable<readonly [id: string, value: object]>;
  }> {
    for (const collection of this.#collections.values()) {
      const { kind, place } = collection;
      if (!kind.volatile) yield { kind: kind.name, place, values: collection.entries() };
    }
  }

  /** Every collection of `kind`, over all accounts and regions that have one. */
  all<T extends object>(kind: Kind<T>): Collection<T>[] {
    return (this.#byKind.get(kind.name) ?? []) as Collection<T>[];
  }

  /**
   * Runs `work` as one transaction: all of its puts and deletes are on disk when this returns, or, where it throws, none
   * has happened. A transaction inside another is a part of it, of which nothing has happened where it throws, whether or
   * not the outer one goes on. `work` is synchronous: nothing else can run in between.
   */
  transaction<R>(work: () => R): R {
    return this.#run(work, false);
  }

  /**
   * Runs `work` as a transaction that says what has happened in the world: a task has ended, a time is over. No lack of
   * room undoes that: where the disk is full, memory has it, listeners are told, and it is written before whatever is
   * written next. What is asked for by a caller is a {@link transaction}.
   */
  record<R>(work: () => R): R {
    return this.#run(work, true);
  }

  #run<R>(work: () => R, isRecord: boolean): R {
    if (this.#changes) return this.#part(work, this.#changes);
    const changes: Recorded[] = [];
    this.#changes = changes;
    this.database.begin();
    let result: R;
    let committed: (() => void)[];
    try {
      result = this.#part(work, changes);
      try {
        const durable = changes.filter(({ kind }) => !kind.volatile).map(({ change }) => change);
        committed = isRecord ? this.writer.record(durable) : this.writer.commit(durable);
      } catch (error) {
        undo(changes, 0);
        throw error;
      }
    } finally {
      this.#changes = undefined;
      this.database.end();
    }
    this.#tell(changes, committed);
    return result;
  }

  #part<R>(work: () => R, changes: Recorded[]): R {
    const start = changes.length;
    const mark = this.database.mark();
    try {
      const result = work();
      if (isThenable(result))
        throw new TypeError("a transaction must be synchronous: it returned a promise");
      return result;
    } catch (error) {
      undo(changes, start);
      this.database.rollBack(mark);
      throw error;
    }
  }

  /** What is on disk has happened, whatever a listener makes of it: each is told, and its fault is its own. */
  #tell(recorded: readonly Recorded[], committed: readonly (() => void)[]): void {
    const changes = recorded.map(({ change }) => change);
    const listeners = changes.length === 0 ? [] : [...this.#listeners];
    const told = listeners.map((listener) => () => listener(changes));
    for (const tell of [...committed, ...told, ...this.#waiters.of(changes)]) {
      try {
        tell();
      } catch (error) {
        this.#onFault(error);
      }
    }
  }

  /** Calls `listener` after each transaction that changed something; returns how to stop. */
  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `listener` after each transaction that changed the value with this id; returns how to stop. */
  onChange(
    collection: Pick<Collection<object>, "kind" | "place">,
    id: string,
    listener: () => void,
  ) {
    return this.#waiters.add({ ...collection.place, kind: collection.kind.name, id }, listener);
  }

  /** The one owner of a table (log events) for this store, made when it is first asked for. */
  owner<T extends TableOwner>(kind: new (database: Database) => T): T {
    const owner = this.#owners.get(kind) ?? new kind(this.database);
    this.#owners.set(kind, owner);
    return owner as T;
  }

  /** Closes the database, also where something cannot be written any more: that is told, and what it was is lost. */
  close(): void {
    const owners = Array.from(this.#owners.values(), (owner) => () => owner.close());
    for (const write of [() => this.writer.writeRecorded(), ...owners]) {
      try {
        write();
      } catch (error) {
        this.#onFault(error);
      }
    }
    this.#listeners.clear();
    this.database.close();
  }

  #collection<T extends object>(kind: Kind<T>, place: Place): Collection<T> {
    const key = `${kind.name}\n${place.account}\n${place.region}`;
    let collection = this.#collections.get(key) as Collection<T> | undefined;
    if (!collection) {
      const { account, region } = place;
      const created = new Collection<T>(kind, { account, region }, (changed, change, undo) => {
        if (!this.#changes)
          throw new Error(`${change.kind} ${change.id} was changed outside of a transaction`);
        this.#changes.push({ kind: changed, change, undo });
      });
      collection = created;
      this.#collections.set(key, created as unknown as Collection<object>);
      const sameKind = this.#byKind.get(kind.name) ?? [];
      sameKind.push(created as unknown as Collection<object>);
      this.#byKind.set(kind.name, sameKind);
    }
    return collection;
  }
}

/** A change, and how to take it back. */
interface Recorded {
  readonly kind: Kind<object>;
  readonly change: Change;
  readonly undo: () => void;
}

/** Takes back the changes from `start` on, the last one first. */
function undo(changes: Recorded[], start: number): void {
  for (const change of changes.splice(start).reverse()) change.undo();
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

function isThenable(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}
