import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isFromThisBoot, processStamp } from "@workbook/toolchain";
import { isGroupAlive, readExitCode, removeRunning, writeRunning } from "./running-file.ts";
import type { RunningRecord } from "./running-file.ts";
import { Tail } from "./tail.ts";

/** How a program is run that must outlive us. */
export interface DetachedOptions {
  readonly executable: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Gets all of its output. The program writes there itself, so that it goes on when nobody reads any more. */
  readonly logFile: string;
  /** Says, while the program runs, what runs: see {@link RunningRecord}. It is gone when we have seen the end. */
  readonly runningFile: string;
  readonly onLine?: (line: string) => void;
  /** Becomes one interrupt; the program is then waited for, however long it takes. */
  readonly signal?: AbortSignal;
  /** The program changes nothing: an abort ends it at once, and leaves nothing to put right. */
  readonly isDisposable?: boolean;
}

/** How often new output is looked for. */
const TAIL_MS = 50;
/** Terraform says every ten seconds what it waits for: a group without its leader that says nothing is no Terraform. */
const SILENCE_MS = 90_000;

/** Exit codes from here on are a shell's way to say that a signal ended the program. */
const CUT_OFF = 128;

/**
 * Waits for a line, which we write when the record is in place, and begins only then: there is no moment at which the
 * program runs and nothing says so. Signals of the group reach the program, and the shell waits for what it does about
 * them: it stays to write down the exit code.
 */
const HELD_START = `
read -r go || exit 125
trap : INT TERM HUP
"$@" </dev/null
code=$?
echo "$code" >"$0.new" && mv -f "$0.new" "$0"
exit "$code"
`;

/**
 * Runs a program in a session of its own and resolves to its exit code. A closed terminal, Ctrl-C or even the death of
 * this process does not touch it: Terraform, once it has begun, must be able to finish its state.
 * @throws Error where it cannot be started
 */
export async function runDetached(options: DetachedOptions): Promise<number> {
  const { executable, args, cwd, env, logFile, runningFile, signal, isDisposable } = options;
  signal?.throwIfAborted();
  const exitFile = `${logFile}.exit`;
  rmSync(exitFile, { force: true });
  const log = openSync(logFile, "w", 0o600);
  const child = spawn("/bin/sh", ["-c", HELD_START, exitFile, executable, ...args], {
    cwd,
    env,
    detached: true,
    stdio: ["pipe", log, log],
  });
  closeSync(log);
  const exited = exitOf(child);
  const record = await begin(child, { command: args[0] ?? "", logFile, exitFile, runningFile });
  const interrupt = () => (isDisposable ? endGroup(record) : interruptGroup(record));
  signal?.addEventListener("abort", interrupt, { once: true });
  if (signal?.aborted) interrupt();
  const tail = new Tail(logFile, options.onLine ?? (() => {}));
  try {
    await follow(tail, exited);
    const code = await exited;
    endGroup(record);
    // The record of one that failed stays: what it may leave behind is put right before the next one begins.
    if (code === 0 || isDisposable) removeRunning(runningFile);
    return code;
  } finally {
    signal?.removeEventListener("abort", interrupt);
    tail.close();
  }
}

/**
 * Waits for a program that an earlier command started and did not see the end of, telling of its output from the
 * beginning. What a killed Terraform leaves of its group is ended.
 * @returns the exit code; undefined where the program was cut off
 * @throws the reason of `signal`, when it aborts: the program is left alone, for it may have had its interrupt already
 */
export async function followDetached(
  record: RunningRecord,
  onLine: (line: string) => void,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const tail = new Tail(record.logFile, onLine);
  let heard = Date.now();
  try {
    // Plugins of a Terraform that was killed stay: they are no reason to wait once its exit code is known.
    while (isGroupAlive(record) && readExitCode(record) === undefined) {
      if (tail.read()) heard = Date.now();
      if (Date.now() - heard > SILENCE_MS && processStamp(record.pid) !== record.stamp) break;
      await delay(TAIL_MS, undefined, { signal });
    }
    tail.read();
    tail.finish();
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    tail.close();
  }
  // Where the id means another process by now, or the machine has started since, nothing of the group is left.
  if (processStamp(record.pid) === undefined && isFromThisBoot(record.stamp)) endGroup(record);
  const code = readExitCode(record);
  return code === undefined || code >= CUT_OFF ? undefined : code;
}

function exitOf(child: ChildProcess): Promise<number> {
  const exited = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? (signal ? CUT_OFF : 1)));
  });
  exited.catch(() => {}); // it is awaited later, and must not be called unhandled until then
  return exited;
}

async function begin(
  child: ChildProcess,
  files: Pick<RunningRecord, "command" | "logFile" | "exitFile"> & { runningFile: string },
): Promise<RunningRecord> {
  const { runningFile, ...rest } = files;
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  const pid = child.pid!;
  const stamp = processStamp(pid) ?? "";
  const record = { pid, stamp, ...rest, startedAt: Date.now() };
  writeRunning(runningFile, record);
  child.stdin!.on("error", () => {}); // a shell that has been killed meanwhile: its exit tells
  child.stdin!.end("go\n");
  return record;
}

/** Sent once only: a second interrupt makes Terraform leave without writing its state. */
function interruptGroup({ pid }: RunningRecord): void {
  signalGroup(pid, "SIGINT");
}

/** Ends what a Terraform that was killed has left behind: its plugins do not notice that it is gone. */
function endGroup({ pid }: RunningRecord): void {
  signalGroup(pid, "SIGKILL");
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // all of it has ended
  }
}

async function follow(tail: Tail, exited: Promise<number>): Promise<void> {
  let ended = false;
  const end = exited.then(
    () => (ended = true),
    () => (ended = true),
  );
  while (!ended) {
    tail.read();
    await Promise.race([end, delay(TAIL_MS)]);
  }
  tail.read();
  tail.finish();
}
