import { join } from "node:path";
import type { Words } from "@workbook/toolchain";
import { parseEvent, type TerraformEvent } from "./events.ts";
import { followDetached } from "./run-detached.ts";
import {
  isGroupAlive,
  readFailed,
  readRunning,
  removeRunning,
  writeFailed,
  type FailedRun,
  type RunningRecord,
} from "./running-file.ts";

/** Where an earlier command worked, and who is told of it. */
export interface EarlierRunOptions {
  readonly directory: string;
  readonly onEvent?: (event: TerraformEvent) => void;
  readonly signal?: AbortSignal;
}

/** Of the run that is at work. */
export function runningFile(directory: string): string {
  return join(directory, "running.json");
}

/** Of a run that failed, until what it left has been put right. */
function failedFile(directory: string): string {
  return join(directory, "failed.json");
}

/**
 * Waits for a run that an earlier command started and did not see the end of; it is told of as if it were ours.
 * @returns a run that failed or was cut off, for whoever puts right what it left, and then forgets it
 */
export async function settleEarlierRun(options: EarlierRunOptions): Promise<FailedRun | undefined> {
  const { directory, signal } = options;
  const record = readRunning(runningFile(directory));
  if (record) {
    const code = await followDetached(record, tellOf(record, options), signal);
    // `init` is simply done again; anything else may hold the lock.
    if (code !== 0 && record.command !== "init")
      writeFailed(failedFile(directory), { ...record, wasCutOff: code === undefined });
    removeRunning(runningFile(directory));
  }
  return readFailed(failedFile(directory));
}

/** Forgets the run that {@link settleEarlierRun} has told of. */
export function forgetEarlierRun(directory: string): void {
  removeRunning(failedFile(directory));
}

/** Tells of an earlier run that is still at work; what one that has ended said is no news. */
function tellOf(record: RunningRecord, { onEvent }: EarlierRunOptions): (line: string) => void {
  if (!isGroupAlive(record)) return () => {};
  const { command, pid } = record;
  const said: Words = [
    `terraform ${command} of an earlier command (process ${pid}) is still at work: waiting for it`,
    `前のコマンドの terraform ${command} (プロセス ${pid}) がまだ動いているので、終わるのを待っています`,
  ];
  onEvent?.({ type: "waiting", said });
  return (line) => {
    const event = parseEvent(line);
    if (event && event.type !== "diagnostic") onEvent?.(event);
  };
}
