import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LoadOptions, LoadResult } from "./load.ts";

const run = promisify(execFile);

/** Loads from another process. */
export async function loadFrom(options: LoadOptions): Promise<LoadResult> {
  const { stdout } = await run(process.execPath, [
    join(import.meta.dirname, "load-process.ts"),
    JSON.stringify(options),
  ]);
  return JSON.parse(stdout) as LoadResult;
}

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
  readonly readyMs: number;
  stop(): Promise<void>;
}

/** Starts a program and measures until `ready` holds. */
export async function startMeasured(
  command: string,
  args: readonly string[],
  ready: () => Promise<boolean>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Measured> {
  const since = performance.now();
  const child = spawn(command, args, { stdio: "ignore", env });
  const exited = once(child, "exit");
  while (!(await ready())) {
    if (child.exitCode !== null)
      throw new Error(`${command} ended with ${child.exitCode} before it was ready`);
  }
  return {
    process: child,
    readyMs: performance.now() - since,
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** Resident memory of a process and of those it started, in MB. Linux only. */
export function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const own = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  if (children === "") return own;
  return children.split(" ").reduce((sum, child) => sum + residentMb(Number(child)), own);
}

/** Whether something accepts connections and answers there. */
export async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(1000) })).arrayBuffer();
    return true;
  } catch (error) {
    if (error instanceof TypeError || (error as Error).name === "TimeoutError") return false;
    throw error;
  }
}
