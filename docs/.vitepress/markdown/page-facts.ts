import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { PageData } from "vitepress";

import { root } from "../../../scripts/site-pages.ts";

const WORDS_A_MINUTE = 200;
const JAPANESE_CHARACTERS_A_MINUTE = 500;

/** A question that a page closes with, as its front matter has it. */
interface Question {
  readonly question: string;
  readonly answers: readonly { text: string; why: string; right?: boolean }[];
}

/**
 * Adds to a page's front matter what components need and nobody should have to write: `readingMinutes`, and the words
 * of `quiz` as HTML.
 *
 * @throws when a question has not exactly one right answer, or an answer says no `why`
 */
export function addPageFacts(page: PageData): void {
  const source = readFileSync(join(root, page.filePath), "utf8");
  page.frontmatter["readingMinutes"] = readingMinutes(source);
  const quiz = page.frontmatter["quiz"] as readonly Question[] | undefined;
  if (!quiz) return;
  page.frontmatter["quiz"] = quiz.map((question) => toHtml(question, page.filePath));
}

function toHtml(question: Question, file: string): Question {
  const right = question.answers.filter((answer) => answer.right);
  if (right.length !== 1) {
    throw new Error(`${file}: "${question.question}" has ${right.length} right answers, not one`);
  }
  return {
    question: inline(question.question),
    answers: question.answers.map(({ text, why, right }) => {
      if (!why) throw new Error(`${file}: the answer "${text}" has no "why"`);
      return { text: inline(text), why: inline(why), right: right === true };
    }),
  };
}

/** Plain words with `code` in them. */
function inline(words: string): string {
  const escaped = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return escaped.replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

/** How long the prose of a page takes to read; code is looked at, not read. */
export function readingMinutes(source: string): number {
  const prose = source
    .replace(/^---\n[^]*?\n---\n/, "")
    .replaceAll(/^(```+|~~~+)[^]*?^\1\s*$/gm, "")
    .replaceAll(/<[^>]+>/g, " ");
  const japanese = prose.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー]/gu)?.length ?? 0;
  const words = prose.match(/[\p{sc=Latin}\p{N}][\p{sc=Latin}\p{N}'’.-]*/gu)?.length ?? 0;
  return Math.max(1, Math.round(words / WORDS_A_MINUTE + japanese / JAPANESE_CHARACTERS_A_MINUTE));
}
