import { both, list, say, type Words } from "@workbook/toolchain";

import { failed, passed } from "../check.ts";
import type { CheckResult } from "../check.ts";

/** One of several things that a check asks of the same resource. */
export interface Step<Fault extends string> {
  /** What it is called when it does not hold. */
  readonly fault: Fault;
  readonly expected: Words;
  readonly actual: Words;
  readonly holds: boolean;
}

/**
 * Goes through steps until one does not hold.
 *
 * @param subject what they are about, e.g. the address of a resource
 * @throws {RangeError} when there is no step: nothing looked at is nothing proved
 */
export function walk<Fault extends string>(
  subject: Words,
  steps: readonly Step<Fault>[],
): CheckResult<Fault> {
  if (steps.length === 0)
    throw new RangeError(`There is nothing to check about ${say(subject, "en")}`);
  const broken = steps.find(({ holds }) => !holds);
  if (broken !== undefined)
    return failed(broken.fault, broken.expected, both`${subject}: ${broken.actual}`);
  const words = (part: "expected" | "actual") =>
    list(
      steps.map((step) => step[part]),
      "; ",
    );
  return passed(words("expected"), both`${subject}: ${words("actual")}`);
}

/**
 * Puts the results for several apps together: the first that failed, or all that was seen, lists each from a new line.
 *
 * @throws {RangeError} when there is none
 */
export function combined<Fault extends string>(
  results: readonly CheckResult<Fault>[],
): CheckResult<Fault> {
  if (results.length === 0) throw new RangeError("There is nothing to check");
  const broken = results.find((result) => !result.passed);
  if (broken !== undefined) return broken;
  const words = (part: "expected" | "actual") => {
    const texts = results.map((result) => result[part]);
    return list(texts, texts.some(({ en }) => en.includes("\n")) ? "\n" : "; ");
  };
  return passed(words("expected"), words("actual"));
}
