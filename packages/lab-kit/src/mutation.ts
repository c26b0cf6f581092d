import type { Tier } from "./check.ts";

/** A wrong answer: one change of the solution, and who must notice. */
export interface Mutation {
  /** Stable and unique in its lab, e.g. `desired-one`. */
  readonly id: string;
  /** The file of the solution that is changed, e.g. `stack.ts`. */
  readonly file: string;
  /** Text that stands in that file exactly once. */
  readonly replace: string;
  readonly by: string;
  /** Id of the check that must be the first to fail. */
  readonly caughtBy: string;
  /** The fault that check must find, and so the hint that it gives. */
  readonly fault: string;
  /** How much has to be there to notice: `synth` unless told. */
  readonly tier?: Tier;
}

/** A list of mutations contradicts itself, or one does not fit its file; the message names it. */
export class MutationError extends Error {
  override readonly name = "MutationError";
}

/**
 * Defines a lab's wrong answers.
 *
 * @throws {MutationError} when two have one id, or one changes nothing
 */
export function defineMutations(mutations: readonly Mutation[]): readonly Mutation[] {
  const ids = new Set<string>();
  for (const { id, replace, by } of mutations) {
    if (ids.has(id)) throw new MutationError(`Two mutations are called "${id}"`);
    if (replace === by || replace === "")
      throw new MutationError(`Mutation "${id}" changes nothing`);
    ids.add(id);
  }
  return mutations;
}

/**
 * Makes the wrong answer out of the right one.
 *
 * @param source the text of the mutation's file
 * @throws {MutationError} when what it replaces is not there exactly once
 */
export function mutate(source: string, { id, file, replace, by }: Mutation): string {
  const found = source.split(replace).length - 1;
  if (found !== 1)
    throw new MutationError(`Mutation "${id}" replaces text that stands ${found} times in ${file}`);
  return source.replace(replace, () => by);
}
