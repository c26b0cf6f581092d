import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isAlive, UserError } from "@workbook/toolchain";
import { fullDisk } from "../disk-room.ts";
import { machineFault } from "../machine-faults.ts";
import { REGION } from "../region.ts";
import { saveConfig, type Config, type Workspace } from "../workspace.ts";
import { endLane, laneFolder } from "../lane/end-lane.ts";
import { describeHolder } from "./port-holder.ts";
import { Patience, signOf } from "./patience.ts";
import { EMPTY_SNAPSHOT, saveSnapshot } from "./snapshots.ts";
import { readServerFile, readServerPid, type ServerFile } from "./server-file.ts";
import { spawnServer, type Child } from "./spawn-server.ts";

/** A Local AWS that answers. */
export interface RunningCloud extends ServerFile {
  /** What `/_local/health` says. */
  readonly health: Readonly<Record<string, unknown>>;
}

export interface StartOptions {
  readonly port?: number;
  readonly listeners?: "exact" | "offset" | "ephemeral";
  readonly tasks?: Config["tasks"];
  /** Of registries: `docker.io=http://127.0.0.1:5000` each. */
  readonly mirrors?: readonly string[] | undefined;
  readonly realTime?: boolean;
  readonly signal?: AbortSignal;
}

const STOP_DEADLINE_MS = 60_000;
const POLL_MS = 25;

/** Where the workspace's cloud is kept. */
export function dataDirectory({ state }: Workspace): string {
  return join(state, "cloud");
}

/** Where the server's own log is. */
export function logFile(workspace: Workspace): string {
  return join(dataDirectory(workspace), "server.log");
}

/** The workspace's cloud, where it runs. One that is just starting, stopping, or too busy to answer, is waited for. */
export async function findCloud(
  workspace: Workspace,
  signal?: AbortSignal,
): Promise<RunningCloud | undefined> {
  const dataDir = dataDirectory(workspace);
  const log = logFile(workspace);
  const patience = new Patience(() => signOf(readServerPid(dataDir), log));
  for (;;) {
    signal?.throwIfAborted();
    const file = readServerFile(dataDir);
    const health = file && (await askHealth(file.endpoint));
    if (file && health?.["pid"] === file.pid) return { ...file, health };
    const pid = readServerPid(dataDir);
    if (pid === undefined) return undefined;
    if (patience.isOver) throw doesNotAnswer(pid, log);
    await delay(POLL_MS);
  }
}

function doesNotAnswer(pid: number, log: string): UserError {
  return new UserError(
    [
      `Local AWS (process ${pid}) does not answer, and does nothing that could come to it. Its log: ${log}`,
      `Local AWS (プロセス ${pid}) が応答せず、起動も進んでいません。ログ: ${log}`,
    ],
    {
      code: "CLOUD_SILENT",
      next: [
        `kill -9 ${pid}   (nothing is lost), then the same command`,
        `kill -9 ${pid}   (何も失われません)。その後、同じコマンド`,
      ],
    },
  );
}

/**
 * The workspace's cloud, started where it does not run.
 * @throws {UserError} where its port is taken, naming who holds it, or where it does not come up
 */
export async function startCloud(
  workspace: Workspace,
  options: StartOptions = {},
): Promise<RunningCloud> {
  const running = await findCloud(workspace, options.signal);
  if (running) return running;
  const dataDir = dataDirectory(workspace);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  rmSync(join(dataDir, "server.json"), { force: true });
  const port = options.port ?? workspace.config.port;
  const isNew = !existsSync(join(dataDir, "cloud.db"));
  const child = await spawnServer(workspace, {
    ...options,
    port,
    dataDir,
    logFile: logFile(workspace),
  });
  const cloud = await waitForServer(dataDir, child, options.signal);
  // Another command may have started it a moment before ours.
  if (!cloud) return (await findCloud(workspace)) ?? raise(await startError(workspace, port));
  // The address is part of image names, so it has to stay what it is: a port chosen by chance is kept as well.
  const listeners = options.listeners ?? workspace.config.listeners;
  const { logLimit } = workspace.config;
  const mirrors = options.mirrors ?? workspace.config.mirrors;
  await openRegion(cloud);
  if (isNew) await saveSnapshot(cloud, EMPTY_SNAPSHOT);
  const at = Number(new URL(cloud.endpoint).port);
  const { tasks } = options;
  saveConfig(workspace, { port: at, listeners, logLimit, mirrors, ...(tasks && { tasks }) });
  return cloud;
}

