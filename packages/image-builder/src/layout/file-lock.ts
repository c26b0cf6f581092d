import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 20;
/** SQLite's code for a file that somebody else has locked: https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/**
 * Runs `action` while no other process that asks for the same lock does. The lock is SQLite's on a file of its own: the
 * system gives it back when its holder dies, however it dies, which no lock file does, and Node has no other way to ask
 * for one.
 *
 * @param path the lock file, which stays; its folder must exist
 */
export async function withFileLock<T>(
  path: string,
  action: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const database = new DatabaseSync(path);
  try {
    while (!take(database)) await delay(POLL_MS, undefined, { signal });
    return await action();
  } finally {
    database.close();
  }
}

function take(database: DatabaseSync): boolean {
  try {
    database.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false;
    throw error;
  }
}
