import type { Target } from "./target.ts";

/** What came of the tries of one kind. */
export interface Outcome {
  tried: number;
  /** Tries that were answered with a status; what was refused by closing its connection has none. */
  answered: number;
  /** Tries that were never answered, though they asked for an answer. */
  unanswered: number;
  /** Answers with status 500: the server's own faults. */
  faults: number;
  /** Answers that let through what they must not. */
  wrong: number;
  /** Some of what was unanswered, a fault or wrong, to try it again. */
  readonly examples: string[];
  /** What else is to be told of this kind. */
  readonly notes: string[];
}

/** One kind of attack. */
export interface Generator {
  readonly name: string;
  /** How many tries there are in a whole run, and in a short one. */
  readonly tries: { readonly full: number; readonly short: number };
  /** It ends after this time, in seconds, however many tries are left: a whole run takes ten minutes at most. */
  readonly mostSeconds: number;
  /** Whether it needs a server that runs tasks. */
  readonly tasks?: "process";
  run(target: Target, tries: number, outcome: Outcome): Promise<void>;
}

const MAX_EXAMPLES = 5;

export function newOutcome(): Outcome {
  return { tried: 0, answered: 0, unanswered: 0, faults: 0, wrong: 0, examples: [], notes: [] };
}

/** A connection that was closed without an answer. */
export const CLOSED = 1;

/**
 * Notes an answer: its status, {@link CLOSED}, or 0 where there was none.
 * @param allowed whether this status is one that may come
 */
export function note(outcome: Outcome, status: number, what: string, allowed = true): void {
  outcome.tried++;
  if (status > CLOSED) outcome.answered++;
  if (status === 0) outcome.unanswered++;
  else if (status === 500) outcome.faults++;
  else if (!allowed) outcome.wrong++;
  else return;
  if (outcome.examples.length < MAX_EXAMPLES) outcome.examples.push(`${status}: ${what}`);
}

/** Runs `count` tries, some at a time, until the time of their kind is over. */
export async function inParallel(
  { mostSeconds }: Pick<Generator, "mostSeconds">,
  count: number,
  tryOne: (index: number) => Promise<void>,
  lanes = 16,
): Promise<void> {
  const end = performance.now() + mostSeconds * 1000;
  let next = 0;
  const lane = async () => {
    while (next < count && performance.now() < end) await tryOne(next++);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
}

/** Pseudo-random numbers, the same for the same seed: what was found can be found again. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761 + 1) % 4_294_967_296;
  }

  /** A whole number from 0 to below `end`. */
  below(end: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 4_294_967_296) * end);
  }

  one<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  often(percent: number): boolean {
    return this.below(100) < percent;
  }
}
