import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FileLock } from "@workbook/toolchain";

/** What a running Local AWS writes about itself: where it is, and its keys. */
export interface ServerFile {
  readonly pid: number;
  readonly endpoint: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly accountId: string;
  };
  /** What `/_local/` wants to see before it changes anything. */
  readonly token: string;
  readonly dataDir: string;
}

/** Reads `server.json` of a data directory; undefined where there is none. */
export function readServerFile(dataDir: string): ServerFile | undefined {
  try {
    return JSON.parse(readFileSync(join(dataDir, "server.json"), "utf8")) as ServerFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * The process that holds a data directory; undefined where none does. It may not be ready yet, or be stopping. What was
 * written down by one that is dead means nothing: its lock is gone with it.
 */
export function readServerPid(dataDir: string): number | undefined {
  const path = join(dataDir, "server.lock");
  if (!existsSync(path)) return undefined;
  using lock = new FileLock(path);
  return lock.take() ? undefined : Number(readFileSync(join(dataDir, "server.pid"), "utf8"));
}
