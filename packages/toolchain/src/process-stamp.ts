import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { uptime } from "node:os";

/** How far off the moment may be that the machine says it started at: clocks are set. */
const CLOCK_STEP_MS = 60_000;

/**
 * Something that only this run of this process has: the moment that it began. Process ids are used again, so an id that
 * was written down means its process only together with this. Undefined where no such process runs (any more).
 * On Linux that moment is counted in ticks since the machine started, so the id of that start belongs to it.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 * @see https://man7.org/linux/man-pages/man5/proc_sys_kernel.5.html
 */
export function processStamp(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return process.platform === "linux" ? stampOnLinux(pid) : stampByPs(pid);
}

/**
 * Whether a stamp was taken since the machine started. What an older one stood for is gone, whatever has its id now; so it
 * is with what is no stamp.
 */
export function isFromThisBoot(stamp: string): boolean {
  if (process.platform === "linux") return stamp.startsWith(`${bootId()}:`);
  return Date.parse(`${stamp} UTC`) >= Date.now() - uptime() * 1000 - CLOCK_STEP_MS;
}

/** Whether a process of this id runs. */
export function isAlive(pid: number): boolean {
  return processStamp(pid) !== undefined;
}

/**
 * How long a process has computed, as a text that changes while it does: in hundredths of seconds on Linux, in seconds elsewhere.
 * Undefined where no such process runs.
 */
export function processorTime(pid: number): string | undefined {
  if (process.platform === "linux") return readStat(pid)?.computed;
  return askPs(pid, "time=");
}

function stampOnLinux(pid: number): string | undefined {
  const stat = readStat(pid);
  return stat && !stat.hasEnded ? `${bootId()}:${stat.startTime}` : undefined;
}

/** Empty where a sandbox's kernel has none. */
function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/**
 * Whether any process of that process group runs. One that has ended and that nobody has asked how (a zombie, which in a
 * container without an init stays for ever) does not count.
 */
export function isGroupRunning(group: number): boolean {
  if (process.platform === "linux") {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((name) => readStat(Number(name)))
      .some((stat) => stat?.group === group && !stat.hasEnded);
  }
  try {
    process.kill(-group, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

interface Stat {
  readonly hasEnded: boolean;
  readonly group: number;
  readonly startTime: string;
  readonly computed: string;
}

function readStat(pid: number): Stat | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
  // The second field is the program's name in brackets, which may hold anything: what follows the last bracket is safe.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, , group] = fields;
  return {
    hasEnded: state === "Z" || state === "X",
    group: Number(group),
    startTime: fields[19]!,
    computed: String(Number(fields[11]) + Number(fields[12])),
  };
}

function stampByPs(pid: number): string | undefined {
  const line = askPs(pid, "stat=,lstart=");
  return line === undefined || line.startsWith("Z") ? undefined : line.replace(/^\S+\s+/, "");
}

function askPs(pid: number, columns: string): string | undefined {
  try {
    const line = execFileSync("ps", ["-o", columns, "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
    }).trim();
    return line === "" ? undefined : line;
  } catch (error) {
    // `ps` ends with 1 where there is no such process.
    if ((error as { status?: number }).status === 1) return undefined;
    throw error;
  }
}
