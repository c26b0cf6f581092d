import { execFile, execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { LocalAws } from "@workbook/local-aws";
import {
  cleanEnvironment,
  findTerraform,
  isAlive,
  terraformCliConfig,
  say,
  type Words,
} from "@workbook/toolchain";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { endLane } from "../src/lane/end-lane.ts";
import { readLaneFile } from "../src/lane/lane-file.ts";
import { describeLane, laneStatus } from "../src/lane/lane-status.ts";
import { SessionLane, type SessionLaneOptions } from "../src/lane/session-lane.ts";

const TIMEOUT_MS = 240_000;
const WAIT = { timeout: 120_000, interval: 20 };
const REGION = "ap-northeast-1";
const TYPES = new Set(["aws_cloudwatch_log_group"]);

let scratch: string;
let stack: string;
let cloud: LocalAws;
let env: NodeJS.ProcessEnv;
let terraform: string;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "session-lane-"));
  cloud = await LocalAws.start({ port: 0, tasks: "off", dataDir: join(scratch, "cloud") });
  const { endpoint, credentials } = cloud;
  env = {
    ...cleanEnvironment(process.env, { endpoint, credentials, region: REGION }),
    TF_CLI_CONFIG_FILE: terraformCliConfig().file,
  };
  terraform = (await findTerraform()).path;
  stack = join(scratch, "stack");
  mkdirSync(stack);
  const configuration = {
    terraform: { required_providers: { aws: { source: "hashicorp/aws", version: "5.100.0" } } },
    provider: { aws: { region: REGION, skip_metadata_api_check: "true" } },
    resource: { aws_cloudwatch_log_group: { one: { name: "/session/lane" } } },
  };
  writeFileSync(join(stack, "main.tf.json"), JSON.stringify(configuration));
  await promisify(execFile)(terraform, ["init"], { cwd: stack, env });
});
afterAll(async () => {
  await cloud.stop();
  rmSync(scratch, { recursive: true });
});

