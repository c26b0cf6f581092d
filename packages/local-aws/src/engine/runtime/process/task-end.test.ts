import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "@workbook/toolchain";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ManualClock } from "../../../clock/manual-clock.ts";
import type { ContainerSpec, TaskSpec } from "../driver.ts";
import { writeTinyImage } from "../testing/tiny-image.ts";
import { TaskLog } from "../testing/task-log.ts";
import { createProcessDriver, type ProcessDriver } from "./process-driver.ts";

let dir: string;
let clock: ManualClock;
let driver: ProcessDriver;
let errors: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "end-"));
  clock = new ManualClock();
  errors = [];
  const logger = {
    info: () => {},
    error: (message: string, error: unknown) => errors.push(`${message} ${String(error)}`),
  };
  driver = createProcessDriver({ clock, dataDir: dir, logger });
});
afterEach(async () => {
  await driver.close();
  expect(errors).toEqual([]);
  rmSync(dir, { recursive: true });
});

/** A container that runs a Node script. */
async function container(
  script: string,
  settings: Partial<ContainerSpec> = {},
): Promise<ContainerSpec> {
  return {
    name: "web",
    definition: {},
    override: undefined,
    image: await writeTinyImage(
      join(dir, "blobs"),
      { "main.js": script },
      { Cmd: ["node", "/main.js"] },
    ),
    environment: {},
    stopTimeoutSeconds: 30,
    runtimeId: "0123456789",
    ...settings,
  };
}

let taskCount = 0;
function task(...containers: ContainerSpec[]): TaskSpec {
  const taskId = String(++taskCount).padStart(32, "0");
  return {
    taskArn: `arn:aws:ecs:ap-northeast-1:123456789012:task/main/${taskId}`,
    taskId,
    privateIpAddress: undefined,
    networkMode: "awsvpc",
    containers,
  };
}

async function run(spec: TaskSpec): Promise<TaskLog> {
  const log = new TaskLog();
  await driver.start(spec, log);
  return log;
}

const FOREVER = "setInterval(() => {}, 1000)";

/** Starts a daemon whose parent ends at once, as daemons' parents do, and prints its number. */
function withDaemon(options: string): string {
  const parent = `
    const daemon = ["-e", ${JSON.stringify(FOREVER)}];
    const child = require("node:child_process").spawn(process.execPath, daemon, ${options});
    console.log(child.pid); child.unref(); process.exit(0);`;
  return `
    const stdio = ["ignore", "pipe", "ignore"];
    const parent = ["-e", ${JSON.stringify(parent)}];
    const pid = require("node:child_process").execFileSync(process.execPath, parent, { stdio });
    console.log("daemon " + pid.toString().trim());
    ${FOREVER}`;
}

test.runIf(process.platform === "linux").each([
  ["in a session of its own", "{ detached: true, stdio: 'ignore' }"],
  ["with an empty environment", "{ detached: true, stdio: 'ignore', env: {} }"],
  ["that went elsewhere", "{ detached: true, stdio: 'ignore', env: {}, cwd: '/' }"],
])("a task that is stopped takes a daemon %s with it", async (_which, options) => {
  const spec = task(await container(withDaemon(options)));
  const log = await run(spec);
  const daemon = Number((await log.see(/stdout: daemon \d+$/)).split(" ").at(-1));
  expect(isAlive(daemon)).toBe(true);
  const others = await run(task(await container(FOREVER)));
  await driver.stop(spec.taskArn);
  await vi.waitFor(() => expect(isAlive(daemon)).toBe(false), { timeout: 60_000 });
  // Another task's processes are not taken for those of this one.
  expect(others.entries).toEqual(["web started"]);
});

test("a task that is stopped while it starts lets its containers end as they are told to", async () => {
  const up = `console.log("up"); ${FOREVER}`;
  const ends = `process.on("SIGTERM", () => setTimeout(() => process.exit(0), 200)); ${up}`;
  const quick = await container(up, { name: "quick" });
  const slow = await container(ends, { name: "slow" });
  const definition = { dependsOn: [{ containerName: "quick", condition: "COMPLETE" as const }] };
  const last = await container("", { name: "last", definition });
  const stopping = new AbortController();
  const log = new TaskLog();
  const started = driver.start(task(quick, slow, last), log, stopping.signal);
  const failure = started.catch((error: unknown) => error);
  await log.see(/^quick stdout: up/);
  await log.see(/^slow stdout: up/);
  stopping.abort();
  expect(await failure).toMatchObject({ name: "CannotStartError" });
  expect(log.entries.slice(-2)).toEqual(["quick exited 143", "slow exited 0"]);
});

test("the driver's own end takes seconds, whatever the stop time-outs are", async () => {
  const deaf = `process.on("SIGTERM", () => console.log("no")); console.log("up"); ${FOREVER}`;
  const log = await run(task(await container(deaf, { stopTimeoutSeconds: 120 })));
  await log.see(/: up$/);
  const closed = driver.close();
  await log.see(/: no$/);
  await clock.advance(5000);
  await closed;
  expect(log.entries.at(-1)).toBe("web exited 137");
});
