/**
 * Compares the Japanese pages with the English ones: `node docs/scripts/check-translations.ts [--strict]`. Ends with 1
 * where a page is missing in a language, or one that is not behind has other headings, code, components, right answers or
 * digests. Pages that are behind are listed; with `--strict` they are an error too. `--record PAGE…` notes that these
 * pages (`labs/05-service.md`, or parts of such names) say what the English ones say now.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { pageFile, root } from "../../scripts/site-pages.ts";
import { surveyTranslations } from "./translations/survey.ts";
import { recordSource } from "./translations/translation.ts";

const args = process.argv.slice(2);

if (args.includes("--record")) {
  const names = args.filter((arg) => !arg.startsWith("--"));
  const unknown = new Set(names);
  for (const page of surveyTranslations(root).pages.keys()) {
    const file = join(root, pageFile(`ja/${page}`));
    const meant = names.filter((name) => page.includes(name) || pageFile(page) === name);
    if (meant.length === 0 || !existsSync(file)) continue;
    for (const name of meant) unknown.delete(name);
    const english = readFileSync(join(root, pageFile(page)), "utf8");
    writeFileSync(file, recordSource(english, readFileSync(file, "utf8")));
  }
  if (unknown.size > 0) {
    console.error(`no page has ${[...unknown].join(", ")} in its address`);
    process.exit(2);
  }
}

const { pages, orphans } = surveyTranslations(root);
const counts = { current: 0, behind: 0, missing: 0, different: 0 };
for (const [page, result] of pages) {
  counts[result.state] += 1;
  const file = pageFile(`ja/${page}`);
  if (result.state === "behind") console.log(`${file}: behind ${pageFile(page)}`);
  if (result.state === "missing") console.error(`${file}: missing`);
  if (result.state !== "current") continue;
  if (result.problems.length > 0) counts.different += 1;
  for (const problem of result.problems) console.error(`${file}: ${problem}`);
}
for (const page of orphans)
  console.error(`${pageFile(`ja/${page}`)}: there is no ${pageFile(page)}`);
const { current, behind, missing, different } = counts;
console.log(
  `${pages.size} pages: ${current} translated, ${behind} behind, ${missing} missing, ${different} of another shape`,
);
const isWrong = different + missing + orphans.length > 0;
process.exitCode = isWrong || (args.includes("--strict") && behind > 0) ? 1 : 0;
