import { join } from "node:path";

import { type Lab, loadLabs, loadPart, type Teaching } from "@workbook/lab-kit";
import type { Language } from "@workbook/toolchain";
import type { MarkdownRenderer } from "vitepress";

import { escapeText, formatTable } from "../../scripts/reference/reference-page.ts";

const labsFolder = join(import.meta.dirname, "../../../labs");
const FENCE = /^```chapter-(\w+)\n([^]*?)^```$/gm;

/** What tables of all chapters are made of. */
export interface Chapter extends Pick<Lab, "id" | "title" | "checks"> {
  readonly teaching: Teaching;
}

/** The chapters, in their order, from the folders of their labs. */
export async function readChapters(): Promise<readonly Chapter[]> {
  const labs = await loadLabs(labsFolder);
  return Promise.all(
    labs.map(async (lab) => ({
      ...lab,
      teaching: await loadPart<Teaching>(lab.directory, "teaching"),
    })),
  );
}

/**
 * Puts a table in the place of a fence of this form, with the rows of all chapters between its head and the rows below:
 *
 *     ```chapter-asks
 *     | Chapter | Question | Where the answer is |
 *     | any     | …        | …                   |
 *     ```
 *
 * `asks` and `breaks` are what the chapters give an instructor; `checks` makes a part of each chapter, with its checks.
 */
export function chapterRowsPlugin(md: MarkdownRenderer, chapters: readonly Chapter[]): void {
  md.core.ruler.before("normalize", "chapter-rows", (state) => {
    const { relativePath = "" } = state.env as { readonly relativePath?: string };
    const language = /(?:^|\/)ja\//.test(relativePath) ? "ja" : "en";
    state.src = expandChapterRows(state.src, language, chapters);
  });
}

/** @throws for a table that chapters have no rows for, and a fence without a head */
export function expandChapterRows(
  source: string,
  language: Language,
  chapters: readonly Chapter[],
): string {
  return source.replaceAll(FENCE, (fence, name: string, body: string) => {
    const [head, ...rows] = body.trimEnd().split("\n").map(cellsOf);
    if (head === undefined || head.length === 0) throw new Error(`a table has a head:\n${fence}`);
    if (name === "checks")
      return chapters.map((each) => checksOf(each, language, head)).join("\n\n");
    if (name !== "asks" && name !== "breaks")
      throw new Error(`there is a table of asks, breaks and checks, not:\n${fence}`);
    const own = chapters.flatMap(({ id, teaching }) =>
      teaching[name].map((row) => [numberOf(id, language), ...row.map((words) => words[language])]),
    );
    return formatTable(head, [...own, ...rows]);
  });
}

/** As each language writes chapters' numbers. */
function numberOf(id: string, language: Language): string {
  const number = id.slice(0, 2);
  return language === "ja" ? String(Number(number)) : number;
}

function checksOf(
  { id, title, checks }: Chapter,
  language: Language,
  head: readonly string[],
): string {
  const rows = checks.map(({ id, tier, title, faults }) => [
    `\`${id}\``,
    tier,
    escapeText(title[language]),
    Object.keys(faults)
      .map((fault) => `\`${fault}\``)
      .join(", "),
  ]);
  return `## ${id.slice(0, 2)} ${title[language]} {#${id}}\n\n${formatTable(head, rows)}`;
}

function cellsOf(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}
