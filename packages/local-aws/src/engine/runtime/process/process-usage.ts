import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { ContainerUsage } from "../driver.ts";

/** Linux counts processor time for programs in hundredths of a second, whatever its own tick is. */
const TICKS_PER_SECOND = 100;

/** What each of the process groups led by `pids` uses: the leader and its descendants on Linux, the group elsewhere. */
export function processUsage(pids: readonly number[]): Promise<ContainerUsage[]> {
  return process.platform === "linux"
    ? Promise.all(pids.map((pid) => descendantsUsage(pid)))
    : groupsUsage(pids);
}

async function descendantsUsage(pid: number): Promise<ContainerUsage> {
  const [own, children] = await Promise.all([linuxUsage(pid), childrenOf(pid)]);
  return sum([own, ...(await Promise.all(children.map(descendantsUsage)))]);
}

async function linuxUsage(pid: number): Promise<ContainerUsage> {
  const [stat, status] = await Promise.all([
    read(`/proc/${pid}/stat`),
    read(`/proc/${pid}/status`),
  ]);
  // Behind the name, which is in parentheses and may hold anything: field 3 is the first.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const kibibytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0);
  return {
    userSeconds: Number(fields[11] ?? 0) / TICKS_PER_SECOND,
    systemSeconds: Number(fields[12] ?? 0) / TICKS_PER_SECOND,
    memoryBytes: (kibibytes("RssAnon") + kibibytes("RssShmem")) * 1024,
  };
}

/** What interfaces of the process's network have carried, but for its loopback. */
export async function networkUsage(pid: number): Promise<NonNullable<ContainerUsage["network"]>> {
  const table = await read(`/proc/${pid}/net/dev`);
  const rows = [...table.matchAll(/^\s*(\S+):\s*(.*)$/gm)].filter(([, name]) => name !== "lo");
  // Eight columns of what was received, then those of what was sent: bytes come first.
  const total = (column: number) =>
    rows.reduce((sum, [, , counts = ""]) => sum + Number(counts.split(/\s+/)[column]), 0);
  return { receivedBytes: total(0), sentBytes: total(8) };
}

async function childrenOf(pid: number): Promise<number[]> {
  const children = await read(`/proc/${pid}/task/${pid}/children`);
  return children.split(" ").filter(Boolean).map(Number);
}

/** Empty where the process has ended meanwhile. */
async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return "";
    throw error;
  }
}

async function groupsUsage(pids: readonly number[]): Promise<ContainerUsage[]> {
  const columns = "pgid=,rss=,utime=,time=";
  const { stdout } = await promisify(execFile)("/bin/ps", ["-axo", columns], {
    env: { LC_ALL: "C" },
  });
  const processes = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  return pids.map((pid) =>
    sum(
      processes
        .filter(([group]) => Number(group) === pid)
        .map(([, kibibytes, user, total]) => ({
          userSeconds: seconds(user),
          systemSeconds: seconds(total) - seconds(user),
          memoryBytes: Number(kibibytes) * 1024,
        })),
    ),
  );
}

/** `ps` writes `[[dd-]hh:]mm:ss.ff`. */
function seconds(time = "0"): number {
  return time.split(/[:-]/).reduce((total, part, index, { length }) => {
    const isDays = length === 4 && index === 0;
    return (total + Number(part)) * (index === length - 1 ? 1 : isDays ? 24 : 60);
  }, 0);
}

function sum(usages: readonly ContainerUsage[]): ContainerUsage {
  const total = (member: "userSeconds" | "systemSeconds" | "memoryBytes") =>
    usages.reduce((so, usage) => so + usage[member], 0);
  return {
    userSeconds: total("userSeconds"),
    systemSeconds: total("systemSeconds"),
    memoryBytes: total("memoryBytes"),
  };
}
