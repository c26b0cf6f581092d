import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { readingMinutes } from "../markdown/page-facts.ts";

/** Somebody who reads while typing. */
const LINES_A_MINUTE = 5;
/** To think what will happen, to type a command, and to read what it prints. */
const MINUTES_A_COMMAND = 1.5;
/** A manifest gives whole minutes; what is measured varies by machine. */
const TOLERANCE_MINUTES = 5;

/** What the time of a lab is made of; minutes, not rounded. */
export interface LabTime {
  /** The prose of its page. */
  readonly reading: number;
  /** Lines that the solution has and the start has not. */
  readonly writing: number;
  /** Shell blocks of the page. */
  readonly trying: number;
  /** What the page's commands took when they were run last: Terraform, builds, tasks. */
  readonly waiting: number;
}

/**
 * Computes how long a lab takes, from its files and from what was measured.
 *
 * @param lab folder of the lab, with `start/` and `solution/`
 * @param page source of its page
 * @param seconds what running the page's commands took
 */
export function labTime(lab: string, page: string, seconds: number): LabTime {
  const commands = page.match(/^```sh\b/gm)?.length ?? 0;
  return {
    reading: readingMinutes(page),
    writing: linesToWrite(lab) / LINES_A_MINUTE,
    trying: commands * MINUTES_A_COMMAND,
    waiting: seconds / 60,
  };
}

/** Says what is wrong with the minutes that a manifest gives; undefined when they are what was computed. */
export function findMinutesProblem(
  minutes: number,
  { reading, writing, trying, waiting }: LabTime,
): string | undefined {
  const sum = reading + writing + trying + waiting;
  if (Math.abs(minutes - sum) <= TOLERANCE_MINUTES) return undefined;
  const parts = [
    `${reading} to read`,
    `${writing.toFixed(1)} to write`,
    `${trying.toFixed(1)} to try`,
    `${waiting.toFixed(1)} measured waiting`,
  ];
  return `minutes is ${minutes}, but ${parts.join(", ")} are ${Math.round(sum)}`;
}

function linesToWrite(lab: string): number {
  const solution = join(lab, "solution");
  return globSync("**/*", { cwd: solution, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name).slice(solution.length + 1))
    .reduce((sum, file) => sum + newLines(join(lab, "start", file), join(solution, file)), 0);
}

function newLines(start: string, solution: string): number {
  const given = new Set(existsSync(start) ? toLines(start) : []);
  return toLines(solution).filter((line) => !given.has(line)).length;
}

function toLines(file: string): string[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.map((line) => line.trim()).filter((line) => line !== "");
}
