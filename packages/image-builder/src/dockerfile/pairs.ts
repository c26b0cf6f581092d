import { BuildError } from "../errors.ts";
import { expandWord, splitWords, type Lookup } from "./words.ts";
import type { Instruction } from "./parse.ts";

/**
 * The pairs of `ENV`, `LABEL` or `ARG`: `name=value …`, or for the first two the old form `name rest of the line`.
 * Variables in all of them are expanded with the values from before the instruction.
 * https://docs.docker.com/reference/dockerfile/#env
 *
 * @returns pairs in order; the value is undefined where there is no `=` (which only `ARG` allows)
 * @throws {BuildError} `SYNTAX` if there is no pair
 */
export function parsePairs(
  instruction: Instruction,
  options: { escape: string; lookup: Lookup },
): { name: string; value: string | undefined }[] {
  const { line, text, keyword } = instruction;
  const expand = (word: string) => expandWord(word, { ...options, line });
  const words = splitWords(text, options.escape);
  if (keyword !== "ARG" && !words[0]?.includes("=")) {
    const [, name = "", value] = /^(\S+)(?:\s+(.*))?$/s.exec(text) ?? [];
    if (value === undefined)
      throw new BuildError(
        "SYNTAX",
        [`${keyword} ${name} has no value`, `${keyword} ${name} に値がありません`],
        { line },
      );
    return [{ name: expand(name), value: expand(value) }];
  }
  return words.map((word) => {
    const at = word.indexOf("=");
    if (at === -1 && keyword !== "ARG") {
      throw new BuildError(
        "SYNTAX",
        [
          `${keyword}: "${word}" is not of the form name=value`,
          `${keyword}: "${word}" が name=value の形ではありません`,
        ],
        {
          line,
        },
      );
    }
    const name = expand(at === -1 ? word : word.slice(0, at));
    if (name === "")
      throw new BuildError(
        "SYNTAX",
        [`${keyword}: "${word}" has no name`, `${keyword}: "${word}" に名前がありません`],
        { line },
      );
    return { name, value: at === -1 ? undefined : expand(word.slice(at + 1)) };
  });
}
