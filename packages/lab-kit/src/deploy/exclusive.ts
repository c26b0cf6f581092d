import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import type { DeployReporter } from "./reporter.ts";
import type { Target, WorkbookDirectories } from "./target.ts";

/** Whose stacks they are, and where Terraform works on them. */
export interface StackOwner {
  readonly directories: WorkbookDirectories;
  readonly target: Pick<Target, "name" | "owner">;
  readonly signal?: AbortSignal;
}

const POLL_MS = 200;
/** SQLite's code for a file that somebody else has locked: https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/**
 * Runs `work` while no other command of this clone changes, or plans, the same owner's stacks; waits for one that does.
 *
 * The lock is SQLite's on a file of its own: the system gives it back when its holder dies, however it dies, which no
 * lock file does, and Node has no other way to ask for one.
 * @param what the command, for whoever has to wait: `deploy`
 */
export async function exclusively<T>(
  { directories, target, signal }: StackOwner,
  reporter: DeployReporter,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const folder = join(directories.state, "stacks", target.name, target.owner);
  mkdirSync(folder, { recursive: true });
  const holderFile = join(folder, "command.txt");
  const database = new DatabaseSync(join(folder, "command.lock"));
  try {
    if (!take(database)) await waitFor(database, holderFile, reporter, signal);
    writeFileSync(holderFile, `${what}, process ${process.pid}`);
    const result = await work();
    return result;
  } finally {
    if (database.isTransaction) rmSync(holderFile, { force: true });
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

async function waitFor(
  database: DatabaseSync,
  holderFile: string,
  reporter: DeployReporter,
  signal: AbortSignal | undefined,
): Promise<void> {
  const step = reporter.step("Another command is at work here");
  try {
    for (;;) {
      step.detail(`waiting for it (${readHolder(holderFile)})`);
      await delay(POLL_MS, undefined, { signal });
      if (take(database)) break;
    }
    step.end("it has ended");
  } catch (error) {
    step.fail("it goes on");
    throw error;
  }
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    // It has just begun, or just ended.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "it has just begun";
    throw error;
  }
}
