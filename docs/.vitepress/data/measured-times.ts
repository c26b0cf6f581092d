import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");
const FILES = ["docs/.vitepress/data/measured-times.json", "labs/*/measured-times.json"];
/** Another machine, or a busy one: up to three times as long, and two minutes. */
const FACTOR = 3;
const SLACK_SECONDS = 120;

/** How long the commands of each page took when they were recorded, in seconds, by the page's path below `docs/`. */
export type MeasuredTimes = Readonly<Record<string, number>>;

/**
 * Reads what `pnpm pages --update` has recorded.
 *
 * @param root of the workbook
 */
export function readMeasuredTimes(root = ROOT): MeasuredTimes {
  const files = globSync(FILES, { cwd: root }).map((file) => readTimes(join(root, file)));
  return Object.assign({}, ...files) as MeasuredTimes;
}

/** Keeps what was measured of a page, a chapter's in the folder of its lab, beside what was recorded of other pages. */
export function recordMeasuredTime(page: string, seconds: number, root = ROOT): void {
  const lab = /^labs\/(.+)\.md$/.exec(page)?.[1];
  const folder = lab === undefined ? "docs/.vitepress/data" : `labs/${lab}`;
  const file = join(root, folder, "measured-times.json");
  const known = existsSync(file) ? readTimes(file) : {};
  const times = Object.entries({ ...known, [page]: seconds });
  const sorted = Object.fromEntries(times.toSorted(([a], [b]) => a.localeCompare(b)));
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`);
}

function readTimes(file: string): MeasuredTimes {
  return JSON.parse(readFileSync(file, "utf8")) as MeasuredTimes;
}

/** Says that a page's recorded time is not what its commands take; undefined when it is, as far as machines differ. */
export function findTimeProblem(
  page: string,
  seconds: number,
  recorded: MeasuredTimes,
): string | undefined {
  const known = recorded[page];
  const update = `record it: pnpm pages --update ${page}`;
  if (known === undefined)
    return `${page} took ${Math.round(seconds)} s, and no time is recorded; ${update}`;
  const [less, more] = [Math.min(seconds, known), Math.max(seconds, known)];
  if (more <= FACTOR * less + SLACK_SECONDS) return undefined;
  return `${page} took ${Math.round(seconds)} s, and ${known} s are recorded; ${update}`;
}
