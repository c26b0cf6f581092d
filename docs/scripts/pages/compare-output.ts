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
  if (new Match(expected, actual).isThere()) return undefined;
  const patch = createPatch("output", `${numbered(expected)}\n`, `${numbered(actual)}\n`);
  return patch.split("\n").slice(4).join("\n").trimEnd();
}

/** A line, and what it is but for what varies. */
interface Line {
  readonly text: string;
  readonly kind: string;
  /** Whether it holds a value that is the same as another one, or not. */
  readonly isNumbered: boolean;
}

function toLines(text: string, unordered: boolean): Line[] {
  const lines = readLines(text).map((line) => ({
    text: line,
    kind: toKind(line),
    isNumbered: / \d+›/.test(withPlaceholders([line])[0]!),
  }));
  return unordered ? lines.toSorted((a, b) => (a.kind < b.kind ? -1 : 1)) : lines;
}

function numbered(lines: readonly Line[]): string {
  return withPlaceholders(lines.map(({ text }) => text)).join("\n");
}

function isGap({ text }: Line): boolean {
  return text.trim() === ELLIPSIS;
}

/** Whether the printed lines are the expected ones, gaps filled, with the same values where the page shows the same. */
class Match {
  readonly #expected: readonly Line[];
  readonly #actual: readonly Line[];
  /** Which values are the same is asked of the lines that the page shows: of the others nothing is known. */
  readonly #wanted: readonly string[];
  /** What has led nowhere: where the search stood, and the values that it had met. */
  readonly #vain = new Set<string>();

  constructor(expected: readonly Line[], actual: readonly Line[]) {
    this.#expected = expected;
    this.#actual = actual;
    this.#wanted = withPlaceholders(
      expected.filter((line) => !isGap(line)).map(({ text }) => text),
    );
  }

  isThere(): boolean {
    return this.#find(0, 0, []);
  }

  #find(at: number, from: number, found: readonly Line[]): boolean {
    const line = this.#expected[at];
    if (line === undefined) return from === this.#actual.length;
    const values = found.filter(({ isNumbered }) => isNumbered).map(({ text }) => text);
    const state = [at, from, ...values].join("\n");
    if (this.#vain.has(state)) return false;
    const isFound = isGap(line)
      ? Array.from({ length: this.#actual.length + 1 - from }).some((_, skipped) =>
          this.#find(at + 1, from + skipped, found),
        )
      : this.#isNext(line, from, found) &&
        this.#find(at + 1, from + 1, [...found, this.#actual[from]!]);
    if (!isFound) this.#vain.add(state);
    return isFound;
  }

  #isNext(line: Line, from: number, found: readonly Line[]): boolean {
    const next = this.#actual[from];
    if (next?.kind !== line.kind) return false;
    if (!next.isNumbered) return true;
    const texts = [...found, next].map(({ text }) => text);
    return withPlaceholders(texts).at(-1) === this.#wanted[found.length];
  }
}
