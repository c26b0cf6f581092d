import { text, type Text } from "@workbook/toolchain";
import { closest, distance } from "fastest-levenshtein";

/** How much of a word may be wrong: of five letters two, which two letters that have changed places are. */
const WRONG = 0.4;

/** The one of `known` that somebody is likely to have meant; undefined where none is near. */
export function suggest(typed: string, known: readonly string[]): string | undefined {
  const word = typed.toLowerCase();
  const begun = known.filter((each) => word.length >= 3 && each.startsWith(word));
  if (begun.length === 1) return begun[0];
  if (word === "" || known.length === 0) return undefined;
  const nearest = closest(word, [...known]);
  return distance(word, nearest) <= Math.ceil(word.length * WRONG) ? nearest : undefined;
}

/** What is said where somebody is likely to have meant another word; nothing where none is near. */
export function didYouMean(meant: string | undefined): Text {
  if (meant === undefined) return text("");
  return text([` Did you mean ${meant}?`, `${meant} のことでしょうか。`]);
}
