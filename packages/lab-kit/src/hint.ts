import type { Hint } from "./check.ts";
import type { Text } from "./text.ts";

/** Words in English and Japanese; one string where both read the same, as code does. */
export type Words = string | readonly [en: string, ja: string];

/** Puts one text together. */
export function text(words: Words): Text {
  return typeof words === "string" ? { en: words, ja: words } : { en: words[0], ja: words[1] };
}

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
