import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { isAlive } from "@workbook/toolchain";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ManualClock } from "../../../clock/manual-clock.ts";
import { SystemClock } from "../../../clock/system-clock.ts";
import type { PulledImage } from "../../images/puller.ts";
import type { ContainerSpec, Endpoint, TaskSpec } from "../driver.ts";
import { writeTinyImage, type TinyEntry } from "../testing/tiny-image.ts";
import { TaskLog } from "../testing/task-log.ts";
import { createProcessDriver, type ProcessDriver } from "./process-driver.ts";

let dir: string;
let clock: ManualClock;
let driver: ProcessDriver;
let errors: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "driver-"));
  clock = new ManualClock();
  errors = [];
  driver = createProcessDriver({
    clock,
    dataDir: dir,
    logger: {
      info: () => {},
      error: (message, error) => errors.push(`${message} ${String(error)}`),
    },
  });
});
afterEach(async () => {
  await driver.close();
  expect(errors).toEqual([]);
  rmSync(dir, { recursive: true });
});

function image(
  files: Record<string, TinyEntry>,
  config: PulledImage["config"] = {},
  base?: string,
): Promise<PulledImage> {
  return writeTinyImage(join(dir, "blobs"), files, config, base);
}

async function container(
  files: Record<string, TinyEntry>,
  settings: Partial<ContainerSpec> & { config?: PulledImage["config"]; base?: string } = {},
): Promise<ContainerSpec> {
  return {
    name: "web",
    definition: {},
    override: undefined,
    image: await image(files, settings.config, settings.base),
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
    networkInterfaceId: `eni-${taskId}`,
    // Of the same address each, as tasks of two VPCs may be.
    privateIpAddress: "10.0.0.5",
    networkMode: "awsvpc",
    containers,
  };
}

const interfaceOf = ({ networkInterfaceId = "", privateIpAddress = "" }: TaskSpec) => ({
  networkInterfaceId,
  privateIpAddress,
});

async function run(spec: TaskSpec): Promise<TaskLog> {
  const log = new TaskLog();
  await driver.start(spec, log);
  return log;
}

const SERVER = `
  const server = require("node:http").createServer((request, response) => response.end("hello"));
  server.listen(Number(process.env.PORT), process.env.BIND, () => console.log("listening"));
  process.on("SIGTERM", () => { console.log("closing"); server.close(() => process.exit(0)); server.closeAllConnections(); });
`;

function reach(endpoint: Endpoint | undefined): { host: string; port: number } {
  if (!endpoint || "refused" in endpoint) throw new Error(JSON.stringify(endpoint));
  return endpoint;
}

