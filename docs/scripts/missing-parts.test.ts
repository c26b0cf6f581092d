import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { loadLabs } from "@workbook/lab-kit";
import { expect, test } from "vitest";

import { pageFile, root } from "../../scripts/site-pages.ts";

const LAB = "08-two-services";
const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;

const labs = await loadLabs(join(root, "labs"));
const caughtIn8 = new Set(
  labs.find(({ id }) => id === LAB)!.mutations.map(({ caughtBy }) => caughtBy),
);
/** What a deployed mistake has to come to, in the words that `verify` looks for. */
const symptoms = labs
  .flatMap(({ mutations }) => mutations)
  .flatMap(({ deployed = {} }) => [deployed.refused, deployed.says, deployed.dirty])
  .filter((words) => words !== undefined)
  .map(withoutPort);

/** The apps differ in their ports alone. */
function withoutPort(words: string): string {
  return words.replaceAll(/\bport \d+/g, "port …");
}

/** What findings and checks say, a sentence a line, in both languages. */
const sentences = globSync("packages/lab-kit/src/{diagnosis,checks}/**/*.ts", { cwd: root })
  .flatMap((file) => readFileSync(join(root, file), "utf8").split("\n"))
  .filter((line) => JAPANESE.test(line));

/** Whether the workbook says it in Japanese, whatever the values in it are. */
function isSaidInJapanese(quote: string): boolean {
  const parts = quote.split(/[…\w/.:-]+/).map((part) => part.trim());
  return JAPANESE.test(quote) && sentences.some((line) => parts.every((it) => line.includes(it)));
}

function codeIn(cell = ""): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

/** Rows whose second cell is a check of the chapter: what is missing, which check says so, what is seen. */
function missingParts(page: string): { readonly checks: string[]; readonly seen: string[] }[] {
  const lines = readFileSync(join(root, pageFile(page)), "utf8").split("\n");
  return lines
    .map((line) => line.split("|").slice(1, -1))
    .filter((cells) => cells.length === 3 && /^ `go-[\w-]+` /.test(cells[1] ?? ""))
    .map(([, checks, seen]) => ({ checks: codeIn(checks), seen: codeIn(seen) }));
}

test.each([`labs/${LAB}.md`, `ja/labs/${LAB}.md`])(
  "%s says of missing parts what verify has seen of them",
  (page) => {
    const parts = missingParts(page);
    expect(parts.length).toBeGreaterThan(9);
    for (const { checks, seen } of parts) {
      expect(checks.filter((check) => !caughtIn8.has(check))).toEqual([]);
      const quoted = seen.filter((code) => !code.startsWith("./workbook ")).map(withoutPort);
      expect(quoted).not.toEqual([]);
      const isSeen = (code: string) => symptoms.some((words) => words.includes(code));
      expect(quoted.filter((code) => !isSeen(code) && !isSaidInJapanese(code))).toEqual([]);
    }
  },
);
