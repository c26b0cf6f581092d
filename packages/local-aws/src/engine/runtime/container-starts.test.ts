import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerDefinition, ContainerDependency } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import type { ContainerSpec, TaskSpec } from "./driver.ts";
import { createProcessDriver, type ProcessDriver } from "./process/process-driver.ts";
import { TaskLog } from "./testing/task-log.ts";
import { writeTinyImage } from "./testing/tiny-image.ts";

let dir: string;
let clock: ManualClock;
let driver: ProcessDriver;
let errors: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "starts-"));
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

/** A container that runs a shell script. */
async function container(
  name: string,
  script: string,
  definition: ContainerDefinition = {},
): Promise<ContainerSpec> {
  return {
    name,
    definition,
    override: undefined,
    image: await writeTinyImage(join(dir, "blobs"), {}, { Cmd: ["sh", "-c", script] }),
    environment: {},
    stopTimeoutSeconds: 30,
    runtimeId: "0123456789",
  };
}

const after = (containerName: string, condition: ContainerDependency["condition"]) => ({
  dependsOn: [{ containerName, condition }],
});
/** A shell that goes on until it is told to end. */
const IDLE = "echo up; while :; do sleep 0.1; done";

let taskCount = 0;
function start(...containers: ContainerSpec[]): {
  spec: TaskSpec;
  log: TaskLog;
  started: Promise<void>;
} {
  const taskId = String(++taskCount).padStart(32, "0");
  const spec: TaskSpec = {
    taskArn: `arn:aws:ecs:ap-northeast-1:123456789012:task/main/${taskId}`,
    taskId,
    privateIpAddress: undefined,
    networkMode: "awsvpc",
    containers,
  };
  const log = new TaskLog();
  return { spec, log, started: driver.start(spec, log) };
}

describe("a container that depends on others", () => {
  test("starts as soon as they allow it, and waits for no other", async () => {
    const { log, started } = start(
      await container("idle", IDLE),
      await container("first", "exit 3"),
      await container("second", IDLE, after("first", "COMPLETE")),
      await container("never", IDLE, after("idle", "COMPLETE")),
    );
    void started.catch(() => {});
    await log.see("second started");
    expect(log.entries.indexOf("first exited 3")).toBeLessThan(
      log.entries.indexOf("second started"),
    );
    expect(log.entries).not.toContain("never started");
  });

  test("never starts where one of them failed, nor does what depends on it", async () => {
    const { log, started } = start(
      await container("other", IDLE),
      await container("setup", "exit 4"),
      await container("main", IDLE, after("setup", "SUCCESS")),
      await container("last", IDLE, after("main", "START")),
    );
    await started;
    const frame =
      "143 CannotStartContainerError: dependency graph: failed to resolve container ordering dependency";
    expect(log.entries).toContain(
      `main exited ${frame} [setup(tiny:latest) (STOPPED->RUNNING) - Exit: 4] for target [main(tiny:latest) (MANIFEST_PULLED->RUNNING)] as dependency did not exit successfully.`,
    );
    expect(log.entries).toContain(
      `last exited ${frame} [main(tiny:latest) (STOPPED->RUNNING) - Exit: 143] for target [last(tiny:latest) (MANIFEST_PULLED->RUNNING)] because dependency will never start`,
    );
    expect(log.entries).not.toContain("main started");
    expect(log.entries).not.toContain("other exited 137");
  });

  test("never starts where one of them takes longer than its start time-out", async () => {
    const { log, started } = start(
      await container("setup", IDLE, { startTimeout: 2 }),
      await container("main", IDLE, after("setup", "COMPLETE")),
    );
    await log.see("setup stdout: up");
    await clock.advance(1999);
    expect(log.entries).toEqual(["setup started", "setup stdout: up"]);
    await clock.advance(1);
    await started;
    expect(log.entries.at(-1)).toBe(
      "main exited 143 CannotStartContainerError: dependency graph: container ordering dependency [setup(tiny:latest) (RUNNING->RUNNING)] for target [main(tiny:latest) (MANIFEST_PULLED->RUNNING)] has timed out.",
    );
  });

  test("starts after those that are slower than their start time-out and only have to start", async () => {
    const { log, started } = start(
      await container("setup", IDLE, { startTimeout: 2 }),
      await container("main", IDLE, after("setup", "START")),
    );
    await started;
    await clock.advance(5000);
    expect(log.entries).toContain("main started");
  });

  test("waits on while one that should be healthy is not", async () => {
    const healthCheck = { command: ["CMD-SHELL", "test -f ok"], interval: 5, retries: 1 };
    const touch = "echo up; while [ ! -f go ]; do sleep 0.05; done; touch ok; sleep 600";
    const { spec, log, started } = start(
      await container("db", touch, { healthCheck }),
      await container("main", IDLE, after("db", "HEALTHY")),
    );
    await log.see("db stdout: up");
    await clock.advance(5000);
    await log.see("db UNHEALTHY");
    expect(log.entries).not.toContain("main started");
    await driver.stop(spec.taskArn);
    await expect(started).rejects.toThrow("stopped while it was starting");
  });
});

describe("a restart policy", () => {
  const restartPolicy = { enabled: true, restartAttemptPeriod: 60, ignoredExitCodes: [0] };
  /** Ends with the code that is written for it, once. */
  const script = (dir_: string, code: number) =>
    `echo up; while [ ! -f ${dir_}/end ]; do sleep 0.05; done; rm ${dir_}/end; exit ${code}`;

  async function run(code: number, policy: ContainerDefinition["restartPolicy"] = restartPolicy) {
    const { spec, log, started } = start(
      await container("main", script(dir, code), { restartPolicy: policy }),
    );
    await started;
    await log.see("main stdout: up");
    return { spec, log, end: () => writeFileSync(join(dir, "end"), "") };
  }

  test("starts a container again that has run for the attempt period, and again", async () => {
    const { spec, log, end } = await run(3);
    for (const count of [1, 2]) {
      await clock.advance(60_000);
      end();
      await log.see(`main restarted ${count}`);
      await log.seeTimes("main stdout: up", count + 1);
    }
    await driver.stop(spec.taskArn);
    expect(log.entries.filter((entry) => entry.startsWith("main exited"))).toEqual([
      "main exited 143",
    ]);
  });

  test("counts a start before there is a program that could ask for the count", async () => {
    const { log, started } = start(
      await container("main", `(${script(dir, 3)}); cd /; rmdir "$OLDPWD"; exit 3`, {
        restartPolicy,
        workingDirectory: "/work",
      }),
    );
    await started;
    await log.see("main stdout: up");
    await clock.advance(60_000);
    writeFileSync(join(dir, "end"), "");
    await log.see("main exited 3");
    expect(log.entries.slice(2)).toEqual(["main restarted 1", "main exited 3"]);
    expect(errors.splice(0)).toEqual([expect.stringContaining("could not be restarted")]);
  });

  test.each([
    ["that ended before the attempt period was over", 3, 59_999, restartPolicy],
    ["whose exit code is ignored", 0, 60_000, restartPolicy],
    ["that ran for less than five minutes, where no period is said", 3, 299_999, { enabled: true }],
    ["where it is not enabled", 3, 600_000, { enabled: false }],
  ])("leaves a container alone %s", async (_which, code, ms, policy) => {
    const { log, end } = await run(code, policy);
    await clock.advance(ms);
    end();
    await log.see(`main exited ${code}`);
    expect(log.entries).toEqual(["main started", "main stdout: up", `main exited ${code}`]);
  });
});
