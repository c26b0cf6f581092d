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

const linesOf = (files: string): string[][] =>
  globSync(files, { cwd: root }).map((file) => readFileSync(join(root, file), "utf8").split("\n"));

/** A verdict's English sentences, by its code. */
const verdicts = Map.groupBy(
  linesOf("packages/local-aws/src/reachability/*.ts").flatMap((lines) =>
    lines.map((en, at) => ({ code: /^ +"(\w+)",$/.exec(lines[at - 1] ?? "")?.[1], en })),
  ),
  ({ code }) => code,
);

/**
 * What findings and checks say, in both languages: words are a pair, on one line or on two that follow each other.
 * A verdict's code is what its Japanese sentence has of the English one.
 */
const sentences = linesOf("packages/lab-kit/src/{diagnosis,checks}/**/*.ts").flatMap((lines) =>
  lines.flatMap((ja, at) => {
    if (!JAPANESE.test(ja)) return [];
    const [, code] = /^ +(\w+): `/.exec(ja) ?? [];
    if (code !== undefined && verdicts.has(code))
      return verdicts.get(code)!.map(({ en }) => ({ en, ja }));
    return [{ en: /["`], ["`]/.test(ja) ? ja : lines[at - 1]!, ja }];
  }),
);

/** Whether a line says a quote, whatever the values in it are. */
function says(line: string, quote: string, values: RegExp): boolean {
  const parts = quote.split(values).map((part) => RegExp.escape(part.trim()));
  return new RegExp(parts.join(".*")).test(line);
}

/** Whether a quote is the Japanese half of words that another quotes the English half of. */
const isJapaneseOf = (quote: string, english: string): boolean =>
  JAPANESE.test(quote) &&
  sentences.some(({ en, ja }) => says(en, english, /\d+|\/\S+/) && says(ja, quote, /[…\w/.:-]+/));

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

const english = missingParts(`labs/${LAB}.md`);

test.each([`labs/${LAB}.md`, `ja/labs/${LAB}.md`])(
  "%s says of missing parts what verify has seen of them",
  (page) => {
    const parts = missingParts(page);
    expect(parts.length).toBeGreaterThan(9);
    expect(parts.map(({ checks }) => checks)).toEqual(english.map(({ checks }) => checks));
    for (const [row, { checks, seen }] of parts.entries()) {
      expect(checks.filter((check) => !caughtIn8.has(check))).toEqual([]);
      const quoted = seen.filter((code) => !code.startsWith("./workbook ")).map(withoutPort);
      expect(quoted).not.toEqual([]);
      const isSeen = (code: string) =>
        symptoms.some((words) => words.includes(code)) ||
        english[row]!.seen.some((words) => isJapaneseOf(code, words));
      expect(quoted.filter((code) => !isSeen(code))).toEqual([]);
    }
  },
);
