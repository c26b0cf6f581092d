/**
 * Runs every shell block of the English pages in page order, in a fresh workspace, and compares what they print with
 * what the page shows: `node docs/scripts/run-pages.ts [--update] [page…]`, where a page is part of a path. `--update`
 * writes what was printed into the pages, and records how long it took. Ends with 1 where a page and the program
 * disagree, or a recorded time is far from what it takes.
 */
import { globSync } from "node:fs";
import { join } from "node:path";

import {
  findTimeProblem,
  readMeasuredTimes,
  recordMeasuredTimes,
} from "../.vitepress/data/measured-times.ts";
import { makeWorkspace, removeWorkspace, resetWorkspace } from "./pages/fresh-workspace.ts";
import { readBlocks, runPage, type PageReport } from "./pages/run-page.ts";
import { formatTable } from "./pages/summary.ts";

const docs = join(import.meta.dirname, "..");
const args = process.argv.slice(2);
const update = args.includes("--update");
const wanted = args.filter((arg) => !arg.startsWith("--"));

const pages = globSync("{*,labs/*,concepts/*,reference/*}.md", { cwd: docs })
  .filter((page) => wanted.length === 0 || wanted.some((part) => page.includes(part)))
  .filter((page) => readBlocks(page).some((block) => !block.hidden))
  .toSorted();

const interrupt = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(name, () => interrupt.abort(new Error(`interrupted by ${name}`)));
}

const reports: PageReport[] = [];
if (pages.length > 0) {
  const workspace = await makeWorkspace();
  try {
    for (const [index, page] of pages.entries()) {
      if (index > 0) resetWorkspace(workspace);
      console.log(page);
      const options = { update, tell: console.log, signal: interrupt.signal };
      const report = await runPage(workspace, page, options);
      reports.push(report);
      for (const problem of report.problems) console.error(`\n${problem}\n`);
      if (update && wasRun(report)) {
        recordMeasuredTimes({ [page]: Math.round(report.seconds) });
      }
    }
  } finally {
    removeWorkspace(workspace);
  }
}

const recorded = readMeasuredTimes();
const late = reports
  .filter(wasRun)
  .flatMap(({ page, seconds }) => findTimeProblem(page, seconds, recorded) ?? []);
for (const problem of late) console.error(`\n${problem}`);
console.log(`\n${formatTable(reports)}`);
const right = late.length === 0 && reports.every(({ problems }) => problems.length === 0);
process.exitCode = right ? 0 : 1;

/** Whether the time of a page says something: it was run to its end. */
function wasRun({ ran, problems }: PageReport): boolean {
  return ran > 0 && problems.length === 0;
}
