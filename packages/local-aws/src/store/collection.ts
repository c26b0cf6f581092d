import type { Kind } from "./kind.ts";

/** Which partition of the store a value is in. An account's own kinds have region "", global ones account "" as well. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** One put or delete that a transaction made. */
export interface Change {
  readonly kind: string;
  readonly account: string;
  readonly region: string;
  readonly id: string;
  /** Absent where the value was created. */
  readonly before: object | undefined;
  /** Absent where the value was deleted. */
  readonly after: object | undefined;
}

/** Names under which values of a kind are found without looking at all of them. */
export interface Index<T> {
  namesOf(value: Readonly<T>): readonly (string | undefined)[];
}

/** Defines an index: `namesOf` gives the names of a value, such as the service that a task is of. */
export function defineIndex<T extends object>(
  namesOf: (value: Readonly<T>) => readonly (string | undefined)[],
): Index<T> {
  return { namesOf };
}

/** Takes each change of the transaction under way, and how to take it back; throws outside of one. */
export type Recorder = (kind: Kind<object>, change: Change, undo: () => void) => void;

/** The values of one kind in one place, in the order in which they were created. Reads are from memory. */
export class Collection<T extends object> {
  readonly kind: Kind<T>;
  readonly place: Place;
  readonly #values = new Map<string, T>();
  /** The number of each value, by creation: where it belongs when its removal is taken back. */
  readonly #created = new Map<string, number>();
  #count = 0;
  /** Made when they are first asked for: ids by name. */
  readonly #indexes = new Map<Index<T>, Map<string, Set<string>>>();
  readonly #record: Recorder;

  constructor(kind: Kind<T>, place: Place, record: Recorder) {
    this.kind = kind;
    this.place = place;
    this.#record = record;
  }

  get size(): number {
    return this.#values.size;
  }

  has(id: string): boolean {
    return this.#values.has(id);
  }

  get(id: string): Readonly<T> | undefined {
    return this.#values.get(id);
  }

  values(): Readonly<T>[] {
    return [...this.#values.values()];
  }

  entries(): Iterable<readonly [id: string, value: Readonly<T>]> {
    return this.#values.entries();
  }

  ids(): string[] {
    return [...this.#values.keys()];
  }

  find(test: (value: Readonly<T>) => boolean): Readonly<T> | undefined {
    for (const value of this.#values.values()) if (test(value)) return value;
    return undefined;
  }

  filter(test: (value: Readonly<T>) => boolean): Readonly<T>[] {
    const found: Readonly<T>[] = [];
    for (const value of this.#values.values()) if (test(value)) found.push(value);
    return found;
  }

  /** The values that have this name in an index, in the order in which they were created. */
  by(index: Index<T>, name: string): Readonly<T>[] {
    const ids = this.#indexed(index).get(name) ?? [];
    return [...ids]
      .sort((a, b) => this.#created.get(a)! - this.#created.get(b)!)
      .map((id) => this.#values.get(id)!);
  }

  #indexed(index: Index<T>): Map<string, Set<string>> {
    let names = this.#indexes.get(index);
    if (!names) {
      this.#indexes.set(index, (names = new Map()));
      for (const [id, value] of this.#values) addNames(names, index.namesOf(value), id);
    }
    return names;
  }

  /** Sets or removes a value, in every index as well. */
  #set(id: string, value: T | undefined): void {
    const before = this.#values.get(id);
    for (const [index, names] of this.#indexes) {
      if (before) removeNames(names, index.namesOf(before), id);
      if (value) addNames(names, index.namesOf(value), id);
    }
    if (value) this.#values.set(id, value);
    else this.#values.delete(id);
  }

  /** Stores `value` under `id`, in the transaction under way. The value is frozen, deeply. */
  put(id: string, value: T): Readonly<T> {
    const before = this.#values.get(id);
    deepFreeze(value);
    const change = { ...this.place, kind: this.kind.name, id, before, after: value };
    this.#record(this.kind, change, () => this.restore(id, before));
    this.#set(id, value);
    this.#born(id);
    return value;
  }

  /** Puts a copy of the value with `patch` laid over it. Throws where there is none: callers look first. */
  patch(id: string, patch: Partial<T>): Readonly<T> {
    const before = this.#values.get(id);
    if (!before) throw new Error(`${this.kind.name} ${id} does not exist`);
    return this.put(id, { ...before, ...patch });
  }

  /** Removes the value under `id`, in the transaction under way; false where there was none. */
  delete(id: string): boolean {
    const before = this.#values.get(id);
    if (!before) return false;
    const change = { ...this.place, kind: this.kind.name, id, before, after: undefined };
    const created = this.#created.get(id)!;
    this.#record(this.kind, change, () => {
      this.restore(id, before);
      this.#created.set(id, created);
      this.#sort();
    });
    this.#created.delete(id);
    this.#set(id, undefined);
    return true;
  }

  /** Sets or removes a value without a transaction: loading and rolling back. For the store alone. */
  restore(id: string, value: object | undefined): void {
    if (value === undefined) {
      this.#set(id, undefined);
      this.#created.delete(id);
    } else {
      this.#set(id, deepFreeze(value) as T);
      this.#born(id);
    }
  }

  #born(id: string): void {
    if (!this.#created.has(id)) this.#created.set(id, ++this.#count);
  }

  /** Puts values back into the order of their creation. */
  #sort(): void {
    const created = (id: string) => this.#created.get(id)!;
    const entries = [...this.#values].sort(([a], [b]) => created(a) - created(b));
    this.#values.clear();
    for (const [id, value] of entries) this.#values.set(id, value);
  }
}

type Names = readonly (string | undefined)[];

function addNames(index: Map<string, Set<string>>, names: Names, id: string): void {
  for (const name of names) {
    if (name === undefined) continue;
    const ids = index.get(name);
    if (ids) ids.add(id);
    else index.set(name, new Set([id]));
  }
}

function removeNames(index: Map<string, Set<string>>, names: Names, id: string): void {
  for (const name of names) {
    const ids = name === undefined ? undefined : index.get(name);
    ids?.delete(id);
    if (ids?.size === 0) index.delete(name!);
  }
}

function deepFreeze<V>(value: V): V {
  if (value === null || typeof value !== "object" || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}
