import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeInOneStep, type LearnerFolder } from "./learner-folder.ts";

/** How much of a hint was given: 1 the question, 2 the pointer, 3 the line to write. */
export type HintLevel = 0 | 1 | 2 | 3;

/** What a learner has done. */
export interface LearnerProgress {
  /** The chapter that commands are about. */
  readonly current: string | undefined;
  /** When each was first begun and first passed, as `YYYY-MM-DD`. */
  readonly started: ReadonlyMap<string, string>;
  readonly passed: ReadonlyMap<string, string>;
  /** How far each hint has gone, by `<lab> <check> <fault>`. */
  readonly hints: ReadonlyMap<string, HintLevel>;
  /** The chapters whose solution was asked for before they were passed. */
  readonly asked: ReadonlySet<string>;
}

const HEADING = `# What you have done, one fact a line. You may edit this file: a line taken away is forgotten.
`;

/** `workspace/progress.txt`. */
export function progressFile({ root }: LearnerFolder): string {
  return join(root, "progress.txt");
}

/** Reads what is kept; lines that say nothing known are passed over. */
export function readProgress(folder: LearnerFolder): LearnerProgress {
  const file = progressFile(folder);
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  let current: string | undefined;
  const started = new Map<string, string>();
  const passed = new Map<string, string>();
  const hints = new Map<string, HintLevel>();
  const asked = new Set<string>();
  for (const line of lines) {
    const [word, lab = "", ...rest] = line.trim().split(/\s+/);
    if (lab === "") continue;
    if (word === "current") current = lab;
    if (word === "started") started.set(lab, rest[0] ?? "");
    if (word === "passed") passed.set(lab, rest[0] ?? "");
    if (word === "asked-for-solution") asked.add(lab);
    const level = Number(rest[2]);
    if (word === "hint" && (level === 1 || level === 2 || level === 3))
      hints.set(`${lab} ${rest[0]} ${rest[1]}`, level);
  }
  return { current, started, passed, hints, asked };
}

/** Notes that a chapter is begun, or gone back to. */
export function noteStarted(folder: LearnerFolder, lab: string): void {
  const progress = readProgress(folder);
  write(folder, { ...progress, current: lab, started: withFirst(progress.started, lab) });
}

/** Notes that all of a chapter's checks have passed. */
export function notePassed(folder: LearnerFolder, lab: string): void {
  const progress = readProgress(folder);
  write(folder, { ...progress, passed: withFirst(progress.passed, lab) });
}

/** Notes that a chapter's solution was asked for. */
export function noteAsked(folder: LearnerFolder, lab: string): void {
  const progress = readProgress(folder);
  write(folder, { ...progress, asked: new Set([...progress.asked, lab]) });
}

/** Goes one level further with a hint and says which level that is. */
export function raiseHint(
  folder: LearnerFolder,
  { lab, check, fault }: { lab: string; check: string; fault: string },
): 1 | 2 | 3 {
  const progress = readProgress(folder);
  const key = `${lab} ${check} ${fault}`;
  const level = Math.min(3, (progress.hints.get(key) ?? 0) + 1) as 1 | 2 | 3;
  write(folder, { ...progress, hints: new Map([...progress.hints, [key, level]]) });
  return level;
}

function withFirst(times: ReadonlyMap<string, string>, lab: string): ReadonlyMap<string, string> {
  if (times.has(lab)) return times;
  return new Map([...times, [lab, new Date().toISOString().slice(0, 10)]]);
}

function write(folder: LearnerFolder, progress: LearnerProgress): void {
  const { current, started, passed, hints, asked } = progress;
  const lines = [
    ...(current === undefined ? [] : [`current ${current}`]),
    ...[...started].map(([lab, day]) => `started ${lab} ${day}`),
    ...[...passed].map(([lab, day]) => `passed ${lab} ${day}`),
    ...[...hints].map(([key, level]) => `hint ${key} ${level}`),
    ...[...asked].map((lab) => `asked-for-solution ${lab}`),
  ];
  writeInOneStep(folder, progressFile(folder), `${HEADING}${lines.join("\n")}\n`);
}
