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
  /** What the learner wrote there beside: comments, and lines that say nothing known. */
  readonly others: readonly string[];
}

const HEADING = `# What you have done, one fact a line. You may edit this file: a line taken away is forgotten.
# 行ったことの記録です (1 行に 1 つ)。編集できます。行を消すと、なかったことになります。
`;

/** `workspace/progress.txt`. */
export function progressFile({ root }: LearnerFolder): string {
  return join(root, "progress.txt");
}

/** Reads what is kept. */
export function readProgress(folder: LearnerFolder): LearnerProgress {
  const file = progressFile(folder);
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  let current: string | undefined;
  const started = new Map<string, string>();
  const passed = new Map<string, string>();
  const hints = new Map<string, HintLevel>();
  const asked = new Set<string>();
  const others: string[] = [];
  for (const line of lines) {
    const [word, lab, ...rest] = line.trim().split(/\s+/);
    const level = Number(rest[2]);
    if (lab === undefined) others.push(line);
    else if (word === "current") current = lab;
    else if (word === "started") started.set(lab, rest[0] ?? "");
    else if (word === "passed") passed.set(lab, rest[0] ?? "");
    else if (word === "asked-for-solution") asked.add(lab);
    else if (word === "hint" && (level === 1 || level === 2 || level === 3))
      hints.set(`${lab} ${rest[0]} ${rest[1]}`, level);
    else others.push(line);
  }
  const isOurs = (line: string) => line.trim() === "" || HEADING.includes(`${line}\n`);
  return {
    current,
    started,
    passed,
    hints,
    asked,
    others: others.filter((line) => !isOurs(line)),
  };
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

/** What a hint is about. */
export interface HintSubject {
  readonly lab: string;
  readonly check: string;
  readonly fault: string;
}

/** Notes that the question of a hint was shown: the next hint begins with the pointer. */
export function noteQuestion(folder: LearnerFolder, subject: HintSubject): void {
  if (!readProgress(folder).hints.has(keyOf(subject))) raiseHint(folder, subject);
}

/** Goes one level further with a hint and says which level that is. */
export function raiseHint(folder: LearnerFolder, subject: HintSubject): 1 | 2 | 3 {
  const progress = readProgress(folder);
  const key = keyOf(subject);
  const level = Math.min(3, (progress.hints.get(key) ?? 0) + 1) as 1 | 2 | 3;
  write(folder, { ...progress, hints: new Map([...progress.hints, [key, level]]) });
  return level;
}

function keyOf({ lab, check, fault }: HintSubject): string {
  return `${lab} ${check} ${fault}`;
}

function withFirst(times: ReadonlyMap<string, string>, lab: string): ReadonlyMap<string, string> {
  if (times.has(lab)) return times;
  return new Map([...times, [lab, new Date().toISOString().slice(0, 10)]]);
}

function write(folder: LearnerFolder, progress: LearnerProgress): void {
  const { current, started, passed, hints, asked, others } = progress;
  const lines = [
    ...(current === undefined ? [] : [`current ${current}`]),
    ...[...started].map(([lab, day]) => `started ${lab} ${day}`),
    ...[...passed].map(([lab, day]) => `passed ${lab} ${day}`),
    ...[...hints].map(([key, level]) => `hint ${key} ${level}`),
    ...[...asked].map((lab) => `asked-for-solution ${lab}`),
    ...others,
  ];
  writeInOneStep(folder, progressFile(folder), `${HEADING}${lines.join("\n")}\n`);
}
