import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isFromThisBoot, isGroupRunning, processStamp } from "@workbook/toolchain";

/** What is written down about a program before it begins, for whoever comes after us. */
export interface RunningRecord {
  /** Of the shell that leads the program's session and process group. */
  readonly pid: number;
  /** Tells that process from a later one with the same id. */
  readonly stamp: string;
  /** `apply`, `destroy`, `plan`, `init`. */
  readonly command: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Gets all of its output. */
  readonly logFile: string;
  /** Gets its exit code when it has ended, also when nobody waits for it any more. */
  readonly exitFile: string;
}

/** The record in a file; undefined where nothing is under way, and where the file is not whole. */
export function readRunning(file: string): RunningRecord | undefined {
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, "utf8")) as RunningRecord;
}

/** A run that failed, or that was cut off before it could end in good order: its state does not say all that it made. */
export interface FailedRun extends RunningRecord {
  readonly wasCutOff: boolean;
}

/** The failed run in a file, if any. */
export function readFailed(file: string): FailedRun | undefined {
  return readRunning(file) as FailedRun | undefined;
}

/** Keeps a failed run: whole, or not at all. */
export function writeFailed(file: string, run: FailedRun): void {
  writeRunning(file, run);
}

/** Keeps a record: whole, or not at all. */
export function writeRunning(file: string, record: RunningRecord): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** Forgets a program that has ended. */
export function removeRunning(file: string): void {
  rmSync(file, { force: true });
}

/** Whether any process of the recorded program's group still runs. */
export function isGroupAlive({ pid, stamp }: RunningRecord): boolean {
  const leader = processStamp(pid);
  if (leader !== undefined) return leader === stamp;
  // A group keeps its leader's id from being used again for as long as one of its members runs, and the machine does.
  return isFromThisBoot(stamp) && isGroupRunning(pid);
}

/** The exit code that the program has left; undefined where it was killed, or has not ended. */
export function readExitCode({ exitFile }: RunningRecord): number | undefined {
  if (!existsSync(exitFile)) return undefined;
  const text = readFileSync(exitFile, "utf8").trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
