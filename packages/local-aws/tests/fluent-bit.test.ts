import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { findOnPath } from "@workbook/toolchain";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../bench/processes.ts";
import { SystemClock } from "../src/clock/system-clock.ts";
import { routerFiles } from "../src/engine/firelens/router-config.ts";
import { openFluentd } from "../src/engine/logs/fluentd/open-fluentd.ts";

const [fluentBit] = findOnPath("fluent-bit", process.env);
const OWN = join(import.meta.dirname, "../../log-router/src/main.ts");
const TASK_ID = "0123456789abcdef".repeat(2);
const WAIT = { timeout: 60_000, interval: 20 };

/** What containers write, in turn. */
const LINES = [
  ["app", "stdout", "GET / 200"],
  ["app", "stderr", "GET /health 200"],
  ["app", "stdout", '{"level":"error"}'],
  ["app", "stdout", '日本 "q" \\ \t x'],
  ["app", "stdout", "get /lower 200"],
  ["application", "stdout", "GET /of-another 200"],
  ["app", "stdout", "last"],
] as const;

const EXTRA = `[SERVICE]
    Parsers_File DIR/parsers.conf
[FILTER]
    Name modify
    Match *
    Rename source from
    Add source again
[FILTER]
    Name parser
    Match app-*
    Key_Name log
    Parser json
    Reserve_Data On
`;
const PARSERS = "[PARSER]\n    Name json\n    Format json\n";

const routed = (name: string, options: Record<string, string>): ContainerDefinition => ({
  name,
  image: "app:1",
  logConfiguration: { logDriver: "awsfirelens", options },
});

/** A task's file, and its variables, by what is said of it. */
function generated(
  networkMode: string,
  options: Record<string, string> | undefined,
  containers: ContainerDefinition[],
) {
  const router = {
    name: "log_router",
    image: "r",
    firelensConfiguration: { type: "fluentbit" as const, ...(options && { options }) },
  };
  const task = {
    cluster: "workbook",
    taskArn: `arn:aws:ecs:us-east-1:123456789012:task/workbook/${TASK_ID}`,
    definition: "app:3",
    networkMode,
    instanceId: networkMode === "bridge" ? "i-0123456789abcdef0" : undefined,
    containers: [router, ...containers],
  };
  const secrets = new Map([["app", { json_date_key: "at" }]]);
  const { files, variables } = routerFiles(task, undefined, secrets);
  return { config: files["/fluent-bit/etc/fluent-bit.conf"]!, variables };
}

/** Sends what containers write as ECS's log driver does. */
async function write(connect: () => Promise<Socket>): Promise<void> {
  for (const name of ["application", "app"]) {
    const sink = openFluentd(
      {
        account: "123456789012",
        region: "us-east-1",
        container: {
          taskId: TASK_ID,
          name,
          runtimeId: `${TASK_ID}-1`,
          dockerName: name,
          image: "app:1",
          imageId: "sha256:1",
          labels: {},
          environment: {},
          instanceId: undefined,
        },
        logConfiguration: { logDriver: "awsfirelens", options: {} },
      },
      { clock: new SystemClock(1), connect },
    );
    for (const [index, [of, source, line]] of LINES.entries())
      if (of === name) void sink.write(source, line, 1_767_225_600_123 + index);
    await sink.close();
  }
}

/** Runs a program with a file and lines, and resolves to what it printed of them. */
async function printed(
  program: readonly string[],
  { config, variables }: ReturnType<typeof generated>,
  way: "socket" | "port",
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "fluent-bit-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const socket = join(folder, "fluent.sock");
  const [port, health] = [await freePort(), await freePort()];
  const put = (text: string) =>
    text
      .replaceAll("/var/run/fluent.sock", socket)
      .replaceAll("DIR", folder)
      .replace("Port 24224", `Port ${port}`)
      .replace("Port 8877", `Port ${health}`);
  const file = join(folder, "fluent-bit.conf");
  writeFileSync(file, put(config));
  writeFileSync(join(folder, "extra.conf"), put(EXTRA));
  writeFileSync(join(folder, "parsers.conf"), PARSERS);
  const [command = "", ...args] = program;
  const env = { PATH: process.env["PATH"], HOME: folder, ...variables };
  const child = spawn(command, [...args, "-c", file], { env });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = once(child, "close");
  let [out, said] = ["", ""];
  child.stdout.on("data", (data) => (out += String(data)));
  child.stderr.on("data", (data) => (said += String(data)));
  const connect = async () => {
    const to = createConnection(way === "socket" ? { path: socket } : { port, host: "127.0.0.1" });
    await once(to, "connect");
    return to;
  };
  await vi.waitFor(async () => (await connect()).destroy(), WAIT);
  await write(connect);
  await vi.waitFor(() => expect(out, said).toMatch(/"last"/), WAIT);
  child.kill("SIGTERM");
  const [code] = (await ended) as [number | null];
  expect(code, said).toBe(0);
  // Which of a batch a line is depends on when it came.
  const lines = out.split("\n").filter((line) => /^(?:\[\d+\] |\{)/.test(line));
  return lines.map((line) => line.replace(/^\[\d+\] /, "")).toSorted();
}

const STDOUT = { Name: "stdout" };
const JSON_LINES = { Name: "stdout", Format: "json_lines" };

describe.skipIf(!fluentBit)(
  `a file that is generated for a router${fluentBit ? "" : " (fluent-bit is not on PATH)"}`,
  { timeout: 120_000 },
  () => {
    test.each<[what: string, "socket" | "port", ReturnType<typeof generated>, count: number]>([
      ["with metadata", "socket", generated("awsvpc", undefined, [routed("app", STDOUT)]), 6],
      ["at its port", "port", generated("awsvpc", undefined, [routed("app", STDOUT)]), 6],
      ["of an instance", "port", generated("bridge", undefined, [routed("app", STDOUT)]), 6],
      [
        "without ports and metadata",
        "socket",
        generated("host", { "enable-ecs-log-metadata": "false" }, [routed("app", JSON_LINES)]),
        6,
      ],
      [
        "with patterns",
        "socket",
        generated("awsvpc", undefined, [
          routed("app", {
            ...JSON_LINES,
            "include-pattern": "/^get|LAST/i",
            "exclude-pattern": "/health[[:space:]]+\\d{3}$",
          }),
        ]),
        3,
      ],
      [
        "with two outputs and a file of its own",
        "socket",
        generated("awsvpc", { "config-file-type": "file", "config-file-value": "DIR/extra.conf" }, [
          routed("app", JSON_LINES),
          routed("application", STDOUT),
        ]),
        7,
      ],
    ])(
      "%s is read by Fluent Bit and by the workbook's router alike",
      async (_what, way, made, count) => {
        const real = await printed([fluentBit!], made, way);
        expect(await printed([process.execPath, OWN], made, way)).toEqual(real);
        expect(real).toHaveLength(count);
      },
    );
  },
);
