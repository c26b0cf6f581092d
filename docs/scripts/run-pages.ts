/**
 * Runs every shell block of the pages in page order, each page in a fresh workspace and with the workbook in the page's
 * language, and compares what they print with what the page shows. Ends with 1 where a page and the program disagree, or
 * a recorded time is far from what it takes, and with 2 where no page has such a name.
 */
import { parseArgs } from "node:util";

import { listSitePages } from "../../scripts/site-pages.ts";
import {
  findTimeProblem,
  readMeasuredTimes,
  recordMeasuredTime,
} from "../.vitepress/data/measured-times.ts";
import { makeWorkspace, removeWorkspace, resetWorkspace } from "./pages/fresh-workspace.ts";
import { readBlocks, runPage, type PageReport } from "./pages/run-page.ts";
import { formatTable } from "./pages/summary.ts";

const USAGE = `pnpm pages [PAGE…]     runs the pages whose path contains one of these, or all, and compares what they print
  --language en|ja      those of one language alone
  --update              writes what was printed into the pages, and records how long the English ones took`;

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    update: { type: "boolean", default: false },
    language: { type: "string" },
    help: { type: "boolean" },
  },
});
const { update, language } = values;

const pages = listSitePages()
  .filter((page) => language === undefined || isJapanese(page) === (language === "ja"))
  .filter((page) => wanted.length === 0 || wanted.some((part) => page.includes(part)))
  .filter((page) => readBlocks(page).some((block) => !block.hidden));

if (values.help || pages.length === 0) {
  const found = values.help ? "" : `No page with commands is called ${wanted.join(" or ")}.\n\n`;
  console.log(`${found}${USAGE}`);
  process.exit(values.help ? 0 : 2);
}

const interrupt = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(name, () => interrupt.abort(new Error(`interrupted by ${name}`)));
}

const reports: PageReport[] = [];
const workspace = await makeWorkspace();
try {
  for (const [index, page] of pages.entries()) {
    if (index > 0) resetWorkspace(workspace);
    console.log(page);
    const options = { update, tell: console.log, signal: interrupt.signal };
    const report = await runPage(workspace, page, options);
    reports.push(report);
    for (const problem of report.problems) console.error(`\n${problem}\n`);
    if (update && isTimed(report)) {
      recordMeasuredTime(page, Math.round(report.seconds));
    }
  }
} finally {
  removeWorkspace(workspace);
}

const recorded = readMeasuredTimes();
const late = reports
  .filter(isTimed)
  .flatMap(({ page, seconds }) => findTimeProblem(page, seconds, recorded) ?? []);
for (const problem of late) console.error(`\n${problem}`);
console.log(`\n${formatTable(reports)}`);
const right = late.length === 0 && reports.every(({ problems }) => problems.length === 0);
process.exitCode = right ? 0 : 1;

function isJapanese(page: string): boolean {
  return page.startsWith("ja/");
}

/** Whether the time of a page says something: it was run to its end, and it is the English one, whose time is recorded. */
function isTimed({ page, ran, problems }: PageReport): boolean {
  return !isJapanese(page) && ran > 0 && problems.length === 0;
}
