import { readFileSync } from "node:fs";
import { join } from "node:path";

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
