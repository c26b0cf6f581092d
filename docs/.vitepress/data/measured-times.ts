import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = join(import.meta.dirname, "measured-times.json");
/** Another machine, or a busy one: up to three times as long, and two minutes. */
const FACTOR = 3;
const SLACK_SECONDS = 120;

/** How long the commands of each page took when they were recorded, in seconds, by the page's path below `docs/`. */
export type MeasuredTimes = Readonly<Record<string, number>>;

/** Reads what `pnpm pages --update` has recorded. */
export function readMeasuredTimes(file = FILE): MeasuredTimes {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as MeasuredTimes) : {};
}

/** Keeps what was measured, beside what was recorded of other pages. */
export function recordMeasuredTimes(measured: MeasuredTimes, file = FILE): void {
  const times = Object.entries({ ...readMeasuredTimes(file), ...measured });
  const sorted = Object.fromEntries(times.toSorted(([a], [b]) => a.localeCompare(b)));
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`);
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
