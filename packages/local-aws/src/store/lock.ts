import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The data directory belongs to another server that is still running. */
export class DataDirInUse extends Error {
  override readonly name = "DataDirInUse";
  readonly pid: number;

  constructor(dataDir: string, pid: number) {
    super(`the data directory ${dataDir} is in use by the Local AWS with process id ${pid}`);
    this.pid = pid;
  }
}

/**
 * Takes `dataDir` for this process; returns how to give it back. The lock of a process that is gone is taken over.
 * @throws DataDirInUse
 */
export function lockDataDir(dataDir: string): () => void {
  const file = join(dataDir, "server.pid");
  for (;;) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: "wx", mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const pid = Number(readFileSync(file, "utf8"));
    if (Number.isInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid))
      throw new DataDirInUse(dataDir, pid);
    if (pid === process.pid) throw new DataDirInUse(dataDir, pid);
    rmSync(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
