/**
 * Checks that every chapter's page has the parts that docs/writing.md asks for: `node docs/scripts/check-chapters.ts
 * [--strict]`. Labs without a page are listed; with `--strict` they are an error.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { readShape } from "./translations/page-shape.ts";

const docs = join(import.meta.dirname, "..");
const COMPONENTS = ["LabFacts", "StackPicture", "LabCost", "LabQuiz"];
const CLOSING = ["what-you-have-learned", "what-it-costs-on-aws", "clean-up", "check-yourself"];

/** What is wrong with a chapter's page, in words. */
function findProblems(source: string): string[] {
  const { headings, components, quiz } = readShape(source);
  const closing = headings.filter((heading) => heading.startsWith("## ")).slice(-CLOSING.length);
  return [
    ...COMPONENTS.filter((name) => !components.includes(name)).map(
      (name) => `<${name}> is missing`,
    ),
    ...CLOSING.flatMap((anchor, i) =>
      closing[i] === `## #${anchor}` ? [] : [`the closing part ${i + 1} is not #${anchor}`],
    ),
    ...(quiz.length === 0 ? ["the front matter asks no question (quiz)"] : []),
  ];
}

const labs = globSync("*/lab.ts", { cwd: join(docs, "../labs") }).map((file) => dirname(file));
let problems = 0;
let missing = 0;
for (const lab of labs.toSorted()) {
  const page = `labs/${lab}.md`;
  if (!existsSync(join(docs, page))) {
    missing += 1;
    console.log(`docs/${page}: missing`);
    continue;
  }
  for (const problem of findProblems(readFileSync(join(docs, page), "utf8"))) {
    problems += 1;
    console.error(`docs/${page}: ${problem}`);
  }
}
console.log(`${labs.length} labs: ${missing} without a page, ${problems} parts missing`);
process.exitCode = problems > 0 || (missing > 0 && process.argv.includes("--strict")) ? 1 : 0;
