import { createPatch } from "diff";

import type { ShownOutput } from "./page-blocks.ts";
import { normalize } from "./placeholders.ts";

/** A line that stands for any number of lines that the page leaves out. */
const ELLIPSIS = "…";

/**
 * Compares what a page shows with what was printed.
 *
 * @returns undefined where they agree, else the difference
 */
export function compareOutput(shown: ShownOutput, printed: string): string | undefined {
  const expected = toLines(normalize(shown.text), shown.unordered);
  const actual = toLines(normalize(printed), shown.unordered);
  if (matches(expected, actual)) return undefined;
  const patch = createPatch("output", `${expected.join("\n")}\n`, `${actual.join("\n")}\n`);
  return patch.split("\n").slice(4).join("\n").trimEnd();
}

function toLines(text: string, unordered: boolean): string[] {
  const lines = text.split("\n");
  return unordered ? lines.toSorted() : lines;
}

function matches(expected: readonly string[], actual: readonly string[]): boolean {
  const gap = expected.findIndex((line) => line.trim() === ELLIPSIS);
  if (gap === -1) {
    return expected.length === actual.length && expected.every((line, i) => line === actual[i]);
  }
  if (!expected.slice(0, gap).every((line, i) => line === actual[i])) return false;
  const rest = expected.slice(gap + 1);
  for (let from = gap; from <= actual.length; from++) {
    if (matches(rest, actual.slice(from))) return true;
  }
  return rest.length === 0;
}

/**
 * What the page should show: the printed text, shortened where the page shortens it, as far as that can be told.
 *
 * @param printed as the reader sees it
 */
export function updateOutput(shown: ShownOutput, printed: string): string {
  const lines = printed.replace(/^\n+|\s+$/g, "").split("\n");
  const parts = shown.text.split("\n");
  const first = parts.findIndex((line) => line.trim() === ELLIPSIS);
  if (first === -1) return lines.join("\n");
  const last = parts.findLastIndex((line) => line.trim() === ELLIPSIS);
  const tail = parts.length - last - 1;
  if (first + tail >= lines.length) return lines.join("\n");
  return [...lines.slice(0, first), parts[first]!, ...(tail > 0 ? lines.slice(-tail) : [])].join(
    "\n",
  );
}
