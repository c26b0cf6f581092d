import { text, type Text, type Words } from "@workbook/toolchain";

/** What an instructor can use of a chapter; Markdown, with the site's addresses. */
export interface Teaching {
  /** What a room asks in this chapter, and where the answer is. */
  readonly asks: readonly Row[];
  /** What to break in one's own `stack.ts`, and what is seen then. */
  readonly breaks: readonly Row[];
}

/** The cells of a row of the instructor's tables, beside the chapter's number. */
type Row = readonly [Text, Text];
type RowWords = readonly [Words, Words];

/** Defines what an instructor can use of a chapter. */
export function defineTeaching(given: {
  readonly asks: readonly RowWords[];
  readonly breaks: readonly RowWords[];
}): Teaching {
  const row = ([first, second]: RowWords): Row => [text(first), text(second)];
  return { asks: given.asks.map(row), breaks: given.breaks.map(row) };
}
