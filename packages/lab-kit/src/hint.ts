import { text, type Words } from "@workbook/toolchain";
import type { AnyCheck, Hint } from "./check.ts";

/**
 * Puts the help for one fault together.
 *
 * @param question makes the learner look at the right place
 * @param pointer says what to read or use
 * @param line the line to write
 */
export function hint(question: Words, pointer: Words, line: Words): Hint {
  return { question: text(question), pointer: text(pointer), line: text(line) };
}

/**
 * A check with other lines to write in its hints: those that a chapter's stack is written with.
 *
 * @param lines by fault
 */
export function withLines<C extends AnyCheck>(
  check: C,
  lines: Readonly<Record<string, string>>,
): C {
  const faults = Object.entries(check.faults).map(([fault, hint]) => {
    const line = lines[fault];
    return [fault, line === undefined ? hint : { ...hint, line: text(line) }] as const;
  });
  return { ...check, faults: Object.fromEntries(faults) };
}
