import { createPatch } from "diff";

import type { ShownOutput } from "./page-blocks.ts";
import { readLines, toKind, withPlaceholders } from "./placeholders.ts";

/** A line that stands for any number of lines that the page leaves out. */
export const ELLIPSIS = "…";

/**
 * Compares what a page shows with what was printed.
 *
 * @returns undefined where they agree, else the difference
 */
export function compareOutput(shown: ShownOutput, printed: string): string | undefined {
  const expected = toLines(shown.text, shown.unordered);
  const actual = toLines(printed, shown.unordered);
  const wanted = numbered(expected.filter((line) => !isGap(line)));
  // Which values are the same is asked of the lines that the page shows: of the others nothing is known.
  if (findMatch(expected, actual, [], (found) => numbered(found) === wanted)) return undefined;
  const patch = createPatch("output", `${numbered(expected)}\n`, `${numbered(actual)}\n`);
  return patch.split("\n").slice(4).join("\n").trimEnd();
}

/** A line, and what it is but for what varies. */
interface Line {
  readonly text: string;
  readonly kind: string;
}

function toLines(text: string, unordered: boolean): Line[] {
  const lines = readLines(text).map((line) => ({ text: line, kind: toKind(line) }));
  return unordered ? lines.toSorted((a, b) => (a.kind < b.kind ? -1 : 1)) : lines;
}

function numbered(lines: readonly Line[]): string {
  return withPlaceholders(lines.map(({ text }) => text)).join("\n");
}

function isGap({ text }: Line): boolean {
  return text.trim() === ELLIPSIS;
}

/** Whether the printed lines are the expected ones, gaps filled, in a way that is accepted. */
function findMatch(
  expected: readonly Line[],
  actual: readonly Line[],
  found: readonly Line[],
  accepts: (found: readonly Line[]) => boolean,
): boolean {
  const [line, ...rest] = expected;
  if (line === undefined) return actual.length === 0 && accepts(found);
  if (isGap(line)) {
    return Array.from({ length: actual.length + 1 }).some((_, from) =>
      findMatch(rest, actual.slice(from), found, accepts),
    );
  }
  const [first, ...others] = actual;
  return first?.kind === line.kind && findMatch(rest, others, [...found, first], accepts);
}
