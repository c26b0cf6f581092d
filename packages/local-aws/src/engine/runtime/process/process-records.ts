import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Strays } from "./strays.ts";

const SUFFIX = ".process.json";

/** A task's process group as it is written down, so that the next server can end it. */
interface ProcessRecord {
  readonly pid: number;
  readonly startedAt: string;
  /** What its descendants are known by, where the machine has such marks. */
  readonly mark?: string | undefined;
}

/**
 * What tells a process from a later one that was given the same number: when it started, in the system's own words.
 * Undefined where there is no such process.
 */
export function processStart(pid: number): string | undefined {
  return process.platform === "linux" ? linuxProcessStart(pid) : posixProcessStart(pid);
}

/** Writes down that the group led by `pid` runs for `name` in `directory`. */
export function recordProcess(directory: string, name: string, pid: number, mark?: string): void {
  const startedAt = processStart(pid);
  // It has ended already: there is nothing to find again.
  if (startedAt === undefined) return;
  const record: ProcessRecord = { pid, startedAt, mark };
  writeFileSync(join(directory, `${name}${SUFFIX}`), JSON.stringify(record), { mode: 0o600 });
}

export function forgetProcess(directory: string, name: string): void {
  rmSync(join(directory, `${name}${SUFFIX}`), { force: true });
}

/**
 * Kills every group that a record in a subdirectory of `tasksDirectory` names and that is still the one recorded, and
 * what a dead server started and could not record, then removes the subdirectories: files of tasks that it ran.
 * @returns how many groups and processes were killed
 */
export async function reapTasks(tasksDirectory: string, strays: Strays): Promise<number> {
  let killed = 0;
  const marks: string[] = [];
  for (const task of await list(tasksDirectory)) {
    const directory = join(tasksDirectory, task);
    for (const name of await list(directory)) {
      if (!name.endsWith(SUFFIX)) continue;
      const record = parseRecord(await readFile(join(directory, name), "utf8"));
      if (record?.mark !== undefined) marks.push(record.mark);
      if (record && killRecorded(record)) killed += 1;
    }
  }
  killed += await strays.kill({ directory: tasksDirectory, marks });
  for (const task of await list(tasksDirectory)) {
    // A process may still write while it dies.
    const directory = join(tasksDirectory, task);
    await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  }
  return killed;
}

const killRecorded = ({ pid, startedAt }: ProcessRecord): boolean =>
  processStart(pid) === startedAt && killGroup(pid, "SIGKILL");

/** A record that was being written when the server died is not one: the supervisor has ended that group. */
function parseRecord(text: string): ProcessRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { pid, startedAt, mark } = (value ?? {}) as Partial<ProcessRecord>;
  if (!Number.isInteger(pid) || pid! <= 1 || typeof startedAt !== "string") return undefined;
  const isMark = typeof mark === "string" && /^\d{15}$/.test(mark);
  return { pid: pid!, startedAt, mark: isMark ? mark : undefined };
}

/** Signals a process group; false where none of it is left. */
export function killGroup(pid: number, signal: NodeJS.Signals | number): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // macOS answers EPERM for a group of which only zombies are left.
    if (code === "ESRCH" || code === "EPERM") return false;
    throw error;
  }
}

/** Field 22 of `/proc/PID/stat` counts clock ticks since the machine started, so the boot's id belongs to it. */
function linuxProcessStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses, and may hold spaces and parentheses.
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}:${ticks}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}

function posixProcessStart(pid: number): string | undefined {
  try {
    const started = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    return started.trim() || undefined;
  } catch (error) {
    // `ps` exits with 1 where no process matches.
    if ((error as { status?: unknown }).status === 1) return undefined;
    throw error;
  }
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}
