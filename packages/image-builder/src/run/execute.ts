import { spawn } from "node:child_process";
import { constants, setPriority } from "node:os";
import { createInterface } from "node:readline";
import type { PreparedCommand } from "./command.ts";

/** How many lines of output an error shows. */
const TAIL_LINES = 30;
const KILL_AFTER_MS = 5_000;

export interface CommandResult {
  exitCode: number | undefined;
  signal: NodeJS.Signals | undefined;
  /** The last lines of what the command wrote. */
  tail: string[];
}

/**
 * Runs a command in a process group of its own until it ends; when `signal` aborts, the whole group is ended.
 *
 * @throws the signal's reason, after the group has gone; or the system's error if the command cannot be started
 */
export async function execute(
  { file, args, env, cwd }: PreparedCommand,
  { onLine, signal }: { onLine: (line: string) => void; signal?: AbortSignal },
): Promise<CommandResult> {
  signal?.throwIfAborted();
  const tail: string[] = [];
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (line) => {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      onLine(line);
    });
  }
  const group = child.pid;
  if (group !== undefined) stepBack(group);
  const release = group === undefined ? () => {} : endWithUs(group);
  let killTimer: NodeJS.Timeout | undefined;
  const abort = () => {
    killGroup(group, "SIGTERM");
    killTimer = setTimeout(() => killGroup(group, "SIGKILL"), KILL_AFTER_MS);
  };
  signal?.addEventListener("abort", abort, { once: true });
  try {
    return await new Promise<CommandResult>((resolve, reject) => {
      child.once("error", reject);
      // A process left in the background would keep the pipes open for ever, so it ends with the command.
      child.once("exit", () => killGroup(group, "SIGKILL"));
      child.once("close", (code, killedBy) => {
        if (signal?.aborted) reject(signal.reason as Error);
        else resolve({ exitCode: code ?? undefined, signal: killedBy ?? undefined, tail });
      });
    });
  } finally {
    release();
    clearTimeout(killTimer);
    signal?.removeEventListener("abort", abort);
  }
}

/** A compiler takes all processors that there are: whoever else is at work, and is waited for, goes first. */
function stepBack(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch (error) {
    // It has ended already.
    if ((error as { info?: { code?: string } }).info?.code !== "ESRCH") throw error;
  }
}

/**
 * Has a process group end when this process dies, however it dies: a pipe to a process of its own breaks then.
 *
 * @returns what calls that off
 */
function endWithUs(group: number): () => void {
  const watcher = spawn("/bin/sh", ["-c", `cat > /dev/null; kill -s KILL -- -${group}`], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // It is killed below while nobody reads the pipe any more.
  watcher.stdin.on("error", () => {});
  return () => killGroup(watcher.pid, "SIGKILL");
}

function killGroup(group: number | undefined, signal: NodeJS.Signals): void {
  if (group === undefined) return;
  try {
    process.kill(-group, signal);
  } catch (error) {
    // EPERM is what macOS says of a group that has only zombies left.
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
