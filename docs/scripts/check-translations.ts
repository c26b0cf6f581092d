/**
 * Compares the Japanese pages with the English ones: `node docs/scripts/check-translations.ts [--strict]`. Lists the
 * pages that are missing or behind, and ends with 1 where a page that is not behind has other headings, code, components
 * or right answers; with `--strict` also where one is missing or behind. `--record PAGE…` notes that these pages
 * (`labs/05-service.md`, or parts of such names) say what the English ones say now.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { compareTranslation, recordSource } from "./translations/translation.ts";

const docs = join(import.meta.dirname, "..");
const args = process.argv.slice(2);
const pages = globSync("{*,labs/*,concepts/*,reference/*}.md", { cwd: docs }).toSorted();
const read = (page: string) => readFileSync(join(docs, page), "utf8");
const readJapanese = (page: string) =>
  existsSync(join(docs, "ja", page)) ? read(join("ja", page)) : undefined;

if (args.includes("--record")) {
  const names = args.filter((arg) => !arg.startsWith("--"));
  const chosen = pages.filter((page) => names.some((name) => page.includes(name)));
  for (const page of chosen) {
    const japanese = readJapanese(page);
    if (japanese === undefined) console.error(`ja/${page} does not exist`);
    else writeFileSync(join(docs, "ja", page), recordSource(read(page), japanese));
  }
}

const counts = { current: 0, behind: 0, missing: 0, different: 0 };
for (const page of pages) {
  const result = compareTranslation(read(page), readJapanese(page));
  counts[result.state] += 1;
  if (result.state !== "current") {
    console.log(`ja/${page}: ${result.state}`);
    continue;
  }
  if (result.problems.length > 0) counts.different += 1;
  for (const problem of result.problems) console.error(`ja/${page}: ${problem}`);
}
const { current, behind, missing, different } = counts;
console.log(
  `${pages.length} pages: ${current} translated, ${behind} behind, ${missing} missing, ${different} of another shape`,
);
const isIncomplete = args.includes("--strict") && behind + missing > 0;
process.exitCode = different > 0 || isIncomplete ? 1 : 0;
