import { text, type Words } from "@workbook/toolchain";
import type { Hint } from "./check.ts";

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
