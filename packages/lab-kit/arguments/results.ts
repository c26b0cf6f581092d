import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { join } from "node:path";
import type { Text } from "@workbook/toolchain";

const FILE = join(import.meta.dirname, "results.json");
const ROOT = join(import.meta.dirname, "../../..");

/** What became of a resource type's arguments. Those that are neither given nor refused were not tried. */
export interface TypeResult {
  /** Every argument that the provider's schema has, by its path. */
  readonly all: readonly string[];
  /** Those that cases give, and that went through all steps. */
  readonly given: readonly string[];
  /** Those at the top of the resource that were changed in place. */
  readonly changed: readonly string[];
  /** Those that Local AWS refuses by name, and why. */
  readonly refused: Readonly<Record<string, Text>>;
  /** How many steps there are: fewer where the provider has no update in place, or no import. */
  readonly steps: number;
  /** What the provider does not read back when it imports one. */
  readonly unread: readonly string[];
}

/** By resource type. */
export type Results = Readonly<Record<string, TypeResult>>;

/** What the last recorded trial of everything has found. */
export function readResults(): Results {
  return JSON.parse(readFileSync(FILE, "utf8")) as Results;
}

/** Keeps what a trial of everything has found. */
export function recordResults(results: Results): void {
  writeFileSync(FILE, formatResults(results));
}

/** As `pnpm check` wants the file. */
export function formatResults(results: Results): string {
  return execFileSync(join(ROOT, "node_modules/.bin/oxfmt"), [`--stdin-filepath=${FILE}`], {
    cwd: ROOT,
    encoding: "utf8",
    input: JSON.stringify(results, null, 2),
  });
}

/** A sentence for every type that is not as it was recorded. */
export function compareResults(found: Results, recorded: Results): string[] {
  return [...new Set([...Object.keys(found), ...Object.keys(recorded)])]
    .filter((type) => !isDeepStrictEqual(found[type], recorded[type]))
    .map((type) => `${type} is not as recorded: ./workbook pnpm arguments --record`);
}
