/**
 * Writes the pages of docs/reference/ and docs/ja/reference/ that are made from the program: `node
 * docs/scripts/generate-reference.ts`. With `--check` it writes nothing and ends with 1 where a page is not up to date.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { commandLine } from "./reference/command-line.ts";
import { configuration } from "./reference/configuration.ts";
import { constructs } from "./reference/constructs.ts";
import { errorCodes } from "./reference/error-codes.ts";
import { failures } from "./reference/failures.ts";
import { formatPage, type Language } from "./reference/reference-page.ts";
import { supportMatrix } from "./reference/support-matrix.ts";
import { taskDefinition } from "./reference/task-definition.ts";
import { terraformArguments } from "./reference/terraform-arguments.ts";

const docs = join(import.meta.dirname, "..");
const folders: Readonly<Record<Language, string>> = { en: "reference", ja: "ja/reference" };

/** Formats texts as `pnpm check` wants them, all at once: the formatter is a program that takes a while to start. */
function formatAll(texts: ReadonlyMap<string, string>): Map<string, string> {
  const scratch = mkdtempSync(join(tmpdir(), "reference-"));
  try {
    const names = [...texts.keys()];
    names.forEach((name, i) => writeFileSync(join(scratch, `${i}.md`), texts.get(name)!));
    const config = join(docs, "../.oxfmtrc.json");
    const oxfmt = join(docs, "../node_modules/.bin/oxfmt");
    execFileSync(oxfmt, ["-c", config, "."], {
      cwd: scratch,
      stdio: ["ignore", "ignore", "inherit"],
    });
    return new Map(names.map((name, i) => [name, readFileSync(join(scratch, `${i}.md`), "utf8")]));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const pages = await Promise.all([
  commandLine(),
  errorCodes(),
  failures(),
  supportMatrix(),
  terraformArguments(),
  taskDefinition(),
  constructs(),
  configuration(),
]);
const texts = new Map<string, string>();
for (const page of pages) {
  for (const language of ["en", "ja"] as const) {
    texts.set(`${folders[language]}/${page.name}.md`, formatPage(page, language));
  }
}

let stale = 0;
for (const [file, text] of formatAll(texts)) {
  const path = join(docs, file);
  if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
  stale += 1;
  if (process.argv.includes("--check")) console.error(`docs/${file} is not up to date`);
  else writeFileSync(path, text);
}
console.log(
  `${texts.size} pages, ${stale} ${process.argv.includes("--check") ? "stale" : "written"}`,
);
process.exitCode = process.argv.includes("--check") && stale > 0 ? 1 : 0;
