import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { both, FileLock, type Text, type Words } from "@workbook/toolchain";
import type { DeployReporter } from "./reporter.ts";
import type { Target, WorkbookDirectories } from "./target.ts";

/** Whose stacks they are, and where Terraform works on them. */
export interface StackOwner {
  readonly directories: WorkbookDirectories;
  readonly target: Pick<Target, "name" | "owner">;
  readonly signal?: AbortSignal;
}

const POLL_MS = 200;
const PROCESS = ["process", "プロセス"] as const;
const WAITING = ["waiting for it", "終わるのを待っています"] as const;
const JUST_BEGUN = ["it has just begun", "始まったところです"] as const;

/**
 * Runs `work` while no other command of this clone changes, or plans, the same owner's stacks; waits for one that does.
 * @param what the command, for whoever has to wait: `deploy`; another process reads it, in a language of its own
 */
export async function exclusively<T>(
  { directories, target, signal }: StackOwner,
  reporter: DeployReporter,
  what: Words,
  work: () => Promise<T>,
): Promise<T> {
  const folder = join(directories.state, "stacks", target.name, target.owner);
  mkdirSync(folder, { recursive: true });
  const holderFile = join(folder, "command.txt");
  using lock = new FileLock(join(folder, "command.lock"));
  try {
    if (!lock.take()) await waitFor(lock, holderFile, reporter, signal);
    writeFileSync(holderFile, JSON.stringify(both`${what}, ${PROCESS} ${process.pid}`));
    const result = await work();
    return result;
  } finally {
    if (lock.isHeld) rmSync(holderFile, { force: true });
  }
}

async function waitFor(
  lock: FileLock,
  holderFile: string,
  reporter: DeployReporter,
  signal: AbortSignal | undefined,
): Promise<void> {
  const step = reporter.step([
    "Another command is at work here",
    "ここでは別のコマンドが動いています",
  ]);
  try {
    for (;;) {
      step.detail(both`${WAITING} (${readHolder(holderFile)})`);
      await delay(POLL_MS, undefined, { signal });
      if (lock.take()) break;
    }
    step.end(["it has ended", "終わりました"]);
  } catch (error) {
    step.fail(["it goes on", "まだ動いています"]);
    throw error;
  }
}

function readHolder(file: string): Words {
  try {
    const written = readFileSync(file, "utf8");
    // It is being written at this moment.
    return written === "" ? JUST_BEGUN : (JSON.parse(written) as Text);
  } catch (error) {
    // It has just begun, or just ended.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return JUST_BEGUN;
    throw error;
  }
}