describe("a container", () => {
  test("runs the image's command in its working directory, with its own environment alone", async () => {
    const script = `
      console.log(process.cwd().endsWith("/web/app"), require("node:fs").readFileSync("data.txt", "utf8"));
      console.log(JSON.stringify(Object.keys(process.env).sort()));
      console.error("to stderr " + process.env.GREETING);`;
    const config = { Cmd: ["node", "main.js"], WorkingDir: "/app" };
    const log = await run(
      task(
        await container(
          { "app/main.js": script, "app/data.txt": "data" },
          { config, environment: { GREETING: "hi" } },
        ),
      ),
    );
    await log.see("web exited 0");
    expect(log.entries).toContain("web stdout: true data");
    expect(log.entries).toContain("web stderr: to stderr hi");
    expect(log.entries).toContain(
      `web stdout: ${JSON.stringify(["GREETING", "HOME", "HOSTNAME", "PATH", "TMPDIR"])}`,
    );
  });

  test("gets the task definition's words before the image's, and an override before both", async () => {
    const config = { Entrypoint: ["node", "-p"], Cmd: ["'image'"] };
    const variants: [Partial<ContainerSpec>, string][] = [
      [{}, "image"],
      [{ definition: { command: ["'definition'"] } }, "definition"],
      [
        { definition: { command: ["'definition'"] }, override: { command: ["'override'"] } },
        "override",
      ],
      [{ definition: { entryPoint: ["node", "-p", "'entry point'"] } }, "entry point"],
    ];
    for (const [settings, word] of variants) {
      const log = await run(task(await container({}, { config, ...settings })));
      await log.see("web exited 0");
      expect(log.entries).toContain(`web stdout: ${word}`);
    }
  });

  test("runs a program of the image by its absolute path, and by name from the image's PATH", async () => {
    const files = { "opt/tool": { content: "#!/bin/sh\necho tool $1\n", mode: 0o755 } };
    const absolute = await run(
      task(await container(files, { config: { Cmd: ["/opt/tool", "a"] } })),
    );
    expect(await absolute.see("web stdout: tool a")).toBeDefined();
    const environment = { PATH: "/usr/bin:/opt" };
    const named = await run(
      task(await container(files, { config: { Cmd: ["tool", "b"] }, environment })),
    );
    expect(await named.see("web stdout: tool b")).toBeDefined();
  });

  test("is given absolute paths of its image's files where they are on this machine", async () => {
    const files = { "app/main.js": "console.log('found')" };
    const log = await run(
      task(await container(files, { config: { Cmd: ["node", "/app/main.js"] } })),
    );
    expect(await log.see("web stdout: found")).toBeDefined();
  });

  test("finds the interpreter that a script names where its base image would have it", async () => {
    const files = {
      start: { content: "#!/usr/local/bin/node\nconsole.log('by node')\n", mode: 0o755 },
    };
    const log = await run(task(await container(files, { config: { Cmd: ["/start"] } })));
    expect(await log.see("web stdout: by node")).toBeDefined();
  });

  test("is writable, and what it wrote is gone with it", async () => {
    const script = `
      const fs = require("node:fs");
      console.log(fs.existsSync("state"));
      fs.writeFileSync("state", "x");
      fs.appendFileSync("main.js", "// changed");
      console.log(fs.readFileSync("main.js", "utf8").match(/changed/g).length);`;
    const spec = () => container({ "main.js": script }, { config: { Cmd: ["node", "main.js"] } });
    for (let round = 0; round < 2; round++) {
      const log = await run(task(await spec()));
      await log.see("web exited 0");
      expect(log.entries.slice(1, 3)).toEqual(["web stdout: false", "web stdout: 3"]);
    }
    await vi.waitFor(() => expect(readdirSync(join(dir, "runtime/tasks"))).toEqual([]), {
      timeout: 60_000,
    });
  });

  test("is not told by a workspace around the data directory what kind its modules are", async () => {
    writeFileSync(join(dir, "package.json"), '{ "type": "module" }');
    const files = { "main.js": 'console.log(typeof require("node:fs").readFileSync)' };
    const log = await run(task(await container(files, { config: { Cmd: ["node", "main.js"] } })));
    expect(await log.see("web stdout: function")).toBeDefined();
  });

  test("can open its outputs by name", async () => {
    const script = "echo out >/dev/stdout; echo err >/dev/stderr";
    const log = await run(task(await container({}, { config: { Cmd: ["sh", "-c", script] } })));
    await log.see("web exited 0");
    expect(log.entries).toEqual(expect.arrayContaining(["web stdout: out", "web stderr: err"]));
  });

  test("is heard to its last byte, however much it writes before it ends", async () => {
    const program = 'for (let n = 0; n < 20_000; n++) console.log("x".repeat(99))';
    const log = await run(task(await container({}, { config: { Cmd: ["node", "-e", program] } })));
    await log.see("web exited 0");
    expect(log.entries.filter((entry) => entry.startsWith("web stdout: xxx"))).toHaveLength(20_000);
  });

  test("takes what it started with it when it ends", async () => {
    const script = `
      const { spawn } = require("node:child_process");
      console.log(spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" }).pid);
      process.exit(3);`;
    const log = await run(
      task(await container({ "main.js": script }, { config: { Cmd: ["node", "main.js"] } })),
    );
    await log.see("web exited 3");
    const pid = Number((await log.see(/stdout: \d+$/)).split(" ").at(-1));
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 60_000 });
  });

  test("that is killed from outside is told with 128 and the signal's number", async () => {
    const log = await run(
      task(await container({}, { config: { Cmd: ["sh", "-c", "kill -KILL $$"] } })),
    );
    expect(await log.see("web exited 137")).toBeDefined();
  });
});

