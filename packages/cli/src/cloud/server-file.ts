import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FileLock, UserError } from "@workbook/toolchain";

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

/**
 * Reads `server.json` of a data directory; undefined where there is none.
 * @throws {UserError} `SERVER_FILE_UNREADABLE` where it is not what a server writes
 */
export function readServerFile(dataDir: string): ServerFile | undefined {
  const file = join(dataDir, "server.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const written = parseServerFile(text);
  if (written !== undefined) return written;
  throw new UserError(
    [
      `${file} is damaged: a running cloud writes its address and its keys there.`,
      `${file} が壊れています。動作中のクラウドがアドレスとキーを書き込むファイルです。`,
    ],
    { code: "SERVER_FILE_UNREADABLE", next: `rm ${file}` },
  );
}

function parseServerFile(text: string): ServerFile | undefined {
  let file: Partial<ServerFile> | null;
  try {
    file = JSON.parse(text) as Partial<ServerFile> | null;
  } catch {
    return undefined;
  }
  const isWhole =
    typeof file?.pid === "number" &&
    URL.canParse(String(file.endpoint)) &&
    typeof file.credentials?.accessKeyId === "string" &&
    typeof file.token === "string";
  return isWhole ? (file as ServerFile) : undefined;
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
