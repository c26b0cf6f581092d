import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DamagedData } from "./damaged-data.ts";

/** The data directory belongs to another server that is still running. */
export class DataDirInUse extends Error {
  override readonly name = "DataDirInUse";
  readonly pid: number;

  constructor(dataDir: string, pid: number) {
    super(
      `the data directory ${dataDir} is in use by ${pid === 0 ? "another Local AWS" : `the Local AWS with process id ${pid}`}`,
    );
    this.pid = pid;
  }
}

/** Longer than anybody who only asks whether the lock is taken keeps it. */
const BUSY_TIMEOUT_MS = 1000;
/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/** https://www.sqlite.org/rescode.html#notadb */
const SQLITE_NOTADB = 26;

/** Who holds the lock; 0 where it has not been written down yet, or is being taken away. */
function readPid(file: string): number {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return 0;
  }
}

/**
 * Takes `dataDir` for this process; returns how to give it back. The lock is SQLite's, on a file of its own: the system
 * takes it back from a process that dies, however it dies, while a process id that was written down may mean another
 * process after a restart of the machine. `server.pid` says who holds it.
 * @throws DataDirInUse, DamagedData
 */
export function lockDataDir(dataDir: string): () => void {
  const file = join(dataDir, "server.pid");
  const lock = new DatabaseSync(join(dataDir, "server.lock"), { timeout: BUSY_TIMEOUT_MS });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    writeFileSync(file, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    lock.close();
    const { errcode } = error as { errcode?: number };
    if (errcode === SQLITE_BUSY) throw new DataDirInUse(dataDir, readPid(file));
    if (errcode !== SQLITE_NOTADB) throw error;
    throw new DamagedData(
      `${join(dataDir, "server.lock")} is damaged. It holds nothing: where no Local AWS runs on this folder, remove it.`,
      { cause: error },
    );
  }
  return () => {
    rmSync(file, { force: true });
    lock.close();
  };
}
