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

  /** Stores `value` under `id`, in the transaction under way. The value is frozen, deeply. */
  put(id: string, value: T): Readonly<T> {
    const before = this.#values.get(id);
    deepFreeze(value);
    const change = { ...this.place, kind: this.kind.name, id, before, after: value };
    this.#record(this.kind, change, () => this.restore(id, before));
    this.#values.set(id, value);
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
    return this.#values.delete(id);
  }

  /** Sets or removes a value without a transaction: loading and rolling back. For the store alone. */
  restore(id: string, value: object | undefined): void {
    if (value === undefined) {
      this.#values.delete(id);
      this.#created.delete(id);
    } else {
      this.#values.set(id, deepFreeze(value) as T);
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

function deepFreeze<V>(value: V): V {
  if (value === null || typeof value !== "object" || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}
