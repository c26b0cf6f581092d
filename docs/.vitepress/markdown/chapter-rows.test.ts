import { expect, test } from "vitest";

import { expandChapterRows, readChapters } from "./chapter-rows.ts";

const chapters = await readChapters();

test("the rows of all chapters stand between a table's head and the rows below it", () => {
  const source =
    "Before\n\n```chapter-asks\n| In | Asked | Said |\n| any | Why? | So. |\n```\n\nAfter";
  const lines = expandChapterRows(source, "en", chapters).split("\n");
  expect(lines.slice(0, 4)).toEqual(["Before", "", "| In | Asked | Said |", "| --- | --- | --- |"]);
  expect(lines.slice(-3)).toEqual(["| any | Why? | So. |", "", "After"]);
  const rows = lines.slice(4, -3).map((line) => line.split(" | ")[0]);
  expect(rows).toEqual(
    chapters.flatMap(({ id, teaching }) => teaching.asks.map(() => `| ${id.slice(0, 2)}`)),
  );
  expect(rows.length).toBeGreaterThanOrEqual(chapters.length);
});

test("rows are in the page's language, which writes numbers in its own way", () => {
  const table = expandChapterRows(
    "```chapter-breaks\n| 章 | 壊すところ | 症状 |\n```",
    "ja",
    chapters,
  );
  expect(table).toMatch(/^\| 5 \| イメージを存在しないタグにする \|/m);
  expect(table).not.toContain("| 05 |");
});

test("a part of every chapter has its checks, with what they can find wrong", () => {
  const text = expandChapterRows(
    "```chapter-checks\n| Check | Tier | Asks | Faults |\n```",
    "en",
    chapters,
  );
  const headings = chapters.map(({ id, title }) => `## ${id.slice(0, 2)} ${title.en} {#${id}}`);
  expect(text.match(/^## .+$/gm)).toEqual(headings);
  const { id, tier } = chapters[0]!.checks[1]!;
  expect(text).toContain(`| \`${id}\` | ${tier} | `);
});

test("a table that chapters have no rows for is an error", () => {
  expect(() => expandChapterRows("```chapter-jokes\n| In |\n```", "en", chapters)).toThrow("jokes");
});
