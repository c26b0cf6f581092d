/**
 * Checks that every chapter's page has the parts that docs/writing.md asks for, and that its time is what its parts and
 * the measured waiting come to: `node docs/scripts/check-chapters.ts [--strict]`. Labs without a page are listed; with
 * `--strict` they are an error.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { type Lab, loadLabs } from "@workbook/lab-kit";

import { pageFile, root } from "../../scripts/site-pages.ts";
import { findMinutesProblem, labTime } from "../.vitepress/data/lab-time.ts";
import { readMeasuredTimes } from "../.vitepress/data/measured-times.ts";
import { readShape } from "./translations/page-shape.ts";

const COMPONENTS = ["LabFacts", "StackPicture", "LabCost", "LabQuiz"];
const CLOSING = ["what-you-have-learned", "what-it-costs-on-aws", "clean-up", "check-yourself"];

/** What is wrong with a chapter's page, in words; `checks` are the ids of its lab's. */
function findProblems(source: string, checks: readonly string[]): string[] {
  const { headings, components, answers, quiz } = readShape(source);
  const closing = headings.filter((heading) => heading.startsWith("## ")).slice(-CLOSING.length);
  return [
    ...COMPONENTS.filter((name) => !components.includes(name)).map(
      (name) => `<${name}> is missing`,
    ),
    ...CLOSING.flatMap((anchor, i) =>
      closing[i] === `## #${anchor}` ? [] : [`the closing part ${i + 1} is not #${anchor}`],
    ),
    ...answers
      .filter((answer) => !checks.includes(answer))
      .map((answer) => `an answer opens by the check "${answer}", which the lab has not`),
    ...(quiz.length === 0 ? ["the front matter asks no question (quiz)"] : []),
  ];
}

const times = readMeasuredTimes();

/** Whether the manifest's minutes are what the lab's files, its page and the measured waiting come to. */
function findTimeProblems({ id, directory, minutes }: Lab, page: string, source: string): string[] {
  const seconds = times[page];
  if (seconds === undefined) return ["its time was never measured: pnpm pages --update"];
  const problem = findMinutesProblem(minutes, labTime(directory, source, seconds));
  return problem === undefined ? [] : [`labs/${id}/lab.ts: ${problem}`];
}

const labs = await loadLabs(join(root, "labs"));
let problems = 0;
let missing = 0;
for (const lab of labs) {
  const page = `labs/${lab.id}.md`;
  const file = pageFile(page);
  if (!existsSync(join(root, file))) {
    missing += 1;
    console.log(`${file}: missing`);
    continue;
  }
  const source = readFileSync(join(root, file), "utf8");
  const ids = lab.checks.map(({ id }) => id);
  for (const problem of [...findProblems(source, ids), ...findTimeProblems(lab, page, source)]) {
    problems += 1;
    console.error(`${file}: ${problem}`);
  }
}
console.log(`${labs.length} labs: ${missing} without a page, ${problems} problems`);
process.exitCode = problems > 0 || (missing > 0 && process.argv.includes("--strict")) ? 1 : 0;