describe("a container that cannot start", () => {
  const frame = "unable to start container process: exec: ";
  test.each<[string, string[], string | undefined, string]>([
    [
      "an unknown word",
      ["nginx", "-g"],
      undefined,
      `${frame}"nginx": executable file not found in $PATH: unknown`,
    ],
    [
      "a missing file",
      ["/app/run"],
      undefined,
      `${frame}"/app/run": stat /app/run: no such file or directory: unknown`,
    ],
    [
      "a file without the right to run",
      ["/plain"],
      undefined,
      `${frame}"/plain": permission denied: unknown`,
    ],
    [
      "a shell in an image from scratch",
      ["sh", "-c", "x"],
      "scratch",
      `${frame}"sh": executable file not found in $PATH: unknown`,
    ],
    ["no command at all", [], undefined, "no command specified"],
  ])("says so in ECS's words: %s", async (_what, command, base, words) => {
    const spec = task(await container({ plain: "text" }, { config: { Cmd: command }, base }));
    const log = new TaskLog();
    const start = driver.start(spec, log);
    await expect(start).rejects.toMatchObject({ name: "CannotStartError" });
    await expect(start).rejects.toThrow(words);
    await expect(start).rejects.toThrow(/^CannotStartContainerError: /);
    expect(log.entries).toEqual([]);
    expect(readdirSync(join(dir, "runtime/tasks"))).toEqual([]);
    expect(driver.endpoint(interfaceOf(spec), 80)).toBeUndefined();
  });

  test("leaves none of the task's other containers running", async () => {
    const idle = { Cmd: ["node", "-e", "setInterval(() => {}, 1000)"] };
    const setup = await container({}, { name: "setup", config: idle });
    const waiting: ContainerDefinition = {
      dependsOn: [{ containerName: "setup", condition: "COMPLETE" }],
    };
    const last = await container({}, { name: "last", definition: waiting, config: idle });
    const broken = await container({}, { name: "broken", config: { Cmd: ["no-such-program"] } });
    const log = new TaskLog();
    await expect(driver.start(task(setup, broken, last), log)).rejects.toThrow("no-such-program");
    expect(log.entries).not.toContain("last started");
    expect(readdirSync(join(dir, "runtime/tasks"))).toEqual([]);
  });

  test("is started, and then fails as the kernel would, where its file is no program", async () => {
    const files = { run: { content: "echo no shebang", mode: 0o755 } };
    const log = await run(task(await container(files, { config: { Cmd: ["/run"] } })));
    await log.see("web exited 1");
    expect(log.entries).toEqual([
      "web started",
      "web stderr: exec /run: exec format error",
      "web exited 1",
    ]);
  });
});

describe("a port", () => {
  const mapped = { portMappings: [{ containerPort: 80 }] };
  const config = { Cmd: ["node", "server.js"] };

  test("is reached through a free one of this machine where PORT equals the mapped port", async () => {
    const spec = (greeting: string) =>
      container(
        { "server.js": SERVER.replace("hello", greeting) },
        { definition: mapped, environment: { PORT: "80" }, config },
      );
    const tasks = [task(await spec("one")), task(await spec("two"))];
    for (const each of tasks) await (await run(each)).see("web stdout: listening");
    for (const [index, greeting] of ["one", "two"].entries()) {
      const { host, port } = reach(driver.endpoint(interfaceOf(tasks[index]!), 80));
      expect(await (await fetch(`http://${host}:${port}/`)).text()).toBe(greeting);
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe(greeting);
    }
    expect(driver.endpoint(interfaceOf(task()), 80)).toBeUndefined();
  });

  test("that is not mapped is nobody's but the task's: two of them run side by side", async () => {
    const spec = () =>
      container({ "server.js": SERVER }, { environment: { PORT: "3000" }, config });
    for (const one of [task(await spec()), task(await spec())]) {
      const log = await run(one);
      await log.see("web stdout: listening");
      const { host, port } = reach(driver.endpoint(interfaceOf(one), 3000));
      expect(await (await fetch(`http://${host}:${port}/`)).text()).toBe("hello");
    }
  });

  test.each<[Record<string, string>, string]>([
    [{ PORT: "3000" }, 'container "web" maps port 80, but its PORT is 3000: nothing listens on 80'],
    [{}, "its environment has no PORT"],
  ])("is refused where the program listens elsewhere: %j", async (environment, why) => {
    const spec = task(
      await container(
        { "server.js": "setInterval(() => {}, 1000)" },
        { definition: mapped, environment, config },
      ),
    );
    await run(spec);
    expect(driver.endpoint(interfaceOf(spec), 80)).toEqual({
      refused: true,
      why: expect.stringContaining(why),
    });
    expect(driver.endpoint(interfaceOf(spec), 81)).toEqual({
      refused: true,
      why: "no container of the task maps port 81",
    });
  });

  test.runIf(process.platform === "linux")(
    "is not reached where the program listens on loopback alone, as in a container",
    async () => {
      const environment = { PORT: "80", BIND: "127.0.0.1" };
      const spec = task(
        await container({ "server.js": SERVER }, { definition: mapped, environment, config }),
      );
      await (await run(spec)).see("web stdout: listening");
      const endpoint = reach(driver.endpoint(interfaceOf(spec), 80));
      const code = await new Promise((resolve) =>
        connect(endpoint).once("error", (error: NodeJS.ErrnoException) => resolve(error.code)),
      );
      expect(code).toBe("ECONNREFUSED");
    },
  );
});

