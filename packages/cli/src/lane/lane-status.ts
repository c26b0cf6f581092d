import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { isAlive, type Words } from "@workbook/toolchain";
import { laneFileTime, readLaneFile } from "./lane-file.ts";
import { memoryObstacle } from "./session-lane.ts";

/** The provider that is kept between commands, or why none is. */
export type LaneStatus =
  | {
      readonly state: "kept";
      /** The process that keeps it. */
      readonly pid: number;
      /** RFC 3339. */
      readonly since: string;
      /** Of that process and the provider, in memory. */
      readonly residentBytes: number;
    }
  | { readonly state: "off" | "short-of-memory" | "not-started" };

/** @param folder `.workbook/lane` */
export async function laneStatus(folder: string, env: NodeJS.ProcessEnv): Promise<LaneStatus> {
  const file = readLaneFile(folder);
  if (file && isAlive(file.pid)) {
    const since = laneFileTime(folder).toISOString();
    return { state: "kept", pid: file.pid, since, residentBytes: await residentBytes(file.pid) };
  }
  if (env["WORKBOOK_LANE"] === "off") return { state: "off" };
  return { state: memoryObstacle() ? "short-of-memory" : "not-started" };
}

/** It in a line, without what it is about. */
export function describeLane(status: LaneStatus): Words {
  if (status.state !== "kept") return WHY_NOT[status.state];
  const { pid, since, residentBytes } = status;
  const clock = new Date(since).toTimeString().slice(0, 5);
  const megabytes = Math.round(residentBytes / 1e6);
  return [
    `kept since ${clock}, process ${pid}, ${megabytes} MB`,
    `${clock} から起動中、プロセス ${pid}、${megabytes} MB`,
  ];
}

const WHY_NOT: Readonly<Record<Exclude<LaneStatus["state"], "kept">, Words>> = {
  off: [
    "not kept, because of WORKBOOK_LANE=off: each command starts its own",
    "保持していません (WORKBOOK_LANE=off): コマンドごとに起動します",
  ],
  "short-of-memory": [
    "not kept, because memory is short: each command starts its own",
    "保持していません (メモリ不足): コマンドごとに起動します",
  ],
  "not-started": [
    "not running; the next plan, check or deploy starts it",
    "起動していません。次の plan、check、deploy が起動します",
  ],
};

/** The memory of a process and of all that it has started. */
async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,rss="]);
  const processes = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number, number]);
  const sumOf = (wanted: number): number =>
    processes.reduce((sum, [id, parent, kilobytes]) => {
      if (id === wanted) return sum + kilobytes * 1024;
      return parent === wanted ? sum + sumOf(id) : sum;
    }, 0);
  return sumOf(pid);
}
