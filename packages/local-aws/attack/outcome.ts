import type { Target } from "./target.ts";

/** What came of the tries of one kind. */
export interface Outcome {
  tried: number;
  /** Tries that were never answered, though they asked for an answer. */
  unanswered: number;
  /** Answers with status 500: the server's own faults. */
  faults: number;
  /** Answers that let through what they must not. */
  wrong: number;
  /** Some of what was unanswered, a fault or wrong, to try it again. */
  readonly examples: string[];
}

/** One kind of attack. More of them, of the load balancer or of archives, are entries of the table in `attack.ts`. */
export interface Generator {
  readonly name: string;
  /** How many tries there are in a whole run, and in a short one. */
  readonly tries: { readonly full: number; readonly short: number };
  run(target: Target, tries: number, outcome: Outcome): Promise<void>;
}

const MAX_EXAMPLES = 5;

export function newOutcome(): Outcome {
  return { tried: 0, unanswered: 0, faults: 0, wrong: 0, examples: [] };
}

/** Notes an answer: its status, or 0 where there was none. @param allowed whether this status is one that may come */
export function note(outcome: Outcome, status: number, what: string, allowed = true): void {
  outcome.tried++;
  if (status === 0) outcome.unanswered++;
  else if (status === 500) outcome.faults++;
  else if (!allowed) outcome.wrong++;
  else return;
  if (outcome.examples.length < MAX_EXAMPLES) outcome.examples.push(`${status}: ${what}`);
}

/** A kind ends after this time, in milliseconds, however many tries are left: a whole run takes ten minutes at most. */
const MOST_MS = 180_000;

/** Runs `count` tries, a few at a time. */
export async function inParallel(
  count: number,
  tryOne: (index: number) => Promise<void>,
): Promise<void> {
  const end = performance.now() + MOST_MS;
  const lanes = 16;
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
