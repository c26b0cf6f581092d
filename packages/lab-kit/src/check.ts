import { text, type Text, type Words } from "@workbook/toolchain";
import type { LiveContext } from "./live.ts";
import type { PlanReader } from "./plan-reader.ts";
import { stackCanBeRead } from "./program/stack-can-be-read.ts";
import type { SynthReader } from "./synth-reader.ts";

/** How much has to be there before a check can look: the JSON, a plan, or a running stack. */
export type Tier = "synth" | "plan" | "live";

/** Fastest first, which is also the order that checks are written and run in. */
export const TIERS: readonly Tier[] = ["synth", "plan", "live"];

/** What every check knows. */
export interface SynthContext {
  /** Who does the lab: part of every name. */
  readonly owner: string;
  readonly region: string;
  /** The addresses that may reach the load balancer. */
  readonly homeCidr: string;
  /** The stacks as synthesised. */
  readonly synth: SynthReader;
}

/** What a check of the plan knows. */
export interface PlanContext extends SynthContext {
  /** What Terraform would do now. */
  readonly plan: PlanReader;
}

/** What a check of the tier is given. */
export interface ContextOf {
  readonly synth: SynthContext;
  readonly plan: PlanContext;
  readonly live: LiveContext;
}

/** Help with one fault, more of it at every level. */
export interface Hint {
  /** Makes the learner look at the right place. */
  readonly question: Text;
  /** Says what to read or use, with a page of AWS's where there is one. */
  readonly pointer: Text;
  /** The line to write. */
  readonly line: Text;
}

/** What a check saw. A pass says what was seen as well: nothing passes because something was absent. */
export type CheckResult<Fault extends string = string> =
  | { readonly passed: true; readonly expected: Text; readonly actual: Text }
  | {
      readonly passed: false;
      readonly expected: Text;
      readonly actual: Text;
      readonly fault: Fault;
      /** Help with what was found, where the check itself has none for it. */
      readonly hint?: Hint;
    };

/** One thing that a lab asks for. */
export interface Check<T extends Tier = Tier, Fault extends string = string> {
  /** Stable and unique in its lab, e.g. `go-repository`. */
  readonly id: string;
  readonly tier: T;
  readonly title: Text;
  /** Everything that this check can find wrong, with the help for it. */
  readonly faults: Readonly<Record<Fault, Hint>>;
  run(context: ContextOf[T]): CheckResult<Fault> | Promise<CheckResult<Fault>>;
  /** What it says where there is no program; without this it is not run then. */
  withoutProgram?(error: UnreadProgram): CheckResult<Fault> | Promise<CheckResult<Fault>>;
  /** Set where the checks after it are run whether or not it passes. */
  readonly endsNothing?: true;
}

/** What is known where the learner's program cannot be read. */
export interface UnreadProgram {
  /** Why. */
  readonly said: Text;
  /** The folder of its `stack.ts`, where the lab's other files lie; undefined where that is not known. */
  readonly directory: string | undefined;
}

/** A check of any tier. */
export type AnyCheck = Check<"synth"> | Check<"plan"> | Check<"live">;

/** A list of checks contradicts itself; the message names the check. */
export class CheckDefinitionError extends Error {
  override readonly name = "CheckDefinitionError";
}

/** Defines a check; a fault that has no hint is a compile error. */
export function defineCheck<T extends Tier, Fault extends string>(
  check: Check<T, Fault>,
): Check<T> {
  // A check reads nothing of its fault's type, it only writes it: widening it to any string is sound.
  return check as Check<T, string>;
}

/**
 * Defines a lab's checks, in the order in which they are run; before all of them, that its program can be read.
 *
 * @throws {CheckDefinitionError} when two have one id, a slower tier comes before a faster one, or there is none
 */
export function defineChecks(checks: readonly AnyCheck[]): readonly AnyCheck[] {
  if (checks.length === 0) throw new CheckDefinitionError("A lab without checks proves nothing");
  const seen = new Set<string>();
  let slowest = 0;
  for (const { id, tier } of checks) {
    if (seen.has(id)) throw new CheckDefinitionError(`Two checks are called "${id}"`);
    seen.add(id);
    const rank = TIERS.indexOf(tier);
    if (rank < slowest) {
      throw new CheckDefinitionError(
        `Check "${id}" of tier ${tier} comes after one of tier ${TIERS[slowest]}`,
      );
    }
    slowest = rank;
  }
  return [stackCanBeRead, ...checks];
}

/** The check saw what it asks for. */
export function passed(expected: Words, actual: Words): CheckResult<never> {
  return { passed: true, expected: text(expected), actual: text(actual) };
}

/** The check saw something else. */
export function failed<Fault extends string>(
  fault: Fault,
  expected: Words,
  actual: Words,
): CheckResult<Fault> {
  return { passed: false, expected: text(expected), actual: text(actual), fault };
}
