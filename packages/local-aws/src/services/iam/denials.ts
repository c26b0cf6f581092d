import type { TableOwner } from "../../store/store.ts";
import type { Refusal } from "./refusal.ts";

/** What somebody asked for, and may not do. */
export interface Denial {
  /** The ARN of a role, whatever its session is called, or of a user. */
  readonly who: string;
  /** Such as `s3:ListBucket`. */
  readonly action: string;
  /** An ARN, or `*` for an action without one. */
  readonly resource: string;
  /** Which kind of policy refused it, and whether a statement of it says so in words. */
  readonly refusal: Refusal;
  /** When it was last asked for, in milliseconds since 1970. */
  readonly at: number;
  /** How often it was asked for. */
  readonly times: number;
}

/** Of each of these so many: a program that asks for something else each time must not fill the memory. */
const MOST_CALLERS = 200;
const MOST_OF_ONE = 20;

/**
 * What was refused since the server started and was not allowed later, the same thing once. AWS tells as much in CloudTrail.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export class Denials implements TableOwner {
  readonly #byCaller = new Map<string, Map<string, Denial>>();
  readonly #listeners = new Set<() => void>();

  /** What is allowed by now is not missing any more. */
  forget(who: string, action: string, resource: string): void {
    const isKnown = this.#byCaller.get(who)?.delete(`${action} ${resource}`) ?? false;
    if (isKnown) this.#tell();
  }

  /** The newest last, of callers of this account. */
  of(account: string): Denial[] {
    return Array.from(this.#byCaller.values(), (own) => [...own.values()])
      .flat()
      .filter(({ who }) => who.split(":")[4] === account)
      .toSorted((one, other) => one.at - other.at);
  }

  /** Has `listener` called after each one. @returns what ends that */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#listeners.clear();
  }

  /** Use `noteDenial` of `caller.ts`. */
  note(asked: Omit<Denial, "times">): void {
    const own = this.#byCaller.get(asked.who) ?? new Map<string, Denial>();
    const key = `${asked.action} ${asked.resource}`;
    const times = (own.get(key)?.times ?? 0) + 1;
    moveToEnd(own, key, { ...asked, times }, MOST_OF_ONE);
    moveToEnd(this.#byCaller, asked.who, own, MOST_CALLERS);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Puts a value behind all others, and forgets the first where there are too many. */
function moveToEnd<T>(all: Map<string, T>, key: string, value: T, most: number): void {
  all.delete(key);
  all.set(key, value);
  const [first] = all.keys();
  if (all.size > most) all.delete(first!);
}
