import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { freemem } from "node:os";
import { join } from "node:path";

/** What the process that keeps the provider writes down about itself: readable by its owner alone. */
export interface LaneFile {
  readonly pid: number;
  /** The Unix socket at which it gives turns. */
  readonly socket: string;
  /** Of whom and of what its provider is: see `SessionLane`. */
  readonly fingerprint: string;
}

/** How it is started. */
export interface KeeperOptions {
  /** `.workbook/lane`: its file, its lock and its log are here. */
  readonly folder: string;
  readonly provider: string;
  readonly fingerprint: string;
  /** The process of the cloud: without it there is nothing to keep a provider for. */
  readonly cloudPid: number;
  readonly idleMs: number;
  /** Memory that has to be left to others. */
  readonly leastFreeBytes: number;
}

/** What a command says when it connects. */
export type LaneRequest =
  | { readonly types: readonly string[] }
  /** The keys are other ones now. */
  | { readonly end: true };

/** What it is answered when it may begin. Its turn lasts for as long as the connection does. */
export interface LaneAnswer {
  readonly reattach: string;
  readonly reattachWhole: string;
}

const NAME = "lane.json";

/** Undefined where there is none. */
export function readLaneFile(folder: string): LaneFile | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, NAME), "utf8")) as LaneFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes it whole, or not at all. */
export function writeLaneFile(folder: string, file: LaneFile): void {
  const path = join(folder, NAME);
  writeFileSync(`${path}.new`, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** When it was written, which is when its keeper began. */
export function laneFileTime(folder: string): Date {
  return statSync(join(folder, NAME)).mtime;
}

export function removeLaneFile(folder: string): void {
  rmSync(join(folder, NAME), { force: true });
}

/**
 * Memory that is there for whoever asks. Only Linux tells (`MemAvailable`): elsewhere what is free is what nothing was
 * found to keep in, and little of it is no sign of need.
 */
export function freeBytes(): number {
  return process.platform === "linux" ? freemem() : Infinity;
}
