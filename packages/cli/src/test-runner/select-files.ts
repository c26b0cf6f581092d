import { globSync } from "node:fs";

/** The test files of the repository by kind, relative to its root. */
export interface TestFiles {
  readonly vitest: readonly string[];
  readonly go: readonly string[];
  readonly node: readonly string[];
}

const PATTERNS = {
  vitest: [
    "{infra,packages/*}/{src,tests}/**/*.test.ts",
    "{docs,scripts}/**/*.test.ts",
    "labs/*/{checks/,tests/,}*.test.ts",
  ],
  go: ["apps/*/**/*_test.go"],
  node: ["apps/*/test/**/*.test.js"],
} as const;

/** Whole paths through the product, of minutes each: they run when they are named. */
const JOURNEY = /\.(?:journey|walk)\.test\.ts$/;

/** Every test file whose path contains one of the names; without names, all but the journeys. `@workbook/cli` means `packages/cli`. */
export function selectFiles(root: string, names: readonly string[]): TestFiles {
  const wanted = names.map(toPathPart);
  const list = (patterns: readonly string[]) =>
    globSync([...patterns], { cwd: root, exclude: (name) => name === "node_modules" })
      .filter((file) =>
        wanted.length === 0 ? !JOURNEY.test(file) : wanted.some((part) => file.includes(part)),
      )
      .toSorted();
  return { vitest: list(PATTERNS.vitest), go: list(PATTERNS.go), node: list(PATTERNS.node) };
}

function toPathPart(name: string): string {
  if (name === "@workbook/infra" || name === "@workbook/labs") return `${name.slice(10)}/`;
  return name.replace(/^@workbook\/(.+)/, "packages/$1/");
}
