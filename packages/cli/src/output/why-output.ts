import { both, list, say, text, type Language, type Text, type Words } from "@workbook/toolchain";
import type { Diagnosis, Finding } from "@workbook/lab-kit";
import { failurePage } from "@workbook/lab-kit/failures";
import { style } from "./style.ts";
import { wrap } from "./wrap.ts";

/** What came back of a request that was asked about. */
export interface Answer {
  readonly url: string;
  /** `503 Service Temporarily Unavailable`, or why nothing came. */
  readonly came: string;
}

const HEADINGS = {
  looked: ["Looked at", "調べたもの"],
  write: ["Write", "書く行"],
  type: ["Type", "実行"],
  read: ["Read", "読むページ"],
  looksLike: ["What looks like it, in the failure catalogue", "似た症状 (障害カタログ)"],
} as const satisfies Record<string, Words>;

/** The findings for a person, the cause first. */
export function formatDiagnosis(
  diagnosis: Diagnosis,
  answer: Answer | undefined,
  language: Language,
  width: number = process.stdout.columns ?? 80,
): string {
  const { findings, refused } = diagnosis;
  const blocks = findings.map((finding) => formatFinding(finding, language, width));
  const asked = answer ? [`GET ${answer.url}\n  ${answer.came}`] : [];
  const kept = refused.map(({ call, value }) => `  ${call}  ${value}`);
  const untold =
    kept.length === 0
      ? []
      : [
          `${say(["AWS did not tell, and so it was not looked at:", "AWS が答えなかったため、調べられなかったもの:"], language)}\n${kept.join("\n")}`,
        ];
  return [
    ...asked,
    ...(findings.length > 0 ? blocks : [nothing(diagnosis, language)]),
    ...untold,
  ].join("\n\n");
}

function formatFinding(
  { id, subjects, cause, evidence, line, page }: Finding,
  language: Language,
  width: number,
): string {
  const heading = (words: Words) => style.quiet(say(words, language));
  const entry = failurePage(id);
  const looked = evidence.flatMap(({ call, value }) => [
    `    ${call}`,
    wrap(value, width, "      "),
  ]);
  return [
    `${style.bad("✗")} ${style.name(subjects.join(", "))}  ${style.quiet(id)}`,
    wrap(say(cause, language), width, "  "),
    "",
    `  ${heading(HEADINGS.looked)}`,
    ...looked,
    `  ${heading(say(line, "en").startsWith("./workbook") ? HEADINGS.type : HEADINGS.write)}`,
    `    ${say(line, language)}`,
    `  ${heading(HEADINGS.read)}`,
    `    ${say(page, language)}`,
    ...(entry ? [`  ${heading(HEADINGS.looksLike)}`, `    ${say(entry, language)}`] : []),
  ].join("\n");
}

function nothing({ subjects, waiting }: Diagnosis, language: Language): string {
  if (subjects.length === 0)
    return say(["There is nothing to look at.", "調べるものがありません。"], language);
  const names = list(subjects);
  const well: Text = both`${style.good("✓")} ${[`Nothing is wrong with ${names.en}.`, `${names.ja} に問題は見つかりません。`]}`;
  if (waiting.length === 0) return say(well, language);
  const others = list(waiting);
  return `${say(well, language)}\n  ${say([`Still on the way: ${others.en}.`, `まだ途中のもの: ${others.ja}。`], language)}`;
}

/** The findings for a program: texts in both languages. */
export function diagnosisJson(diagnosis: Diagnosis, answer: Answer | undefined): object {
  return {
    ...(answer && { answer }),
    subjects: diagnosis.subjects,
    waiting: diagnosis.waiting,
    findings: diagnosis.findings.map(({ id, subjects, cause, evidence, question, page, line }) => {
      const entry = failurePage(id);
      return {
        id,
        subjects,
        cause: text(cause),
        evidence,
        question: text(question),
        page: text(page),
        line: text(line),
        ...(entry && { failure: text(entry) }),
      };
    }),
    refused: diagnosis.refused,
  };
}