/** An account has a region's default VPC from its first call there on: that is made now, so that a deployment finds it. */
async function openRegion({ endpoint, credentials }: RunningCloud): Promise<void> {
  const { CloudWatchLogs } = await import("@aws-sdk/client-cloudwatch-logs");
  const logs = new CloudWatchLogs({ endpoint, credentials, region: REGION });
  try {
    await logs.describeLogGroups({ limit: 1 });
  } finally {
    logs.destroy();
  }
}

function raise(error: Error): never {
  throw error;
}

/** Stops the workspace's cloud with all of its tasks; false where none runs. What it holds stays. */
export async function stopCloud(workspace: Workspace): Promise<boolean> {
  const dataDir = dataDirectory(workspace);
  const pid = readServerPid(dataDir) ?? (await findCloud(workspace))?.pid;
  if (pid === undefined) return false;
  await endLane(laneFolder(workspace), () => stopServer(pid));
  return true;
}

async function stopServer(pid: number): Promise<void> {
  process.kill(pid, "SIGTERM");
  const deadline = Date.now() + STOP_DEADLINE_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline) {
      throw new UserError(
        [
          `Local AWS (process ${pid}) has not stopped within ${STOP_DEADLINE_MS / 1000} s.`,
          `Local AWS (プロセス ${pid}) が ${STOP_DEADLINE_MS / 1000} 秒以内に停止しませんでした。`,
        ],
        { code: "CLOUD_WILL_NOT_STOP", next: `kill -9 ${pid}` },
      );
    }
    await delay(POLL_MS);
  }
}

/** Undefined where it has ended, or does nothing any more: then it is ended, so that the next command finds nothing of it. */
async function waitForServer(
  dataDir: string,
  child: Child,
  signal: AbortSignal | undefined,
): Promise<RunningCloud | undefined> {
  const patience = new Patience(() => signOf(child.pid, join(dataDir, "server.log")));
  while (!child.exited()) {
    signal?.throwIfAborted();
    const file = readServerFile(dataDir);
    if (file?.pid === child.pid) {
      const health = await askHealth(file!.endpoint);
      if (health) return { ...file!, health };
    }
    if (patience.isOver) child.kill();
    await delay(POLL_MS);
  }
  return undefined;
}

async function startError(workspace: Workspace, port: number): Promise<UserError> {
  const tail = readFileSync(logFile(workspace), "utf8").trimEnd().split("\n").slice(-3).join("\n");
  // A server that cannot even map its files is killed without a word.
  const fault = machineFault(new Error(tail)) ?? fullDisk(workspace.state);
  if (fault) return fault;
  if (tail.includes("EADDRINUSE")) {
    const holder = await describeHolder(port);
    const by = {
      en: holder ? ` by ${holder.en}` : "",
      ja: holder ? ` (${holder.ja})` : "",
    };
    return new UserError(
      [
        `Port ${port}, where Local AWS would answer, is taken${by.en}.`,
        `Local AWS が使うポート ${port} は、別のプログラム${by.ja}が使っています。`,
      ],
      {
        code: "PORT_TAKEN",
        next: [
          `./workbook cloud up --port ${port + 1}   (it is remembered), or stop the program that holds port ${port}`,
          `./workbook cloud up --port ${port + 1}   (次からも使われます)。またはポート ${port} を使っているプログラムを止めます`,
        ],
      },
    );
  }
  return new UserError(
    [
      `Local AWS did not start. The end of its log:\n${tail}`,
      `Local AWS が起動しませんでした。ログの最後:\n${tail}`,
    ],
    { code: "CLOUD_DID_NOT_START", next: "./workbook doctor" },
  );
}

async function askHealth(endpoint: string): Promise<Record<string, unknown> | undefined> {
  try {
    const response = await fetch(`${endpoint}/_local/health`, {
      signal: AbortSignal.timeout(2000),
    });
    return response.ok ? ((await response.json()) as Record<string, unknown>) : undefined;
  } catch (error) {
    // Not (yet) listening, or something else is: either way this is not our cloud.
    if (error instanceof TypeError || (error as Error).name === "TimeoutError") return undefined;
    throw error;
  }
}