describe("a health check", () => {
  /** The time between checks passes 600 times faster: 50 ms. */
  let quick: ProcessDriver;
  beforeEach(() => {
    quick = createProcessDriver({
      clock: new SystemClock(600),
      dataDir: join(dir, "quick"),
      logger: {
        info: () => {},
        error: (message, error) => errors.push(`${message} ${String(error)}`),
      },
    });
  });
  afterEach(() => quick.close());

  const program = (script: string) => ({
    Cmd: ["node", "-e", `${script}; setInterval(() => {}, 1000)`],
    WorkingDir: "/app",
  });

  test("runs in the container, and tells when its answer changes", async () => {
    const config = program(`
      const fs = require("node:fs");
      fs.writeFileSync("ok", "");
      process.on("SIGUSR2", () => { fs.rmSync("ok"); console.log("removed"); });
      console.log(process.pid)`);
    const definition = { healthCheck: { command: ["CMD-SHELL", "test -f ok"], retries: 2 } };
    const log = new TaskLog();
    await quick.start(task(await container({}, { config, definition })), log);
    const pid = Number((await log.see(/stdout: \d+$/)).split(" ").at(-1));
    await log.see("web HEALTHY");
    process.kill(pid, "SIGUSR2");
    await log.see("web UNHEALTHY");
    const health = log.entries.filter((entry) => entry.endsWith("HEALTHY"));
    expect(health).toEqual(["web HEALTHY", "web UNHEALTHY"]);
  });

  test("that no program of the image can run makes the container unhealthy", async () => {
    const log = new TaskLog();
    const files = { "main.js": "setInterval(() => {}, 1000)" };
    const definition = {
      healthCheck: { command: ["CMD", "/no/such/program"], retries: 1, interval: 5 },
    };
    const spec = await container(files, { config: { Cmd: ["node", "/main.js"] }, definition });
    await quick.start(task(spec), log);
    expect(await log.see("web UNHEALTHY")).toBeDefined();
  }, 15_000);

  test("finds the program at the port that it has in a container", async () => {
    const check = "fetch('http://localhost:80/').then((answer) => process.exit(answer.ok ? 0 : 1))";
    const definition = {
      portMappings: [{ containerPort: 80 }],
      healthCheck: { command: ["CMD", "node", "-e", check] },
    };
    const settings = {
      definition,
      environment: { PORT: "80" },
      config: { Cmd: ["node", "server.js"] },
    };
    const log = new TaskLog();
    await quick.start(task(await container({ "server.js": SERVER }, settings)), log);
    expect(await log.see("web HEALTHY")).toBeDefined();
  });

  test("is what another container waits for", async () => {
    const healthCheck = { command: ["CMD", "test", "-f", "ok"] };
    const slow = program('setTimeout(() => require("node:fs").writeFileSync("ok", ""), 300)');
    const db = await container({}, { name: "db", config: slow, definition: { healthCheck } });
    const definition = { dependsOn: [{ containerName: "db", condition: "HEALTHY" as const }] };
    const web = await container({}, { config: program("0"), definition });
    const log = new TaskLog();
    await quick.start(task(db, web), log);
    expect(log.entries).toEqual(["db started", "db HEALTHY", "web started"]);
  });

  test("that hangs fails when its time is over, and leaves no process", async () => {
    const hang =
      "process.on('SIGTERM', () => {}); require('node:fs').writeFileSync('pid', String(process.pid)); setInterval(() => {}, 1000)";
    const definition = { healthCheck: { command: ["CMD", "node", "-e", hang], timeout: 2 } };
    const spec = task(await container({}, { config: program("0"), definition }));
    await quick.start(spec, new TaskLog());
    const file = join(dir, "quick/runtime/tasks", spec.taskId, "web/app/pid");
    await vi.waitFor(() => expect(existsSync(file)).toBe(true), { timeout: 60_000 });
    const pid = Number(readFileSync(file, "utf8"));
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 60_000 });
  });
});

