import { closeSync, openSync, readSync, statSync } from "node:fs";
import { Database, type ResourceRow } from "./database.ts";

/** What was stored cannot be read: which file it is, and the ways out. */
export class DamagedData extends Error {
  override readonly name = "DamagedData";
}

/** https://www.sqlite.org/rescode.html: a table is missing, the file is malformed, or is no database at all. */
const SQLITE_ERROR = 1;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;
/** How a log of SQLite begins, by the byte order of its sums. https://www.sqlite.org/fileformat2.html#walformat */
const LOG_MAGIC: readonly number[] = [0x377f0682, 0x377f0683];
const LOG_HEADER_BYTES = 32;

/**
 * Looks at what SQLite would take for an empty database, or an empty log, and go on with.
 * @param held whether the cloud has held something before
 * @throws DamagedData
 */
export function requireWhole(file: string, held: boolean): void {
  if (held && statSync(file, { throwIfNoEntry: false })?.size === 0)
    throw wordDamage(file, "it is empty", undefined);
  const log = `${file}-wal`;
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) < LOG_HEADER_BYTES) return;
  const begin = Buffer.alloc(4);
  const descriptor = openSync(log, "r");
  readSync(descriptor, begin);
  closeSync(descriptor);
  if (LOG_MAGIC.includes(begin.readUInt32BE())) return;
  throw new DamagedData(
    `${log} is damaged: it is no log of a database. Nothing was changed. What was written last is in it: put it back as it was, or the cloud.db of a snapshot in the place of ${file}, or move it away, with the -shm, to go on with what was written before.`,
  );
}

/**
 * Opens a file that the store names for reading, if it is what the store says of it.
 * @param size bytes
 * @throws DamagedData where it is gone, or not as long
 */
export function openWhole(file: string, size: number): number {
  const actual = statSync(file, { throwIfNoEntry: false })?.size;
  const what = actual === undefined ? "is gone" : `has ${actual} bytes instead of ${size}`;
  if (actual === size) return openSync(file, "r");
  throw new DamagedData(
    `${file} ${what}. Write what was in it again (put the object, push the image), or restore a snapshot.`,
  );
}

/** What is to be told where the server was killed, and the log that holds what was written last has been taken away since. */
export function missingLog(file: string): string | undefined {
  const [database, log] = [file, `${file}-wal`].map((name) =>
    statSync(name, { throwIfNoEntry: false }),
  );
  if (!database || log) return undefined;
  return `${file}-wal is gone, though the server was killed: what was written last was in it. Stop this server and put the log back, or the cloud.db of a snapshot in the place of ${file}, where something is missing.`;
}

/** Opens a database. @throws DamagedData */
export function openDatabase(file: string): Database {
  try {
    return Database.open(file);
  } catch (error) {
    throw damaged(file, error);
  }
}

/** The value of a row. @throws DamagedData */
export function parseRow(file: string, { kind, id, value }: ResourceRow): object {
  try {
    return JSON.parse(value) as object;
  } catch (cause) {
    throw wordDamage(file, `${kind} ${id} cannot be read`, cause);
  }
}

/** `error` as damage of `file`, where that is what it is. */
export function damaged(file: string, error: unknown): unknown {
  const code = (error as { errcode?: number }).errcode ?? 0;
  const isDamage = [SQLITE_ERROR, SQLITE_CORRUPT, SQLITE_NOTADB].includes(code & 0xff);
  return isDamage ? wordDamage(file, (error as Error).message, error) : error;
}

function wordDamage(file: string, what: string, cause: unknown): DamagedData {
  return new DamagedData(
    `${file} is damaged: ${what}. Nothing was changed. Put the cloud.db of a snapshot in its place (they are in the folder snapshots beside it), or move it away, with its -wal and -shm, to begin with an empty cloud.`,
    { cause },
  );
}