/** A process in the cloud's place: the lane goes when it does. */
function standIn(): ChildProcess {
  const child = spawn("sleep", ["600"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Keepers that were started for this folder. */
function keepersOf(folder: string): string[] {
  const listed = execFileSync("ps", ["-eo", "stat=,args="], { encoding: "utf8" }).split("\n");
  return listed.filter((line) => !line.startsWith("Z") && line.includes(`"folder":"${folder}"`));
}

/** A folder for one test's keeper, which is gone when the test is over. */
function newFolder(): { folder: string; cloudPid: number; server: ChildProcess } {
  const folder = mkdtempSync(join(scratch, "lane-"));
  const server = standIn();
  onTestFinished(async () => {
    server.kill("SIGKILL");
    const pid = readLaneFile(folder)?.pid;
    if (pid !== undefined) await vi.waitUntil(() => !isAlive(pid), WAIT);
  });
  return { folder, cloudPid: server.pid!, server };
}

function laneIn(
  place: { folder: string; cloudPid: number },
  more: Partial<SessionLaneOptions> = {},
): { lane: SessionLane; reasons: string[] } {
  const reasons: string[] = [];
  const onLog = (reason: Words) => reasons.push(say(reason, "en"));
  return {
    lane: new SessionLane({ ...place, patienceMs: WAIT.timeout, env, onLog, ...more }),
    reasons,
  };
}

async function plan(reattach: string): Promise<string> {
  const options = { cwd: stack, env: { ...env, TF_REATTACH_PROVIDERS: reattach } };
  return (await promisify(execFile)(terraform, ["plan", "-no-color"], options)).stdout;
}

test("one command after the other finds the same provider", { timeout: TIMEOUT_MS }, async () => {
  const place = newFolder();
  const { lane, reasons } = laneIn(place);
  const met: string[] = [];
  for (let command = 0; command < 2; command++) {
    await using turn = await lane.turn(TYPES, stack);
    expect(await plan(turn.reattach)).toContain("1 to add");
    met.push(turn.reattach);
  }
  {
    // Another process's object: what it knows is what was written down.
    await using turn = await laneIn(place).lane.turn(TYPES, stack);
    met.push(turn.reattach);
  }
  expect(new Set(met).size).toBe(1);
  expect(met[0]).toContain("registry.terraform.io/hashicorp/aws");
  expect(statSync(join(place.folder, "lane.json")).mode & 0o777).toBe(0o600);
  expect(reasons).toEqual([]);
});

test("a kept provider is told of, and why there is none", { timeout: TIMEOUT_MS }, async () => {
  const place = newFolder();
  expect(await laneStatus(place.folder, {})).toEqual({ state: "not-started" });
  const off = await laneStatus(place.folder, { WORKBOOK_LANE: "off" });
  expect(say(describeLane(off), "en")).toContain("WORKBOOK_LANE=off");
  const begun = Date.now();
  await using turn = await laneIn(place).lane.turn(TYPES, stack);
  expect(turn.reattach).not.toBe("");
  const kept = await laneStatus(place.folder, {});
  if (kept.state !== "kept") throw new Error(`it is ${kept.state}`);
  expect(kept.pid).toBe(readLaneFile(place.folder)!.pid);
  expect(Date.parse(kept.since)).toBeGreaterThan(begun - 1000);
  // The provider's own program is more than that; a Node.js alone would be less.
  expect(kept.residentBytes).toBeGreaterThan(200e6);
  expect(say(describeLane(kept), "ja")).toMatch(/^\d\d:\d\d から起動中、プロセス \d+、\d+ MB$/);
  place.server.kill("SIGKILL");
  await vi.waitUntil(() => !isAlive(kept.pid), WAIT);
  expect(await laneStatus(place.folder, {})).toEqual({ state: "not-started" });
});

test("commands that begin at once start one keeper", { timeout: TIMEOUT_MS }, async () => {
  const place = newFolder();
  const turns = await Promise.all([1, 2, 3].map(() => laneIn(place).lane.turn(TYPES, stack)));
  expect(new Set(turns.map(({ reattach }) => reattach)).size).toBe(1);
  for (const turn of turns) await turn[Symbol.asyncDispose]();
});

test(
  "other keys get another provider, and the one of before ends",
  { timeout: TIMEOUT_MS },
  async () => {
    const place = newFolder();
    const before = await laneIn(place).lane.turn(TYPES, stack);
    const { pid } = readLaneFile(place.folder)!;
    const other = { ...env, AWS_SECRET_ACCESS_KEY: "other" };
    await using after = await laneIn(place, { env: other }).lane.turn(TYPES, stack);
    expect(after.reattach).not.toBe("");
    expect(after.reattach).not.toBe(before.reattach);
    await vi.waitUntil(() => !isAlive(pid), WAIT);
    await expect(plan(after.reattach)).rejects.toThrow("SignatureDoesNotMatch");
  },
);

test("a killed command gives its turn back", { timeout: TIMEOUT_MS }, async () => {
  const place = newFolder();
  const limits = { idleMs: 3000, leastFreeBytes: 0 };
  const { lane } = laneIn(place, { limits });
  const first = await lane.turn(TYPES, stack);
  const { pid, socket } = readLaneFile(place.folder)!;
  const holder = spawn(process.execPath, ["-e", HOLD_A_TURN, socket], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void holder.kill("SIGKILL"));
  await once(holder.stdout, "data");
  await first[Symbol.asyncDispose]();
  holder.kill("SIGKILL");
  await using turn = await lane.turn(TYPES, stack);
  expect(await plan(turn.reattach)).toContain("1 to add");
  await turn[Symbol.asyncDispose]();
  await vi.waitUntil(() => !isAlive(pid), WAIT);
});

const HOLD_A_TURN = `
const client = require("node:net").connect(process.argv[1]);
client.write('{"types":[]}\\n');
client.once("data", (line) => process.stdout.write(line));
`;

test("nobody uses it for a while: it ends", { timeout: TIMEOUT_MS }, async () => {
  const place = newFolder();
  const limits = { idleMs: 3000, leastFreeBytes: 0 };
  await (await laneIn(place, { limits }).lane.turn(TYPES, stack))[Symbol.asyncDispose]();
  await vi.waitUntil(() => readLaneFile(place.folder) === undefined, WAIT);
  await vi.waitUntil(() => keepersOf(place.folder).length === 0, WAIT);
  expect(keepersOf(place.folder)).toEqual([]);
});

test(
  "who ends it waits for its process, though it leaves by itself when the cloud goes",
  { timeout: TIMEOUT_MS },
  async () => {
    const place = newFolder();
    await (await laneIn(place).lane.turn(TYPES, stack))[Symbol.asyncDispose]();
    const { pid } = readLaneFile(place.folder)!;
    await endLane(place.folder, async () => {
      place.server.kill("SIGKILL");
      await vi.waitUntil(() => readLaneFile(place.folder) === undefined, WAIT);
    });
    expect(isAlive(pid)).toBe(false);
  },
);

test("the cloud goes: it ends", { timeout: TIMEOUT_MS }, async () => {
  const place = newFolder();
  await (await laneIn(place).lane.turn(TYPES, stack))[Symbol.asyncDispose]();
  const { pid } = readLaneFile(place.folder)!;
  place.server.kill("SIGKILL");
  await vi.waitUntil(() => !isAlive(pid), WAIT);
  expect(readLaneFile(place.folder)).toBeUndefined();
  expect(keepersOf(place.folder)).toEqual([]);
});

test(
  "it is killed: the command under way is told, and the next one starts another",
  { timeout: TIMEOUT_MS },
  async () => {
    const place = newFolder();
    const { lane } = laneIn(place);
    const turn = await lane.turn(TYPES, stack);
    const { pid } = readLaneFile(place.folder)!;
    process.kill(pid, "SIGKILL");
    await vi.waitUntil(() => turn.reattach === "", WAIT);
    await using next = await lane.turn(TYPES, stack);
    expect(await plan(next.reattach)).toContain("1 to add");
  },
);

test(
  "memory is short: commands go the ordinary way, and say so once",
  { timeout: TIMEOUT_MS },
  async () => {
    const place = newFolder();
    const limits = { idleMs: 60_000, leastFreeBytes: Number.MAX_SAFE_INTEGER };
    const { lane, reasons } = laneIn(place, { limits });
    for (let command = 0; command < 2; command++)
      expect((await lane.turn(TYPES, stack)).reattach).toBe("");
    expect(reasons).toEqual(["memory is short"]);
    expect(readLaneFile(place.folder)).toBeUndefined();
  },
);