describe("memory", () => {
  const config = {
    Cmd: [
      "node",
      "-e",
      'const held = Buffer.alloc(80 * 1024 * 1024, 1); console.log("up"); setInterval(() => held, 1000)',
    ],
  };

  test.each<[string, number | undefined, number | undefined]>([
    ["the container's limit", 64, undefined],
    ["the task's limit", undefined, 64],
  ])("beyond %s ends the container, as ECS says it", async (_what, memory, memoryMiB) => {
    const spec = { ...task(await container({}, { config, definition: { memory } })), memoryMiB };
    const log = await run(spec);
    await log.see("web stdout: up");
    await clock.advance(1000);
    const end = "web exited 137 OutOfMemoryError: Container killed due to memory usage";
    expect(await log.see(end)).toBeDefined();
  });

  test("is looked at before a health check could call the container well", async () => {
    const spec = await container({}, { config, definition: { memory: 64 } });
    const log = await run(task(spec));
    await log.see("web stdout: up");
    await clock.advance(100);
    const end = "web exited 137 OutOfMemoryError: Container killed due to memory usage";
    expect(await log.see(end)).toBeDefined();
  });

  test("within the limits is left alone", async () => {
    const definition = { memory: 512 };
    const spec = { ...task(await container({}, { config, definition })), memoryMiB: 512 };
    const log = await run(spec);
    await log.see("web stdout: up");
    await clock.advance(5000);
    expect((await driver.usage(spec.taskArn)).get("web")!.memoryBytes).toBeGreaterThan(
      80 * 2 ** 20,
    );
    expect(log.entries.at(-1)).toBe("web stdout: up");
  });
});

describe("what plain processes cannot do", () => {
  test.each<[string, Partial<ContainerSpec>, string]>([
    [
      "volumes",
      { definition: { mountPoints: [{ sourceVolume: "data", containerPath: "/data" }] } },
      'mounts the volume "data"',
    ],
    [
      "fixed ports beside other containers",
      { definition: { portMappings: [{ containerPort: 80 }] } },
      "listens on the fixed port 80 beside other containers",
    ],
    [
      "another container's port on localhost",
      { environment: { BACKEND: "http://localhost:9000/" } },
      "needs port 9000 of another container on localhost",
    ],
  ])("is refused by name: %s", async (_what, settings, words) => {
    const config = { Cmd: ["node", "-e", "0"] };
    const other = await container({}, { name: "other", config });
    const spec = task(other, await container({}, { config, ...settings }));
    await expect(driver.start(spec, new TaskLog())).rejects.toThrow(
      `CannotStartContainerError: container "web" ${words}`,
    );
  });
});

