import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import { platform } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 5;

/** A port that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** A server under measurement: how long it took to answer, and its process. */
export interface Measured {
  readonly process: ChildProcess;
  readonly port: number;
  readonly readyMs: number;
  stop(): Promise<void>;
}

/** A server to start: it answers `path` on `port` when it is ready. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly path: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts a server and measures the time until it answers. */
export async function startMeasured({
  command,
  args,
  port,
  path,
  env,
}: Program): Promise<Measured> {
  const since = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], env });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-4096);
  });
  const exited = once(child, "exit");
  while (!(await answers(port, path))) {
    if (child.exitCode !== null)
      throw new Error(`${command} ended with ${child.exitCode} before it was ready:\n${complaint}`);
    await delay(POLL_MS);
  }
  return {
    process: child,
    port,
    readyMs: performance.now() - since,
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** Whether a server answers there, and not that it is still starting. */
function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode! < 500);
    });
    asked.once("error", () => resolve(false));
  });
}

/** Whether `/proc` tells of memory and processor time here. */
export const hasProc = platform() === "linux";

/** Resident memory of a process and of those it started, in MB. Linux only. */
export function residentMb(pid: number): number {
  const own = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return childrenOf(pid).reduce(
    (sum, child) => sum + residentMb(child),
    Number(own?.[1] ?? 0) / 1024,
  );
}

/** Processor time that a process and those it started have used, in microseconds. Linux only. */
export function cpuMicroseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // utime and stime, counted after the name, which may hold anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return childrenOf(pid).reduce(
    (sum, child) => sum + cpuMicroseconds(child),
    (ticks * 1_000_000) / ticksPerSecond(),
  );
}

function ticksPerSecond(): number {
  return Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8")
      .split(" ")
      .filter((child) => child !== "")
      .map(Number),
  );
}
