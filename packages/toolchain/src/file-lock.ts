import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 20;
/** SQLite's code for a file that somebody else has locked: https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/**
 * A lock on a file of its own. It is SQLite's: the system gives it back when its holder dies, however it dies, which no
 * lock file does, and Node has no other way to ask for one.
 */
export class FileLock implements Disposable {
  readonly #database: DatabaseSync;

  /** @param path the lock file, which stays; its folder must exist */
  constructor(path: string) {
    this.#database = new DatabaseSync(path);
  }

  /** Whether this lock is held, by this object. */
  get isHeld(): boolean {
    return this.#database.isTransaction;
  }

  /** Takes the lock, where nobody else has it. @returns whether nobody had */
  take(): boolean {
    try {
      this.#database.exec("BEGIN EXCLUSIVE");
      return true;
    } catch (error) {
      if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false;
      throw error;
    }
  }

  /** Takes the lock as soon as it is free; rejects when `signal` is aborted before. */
  async wait(signal?: AbortSignal): Promise<void> {
    while (!this.take()) await delay(POLL_MS, undefined, { signal });
  }

  /** Gives the lock back, where it is held. */
  [Symbol.dispose](): void {
    this.#database.close();
  }
}
