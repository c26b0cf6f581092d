import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

import { root } from "../../scripts/site-pages.ts";

const read = (file: string) => readFileSync(join(root, file), "utf8");

/** A file that a request comes by. */
interface Step {
  readonly file: string;
  /** Set where the file above asks it. */
  readonly isIndented: boolean;
  /** Set where it starts another process, which is the next file. */
  readonly isLeft: boolean;
}

/** The lists of a page below its heading about requests, by the headings above them. */
function listsOf(page: string, language: "en" | "ja"): ReadonlyMap<string, readonly Step[]> {
  const [start, end] =
    language === "en"
      ? ["## Three requests", "## This site"]
      : ["## ファイルで追う", "## このサイト"];
  const text = read(page);
  const section = text.slice(text.indexOf(`\n${start}`), text.indexOf(`\n${end}`));
  const lists = new Map<string, Step[]>();
  let steps: Step[] = [];
  for (const line of section.split("\n")) {
    if (line.startsWith("### ")) lists.set(line.slice(4), (steps = []));
    const [, lead, file, rest] = /^( *(?:\d+\.|-)) `([^`]+)`: (.*)$/.exec(line) ?? [];
    if (file === undefined) continue;
    const isLeft = /\((?:starts another process|別のプロセスを起動)\)$/;
    steps.push({ file, isIndented: lead!.startsWith(" "), isLeft: isLeft.test(rest!) });
  }
  return lists;
}

/** Whatever names a module: imports, exports from one, imports on demand; types as well as values. */
const SPECIFIER = /(?:\bfrom\s*|\bimport\(|^import\s+)"([^"]+)"/gm;

function specifiersOf(file: string): string[] {
  return Array.from(read(file).matchAll(SPECIFIER), ([, specifier]) => specifier!);
}

/** The doors of the packages here, by the names that are imported: `@workbook/lab-kit/deploy`. */
const doors = new Map(
  globSync("{packages/*,infra}/package.json", { cwd: root }).flatMap((manifest) => {
    const { name, exports = {} } = JSON.parse(read(manifest)) as {
      readonly name: string;
      readonly exports?: Readonly<Record<string, string>>;
    };
    return Object.entries(exports).map(
      ([key, file]) => [`${name}${key.slice(1)}`, join(dirname(manifest), file)] as const,
    );
  }),
);

/** The files that a file imports: those of a package through its door. */
function importsOf(file: string): ReadonlySet<string> {
  if (!file.endsWith(".ts")) return new Set();
  const besides = (from: string, specifiers: readonly string[]) =>
    specifiers
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => relative(root, join(root, dirname(from), specifier)));
  const specifiers = specifiersOf(file);
  const through = specifiers
    .map((specifier) => doors.get(specifier))
    .filter((door) => door !== undefined);
  return new Set([
    ...besides(file, specifiers),
    ...through,
    ...through.flatMap((door) => besides(door, specifiersOf(door))),
  ]);
}

const areTied = (one: string, other: string) =>
  importsOf(one).has(other) || importsOf(other).has(one);

/** Those of a list that no import ties to what they follow. */
function untied(steps: readonly Step[]): string[] {
  const faults: string[] = [];
  for (const [index, { file, isIndented }] of steps.entries()) {
    const before = steps.slice(0, index);
    const parent = before.findLastIndex((step) => !step.isIndented);
    if (parent === -1) continue;
    // On the way itself, the file before it there or the last one that was asked; else the one that asks, or what it has asked.
    const last = before.at(-1)!;
    const candidates = isIndented ? before.slice(parent) : [before[parent]!, last];
    if (last.isLeft || candidates.some((step) => areTied(step.file, file))) continue;
    faults.push(`${file} is tied to none of ${candidates.map((step) => step.file).join(", ")}`);
  }
  return faults;
}

const english = listsOf("docs/architecture.md", "en");
/** How many files a reader has to open at most. */
const MOST = [30, 20, 12];

test("the page on architecture follows three requests, each through few files", () => {
  const counts = Array.from(english.values(), (steps) => steps.length);
  expect(counts).toHaveLength(MOST.length);
  for (const [index, count] of counts.entries()) {
    expect(count).toBeGreaterThan(8);
    expect(count).toBeLessThanOrEqual(MOST[index]!);
  }
});

test.each([...english])("every file of the way of %s is there, once", (_name, steps) => {
  const files = steps.map(({ file }) => file);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  expect(new Set(files).size).toBe(files.length);
});

test.each([...english])("each file of the way of %s is tied to what it follows", (_name, steps) => {
  expect(untied(steps)).toEqual([]);
});

test("files that know nothing of each other are told apart from those that do", () => {
  const [first] = [...english.values()];
  const stranger = { file: "packages/toolchain/src/words.ts", isIndented: true, isLeft: false };
  expect(untied([...first!.slice(0, 3), stranger])).toHaveLength(1);
});

test("the Japanese page follows them through the same files", () => {
  const japanese = [...listsOf("docs/ja/architecture.md", "ja").values()];
  expect(japanese).toEqual([...english.values()]);
});
