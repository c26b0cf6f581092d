import type { Tier } from "./check.ts";

/** One change of a file. */
interface Edit {
  /** Text that stands in the file exactly once. */
  readonly replace: string;
  readonly by: string;
}

/**
 * What a wrong answer comes to when it is deployed over the deployed solution. It says `refused`, or who of the live
 * tier notices, or `dirty`, or several of them.
 */
export interface DeployedMutation {
  /** Words of the refusal, AWS's own, where Terraform does not get through; nothing else is looked at then. */
  readonly refused?: string;
  /**
   * Id of the check of the live tier that must be the first to fail; left out: the mutation's own. Several where it comes
   * and goes: of tasks that are replaced again and again, some are unhealthy at one moment and missing at the next.
   */
  readonly caughtBy?: string | readonly string[];
  /** The fault that this check must find; left out: the mutation's own. */
  readonly fault?: string;
  /** Words, AWS's own symptom, that this check must show as what it saw. */
  readonly says?: string;
  /** A type of resource, e.g. `aws_ecs_service`, that the next plan would change although nothing was edited. */
  readonly dirty?: string;
  /** `false`: applied, but services are not moved to their newest revision. */
  readonly release?: false;
}

/** A wrong answer: a change of the solution, and who must notice. */
export interface Mutation extends Edit {
  /** Stable and unique in its lab, e.g. `desired-one`. */
  readonly id: string;
  /** The file of the solution that is changed, e.g. `stack.ts`. */
  readonly file: string;
  /** Further changes of that file that belong to the same mistake. */
  readonly also?: readonly Edit[];
  /** Id of the check that must be the first to fail. */
  readonly caughtBy: string;
  /** The fault that check must find, and so the hint that it gives. */
  readonly fault: string;
  /**
   * The tier of that check, so how much has to be there to notice: `synth` unless told. Mutations of the tiers `plan` and
   * `live` are deployed for real.
   */
  readonly tier?: Tier;
  /** Deploys it for real, whatever its tier, and says what that must come to. */
  readonly deployed?: DeployedMutation;
}

/** Whether a mutation has to be deployed for real. */
export function isDeployed({ tier = "synth", deployed }: Mutation): boolean {
  return tier !== "synth" || deployed !== undefined;
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
  for (const mutation of mutations) {
    const { id } = mutation;
    if (ids.has(id)) throw new MutationError(`Two mutations are called "${id}"`);
    if (editsOf(mutation).some(({ replace, by }) => replace === by || replace === ""))
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
export function mutate(source: string, mutation: Mutation): string {
  return editsOf(mutation).reduce((text, { replace, by }) => {
    const found = text.split(replace).length - 1;
    if (found !== 1)
      throw new MutationError(
        `Mutation "${mutation.id}" replaces text that stands ${found} times in ${mutation.file}`,
      );
    return text.replace(replace, () => by);
  }, source);
}

function editsOf({ replace, by, also = [] }: Mutation): readonly Edit[] {
  return [{ replace, by }, ...also];
}
