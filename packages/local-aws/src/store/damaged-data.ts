import { Database, type ResourceRow } from "./database.ts";

/** What was stored cannot be read: which file it is, and the ways out. */
export class DamagedData extends Error {
  override readonly name = "DamagedData";
}

/** https://www.sqlite.org/rescode.html: the file is malformed, or is no database at all. */
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

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
  const isDamage = [SQLITE_CORRUPT, SQLITE_NOTADB].includes(code & 0xff);
  return isDamage ? wordDamage(file, (error as Error).message, error) : error;
}

function wordDamage(file: string, what: string, cause: unknown): DamagedData {
  return new DamagedData(
    `${file} is damaged: ${what}. Nothing was changed. Put the cloud.db of a snapshot in its place (they are in the folder snapshots beside it), or move it away, with its -wal and -shm, to begin with an empty cloud.`,
    { cause },
  );
}
