import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isAlive } from "@workbook/toolchain";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SystemClock } from "../../../clock/system-clock.ts";
import { writeTinyImage } from "../testing/tiny-image.ts";
import { createProcessDriver } from "./process-driver.ts";
import { processStart } from "./process-records.ts";

// Servers of their own processes, which a supervisor ends after seconds.
vi.setConfig({ testTimeout: 30_000 });

let dir: string;
const ours: number[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "dead-"));
});
afterEach(() => {
  for (const pid of ours.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  rmSync(dir, { recursive: true });
});

/** A task that does not listen to SIGTERM, and that has a child which does not either. */
const stubborn = (childOptions: string) => `
  process.on("SIGTERM", () => {});
  const deaf = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('child', process.pid)";
  require("node:child_process").spawn(process.execPath, ["-e", deaf], ${childOptions});
  console.log("task", process.pid);
  setInterval(() => {}, 1000);
`;

const SERVER = `
  const { createProcessDriver } = await import(process.argv[1]);
  const { SystemClock } = await import(process.argv[2]);
  const spec = JSON.parse(process.argv[3]);
  const logger = { info: () => {}, error: (...words) => console.log("error", ...words) };
  const driver = createProcessDriver({ clock: new SystemClock(), dataDir: process.argv[4], logger });
  await driver.start(spec, { started: () => {}, exited: () => {}, output: (_c, _s, line) => console.log(line) });
  setInterval(() => {}, 1000);
`;

/** A program that keeps the output and nothing else of what it came from. */
const DAEMON = '{ stdio: "inherit", detached: true, env: {}, cwd: "/" }';

/** Starts a server of its own process that runs the stubborn task; resolves to the pids that the task printed. */
async function serve(
  childOptions = '{ stdio: "inherit" }',
): Promise<{ server: ChildProcess; task: number; child: number }> {
  const image = await writeTinyImage(join(dir, "blobs"), { "main.js": stubborn(childOptions) });
  const container = {
    name: "web",
    definition: { command: ["node", "main.js"] },
    image,
    environment: {},
    stopTimeoutSeconds: 30,
    runtimeId: "0123456789",
  };
  const taskId = "0".repeat(32);
  const spec = { taskArn: `arn:${taskId}`, taskId, networkMode: "awsvpc", containers: [container] };
  const server = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      SERVER,
      new URL("process-driver.ts", import.meta.url).href,
      new URL("../../../clock/system-clock.ts", import.meta.url).href,
      JSON.stringify(spec),
      join(dir, "data"),
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  ours.push(server.pid!);
  const pids = new Map<string, number>();
  for await (const line of createInterface({ input: server.stdout! })) {
    const [who, pid] = line.split(" ") as [string, string];
    pids.set(who, Number(pid));
    ours.push(Number(pid));
    if (pids.size === 2) break;
  }
  return { server, task: pids.get("task")!, child: pids.get("child")! };
}

async function killNow(server: ChildProcess): Promise<void> {
  server.kill("SIGKILL");
  await once(server, "exit");
}

/** The pid of the supervisor: the one child of the server that runs the shell script. */
function supervisorOf(server: ChildProcess): number {
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, "utf8");
  const found = children
    .trim()
    .split(" ")
    .map(Number)
    .find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("supervise-groups.sh"));
  ours.push(found!);
  return found!;
}

function newDriver() {
  const logger = {
    info: () => {},
    error: (message: string) => {
      throw new Error(message);
    },
  };
  return createProcessDriver({ clock: new SystemClock(), dataDir: join(dir, "data"), logger });
}

test("no process of a task outlives a server that is killed", async () => {
  const { server, task, child } = await serve();
  expect([isAlive(task), isAlive(child)]).toEqual([true, true]);
  await killNow(server);
  await vi.waitFor(() => expect([isAlive(task), isAlive(child)]).toEqual([false, false]), {
    timeout: 60_000,
  });
});

test.runIf(process.platform === "linux")(
  "what even the supervisor could not end is ended by the next server",
  async () => {
    const { server, task, child } = await serve();
    // Stopped first, so that the server cannot replace its supervisor in between.
    server.kill("SIGSTOP");
    process.kill(supervisorOf(server), "SIGKILL");
    await killNow(server);
    expect([isAlive(task), isAlive(child)]).toEqual([true, true]);
    await newDriver().reap();
    await vi.waitFor(() => expect([isAlive(task), isAlive(child)]).toEqual([false, false]), {
      timeout: 60_000,
    });
    expect(readdirSync(join(dir, "data/runtime/tasks"))).toEqual([]);
  },
);

test.runIf(process.platform === "linux")(
  "a daemon without an environment outlives neither its server nor the next one's start",
  async () => {
    const ended = await serve(DAEMON);
    await killNow(ended.server);
    await vi.waitFor(() => expect(isAlive(ended.child)).toBe(false), { timeout: 60_000 });
    const { server, child } = await serve(DAEMON);
    server.kill("SIGSTOP");
    process.kill(supervisorOf(server), "SIGKILL");
    await killNow(server);
    expect(isAlive(child)).toBe(true);
    await newDriver().reap();
    await vi.waitFor(() => expect(isAlive(child)).toBe(false), { timeout: 60_000 });
  },
);

test.runIf(process.platform === "linux")(
  "what a server was killed before recording is ended by the next server",
  async () => {
    const { server, task, child } = await serve();
    server.kill("SIGSTOP");
    process.kill(supervisorOf(server), "SIGKILL");
    rmSync(join(dir, "data/runtime/tasks", "0".repeat(32), "web.process.json"));
    await killNow(server);
    expect([isAlive(task), isAlive(child)]).toEqual([true, true]);
    await newDriver().reap();
    await vi.waitFor(() => expect([isAlive(task), isAlive(child)]).toEqual([false, false]), {
      timeout: 60_000,
    });
  },
);

test.runIf(process.platform === "linux")("a supervisor that is killed is replaced", async () => {
  const { server, task } = await serve();
  const first = supervisorOf(server);
  process.kill(first, "SIGKILL");
  await vi.waitFor(
    () => {
      const now = supervisorOf(server);
      expect(now).toBeDefined();
      expect(now).not.toBe(first);
    },
    { timeout: 60_000 },
  );
  await killNow(server);
  await vi.waitFor(() => expect(isAlive(task)).toBe(false), { timeout: 60_000 });
});

test("a process that was given a recorded number later is not touched", async () => {
  const { server, task } = await serve();
  const record = join(dir, "data/runtime/tasks", "0".repeat(32), "web.process.json");
  expect(JSON.parse(readFileSync(record, "utf8"))).toMatchObject({
    pid: task,
    startedAt: processStart(task),
  });
  await killNow(server);
  await vi.waitFor(() => expect(isAlive(task)).toBe(false), { timeout: 60_000 });
  const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
    detached: true,
  });
  ours.push(stranger.pid!);
  writeFileSync(record, JSON.stringify({ pid: stranger.pid, startedAt: "another boot:1" }));
  await newDriver().reap();
  expect(isAlive(stranger.pid!)).toBe(true);
  expect(readdirSync(join(dir, "data/runtime/tasks"))).toEqual([]);
});
