import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/**
 * What each part imports from others, types included. It is one direction: a row names only parts of rows below it.
 * Tests and what serves them are not held to it: they start whole clouds, and stand beside the parts.
 */
const USES: Readonly<Record<string, readonly string[]>> = {
  docs: ["cli", "lab-kit", "local-aws", "toolchain"],
  cli: ["lab-kit", "local-aws", "provider-lane", "stand-in-images", "toolchain"],
  labs: ["image-builder", "infra", "lab-kit", "toolchain"],
  infra: [],
  "lab-kit": ["image-builder", "local-aws", "provider-lane", "stand-in-images", "toolchain"],
  "image-builder": ["image-layers", "registry-client", "toolchain"],
  "local-aws": ["image-layers", "registry-client"],
  "stand-in-images": ["log-router", "toolchain"],
  "provider-lane": [],
  "image-layers": [],
  "registry-client": [],
  "log-router": [],
  toolchain: [],
};

const folderOf = (part: string): string =>
  ["docs", "labs", "infra"].includes(part) ? part : `packages/${part}`;

/** Whatever names a module: imports, exports from one, imports on demand. */
const SPECIFIER = /(?:\bfrom|\bimport\(|^import)\s*"(@workbook\/[^"/]+|\.\.?\/[^"]+)/gm;

const TEST =
  /\.(?:test(?:-d)?|cases)\.ts$|(?:^|\/)(?:testing|tests|bench|attack|endurance|arguments)(?:\/|\.ts$)/;
const ELSEWHERE = /(?:^|\/)(?:node_modules|dist|cache)\//;

/** The part whose folder has a file; undefined for what belongs to none, such as `scripts/`. */
const partOf = (file: string): string | undefined =>
  Object.keys(USES).find((part) => file.startsWith(`${folderOf(part)}/`));

const importsOf = (part: string): { readonly file: string; readonly imported: string }[] =>
  globSync(`${folderOf(part)}/{**,.vitepress/**}/*.{ts,vue}`, { cwd: root })
    .filter((file) => !TEST.test(file) && !ELSEWHERE.test(file))
    .flatMap((file) =>
      Array.from(readFileSync(join(root, file), "utf8").matchAll(SPECIFIER), ([, specifier]) => {
        const imported = specifier!.startsWith(".")
          ? partOf(relative(root, join(root, dirname(file), specifier!)))
          : basename(specifier!);
        return { file, imported: imported ?? part };
      }),
    )
    .filter(({ imported }) => imported !== part);

test.each(Object.entries(USES))("%s imports from %j and no other part", (part, uses) => {
  const found = importsOf(part);
  const astray = found.filter(({ imported }) => !uses.includes(imported));
  expect(astray.map(({ file, imported }) => `${file} imports ${imported}`)).toEqual([]);
  const unused = uses.filter((name) => !found.some(({ imported }) => imported === name));
  expect(unused, "named, and not imported").toEqual([]);
});

test("every part has a row, and dependencies point one way: down the table", () => {
  const packages = globSync("packages/*/package.json", { cwd: root }).map((file) =>
    basename(dirname(file)),
  );
  const parts = Object.keys(USES);
  expect(parts.toSorted()).toEqual([...packages, "docs", "labs", "infra"].toSorted());
  for (const [at, part] of parts.entries())
    for (const used of USES[part]!)
      expect(parts.indexOf(used), `${part} → ${used}`).toBeGreaterThan(at);
});

/** The sentence that says who depends on nothing, and what stand-in-images does depend on. */
const SENTENCES = {
  "AGENTS.md": /^([^;]*) depend on nothing, `stand-in-images` on (.*)\.$/m,
  "docs/architecture.md":
    /\. ((?:`[a-z-]+`(?:, | and )?)+) depend on no other part, `stand-in-images` on (.*?) alone\./,
  "docs/ja/architecture.md":
    /。((?:`[a-z-]+`、?)+) は、ほかのどの部分にも依存しません。`stand-in-images` が使うのは (.*?) だけです。/,
};

test.each(Object.entries(SENTENCES))("%s says so too", (page, sentence) => {
  const [, nothing = "", standIns = ""] =
    sentence.exec(readFileSync(join(root, page), "utf8")) ?? [];
  const named = (text: string) => Array.from(text.matchAll(/`([a-z-]+)`/g), ([, name]) => name!);
  // Infra has a sentence of its own, of what it must not know.
  const alone = Object.keys(USES).filter((part) => USES[part]!.length === 0 && part !== "infra");
  expect(named(nothing).toSorted()).toEqual(alone.toSorted());
  expect(named(standIns).toSorted()).toEqual(USES["stand-in-images"]);
});

test("what AGENTS.md draws with arrows is so", () => {
  const [line = ""] =
    /^Dependencies point one way: .*$/m.exec(readFileSync(join(root, "AGENTS.md"), "utf8")) ?? [];
  const drawn = Array.from(line.matchAll(/`([a-z-, ]+(?: → [a-z-, ]+)+)`/g), ([, text]) =>
    text!.split(" → ").map((names) => names.split(", ")),
  );
  expect(drawn.length).toBeGreaterThan(1);
  for (const chain of drawn)
    for (const [at, users] of chain.slice(0, -1).entries())
      for (const user of users) expect(USES[user]).toEqual(expect.arrayContaining(chain[at + 1]!));
});