describe("stopping a task", () => {
  test("lets a program end by itself", async () => {
    const spec = task(
      await container(
        { "server.js": SERVER },
        { environment: { PORT: "0" }, config: { Cmd: ["node", "server.js"] } },
      ),
    );
    const log = await run(spec);
    await log.see("web stdout: listening");
    await driver.stop(spec.taskArn);
    expect(log.entries.slice(-2)).toEqual(["web stdout: closing", "web exited 0"]);
    expect(driver.endpoint(interfaceOf(spec), 80)).toBeUndefined();
  });

  test("sends the image's stop signal", async () => {
    const script =
      'process.on("SIGQUIT", () => process.exit(7)); setInterval(() => {}, 1000); console.log("up")';
    const config = { Cmd: ["node", "-e", script], StopSignal: "QUIT" };
    const spec = task(await container({}, { config }));
    const log = await run(spec);
    await log.see("web stdout: up");
    await driver.stop(spec.taskArn);
    expect(log.entries.at(-1)).toBe("web exited 7");
  });

  test("kills what does not end within its stop time-out, and not before", async () => {
    const script =
      'process.on("SIGTERM", () => console.log("no")); setInterval(() => {}, 1000); console.log("up")';
    const spec = task(await container({}, { config: { Cmd: ["node", "-e", script] } }));
    const log = await run(spec);
    await log.see("web stdout: up");
    const stopped = driver.stop(spec.taskArn);
    await log.see("web stdout: no");
    await clock.advance(29_999);
    expect(log.entries.at(-1)).toBe("web stdout: no");
    await clock.advance(1);
    await stopped;
    expect(log.entries.at(-1)).toBe("web exited 137");
  });

  test("ends containers that others depend on after those", async () => {
    const script =
      'process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000); console.log("up")';
    const config = { Cmd: ["node", "-e", script] };
    const db = await container({}, { name: "db", config });
    const definition = { dependsOn: [{ containerName: "db", condition: "START" as const }] };
    const web = await container({}, { name: "web", config, definition });
    const spec = task(db, web);
    const log = await run(spec);
    await log.see("db stdout: up");
    await log.see("web stdout: up");
    await driver.stop(spec.taskArn);
    expect(log.entries.slice(-2)).toEqual(["web exited 0", "db exited 0"]);
  });

  test("while it starts makes the start fail and leaves nothing", async () => {
    const config = { Cmd: ["node", "-e", "setInterval(() => {}, 1000)"] };
    const first = await container({}, { name: "first", config });
    const definition = { dependsOn: [{ containerName: "first", condition: "COMPLETE" as const }] };
    const spec = task(first, await container({}, { config, definition }));
    const log = new TaskLog();
    const start = driver.start(spec, log);
    const failure = start.catch((error: unknown) => error);
    await log.see("first started");
    await driver.stop(spec.taskArn);
    expect(await failure).toMatchObject({ name: "CannotStartError" });
    expect(log.entries).not.toContain("web started");
    expect(readdirSync(join(dir, "runtime/tasks"))).toEqual([]);
  });

  test("of a task that is not there does nothing", async () => {
    const none = "arn:aws:ecs:ap-northeast-1:123456789012:task/main/none";
    await expect(driver.stop(none)).resolves.toBeUndefined();
  });
});

test("a task whose image's layer ends early does not start, in the words of a pull that failed", async () => {
  const spec = task(await container({ a: "x".repeat(100_000) }));
  const { file, digest } = spec.containers[0]!.image.layers[0]!;
  writeFileSync(file, readFileSync(file).subarray(0, -20));
  await expect(run(spec)).rejects.toThrow(
    `CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract layer ${digest}: unexpected EOF: unknown`,
  );
});

test("a task whose image names another layer does not start, in containerd's words", async () => {
  const config = { Cmd: ["node", "-e", "setInterval(() => {}, 1000)"] };
  const spec = task(await container({ a: "x" }, { config }));
  const [web] = spec.containers;
  const [layer] = web!.image.layers;
  const named = (diffId: string) => ({
    ...spec,
    containers: [{ ...web!, image: { ...web!.image, layers: [{ ...layer!, diffId }] } }],
  });
  const other = `sha256:${"0".repeat(64)}`;
  await expect(run(named(other))).rejects.toThrow(
    `CannotPullContainerError: ref pull has been retried 1 time(s): wrong diff id "${layer!.diffId}" calculated on extraction "${other}", desc "${layer!.digest}"`,
  );
  // What has been laid down once as it should be proves nothing of another image.
  await run(spec);
  await driver.stop(spec.taskArn);
  await expect(run(named(other))).rejects.toThrow("wrong diff id");
});
