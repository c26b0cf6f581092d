import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { isGroupRunning } from "@workbook/toolchain";
import { pollUntil } from "@workbook/lab-kit";
import { afterAll, expect, test } from "vitest";
import { TestWorkbook, type Begun, type Ended } from "../src/testing/workbook.ts";

/** One pass through what a learner does, in order: each test goes on from where the one before it left the cloud. */
const LONG = 15 * 60_000;
const workbook = new TestWorkbook();
afterAll(() => workbook.remove(), LONG);

interface Status {
  readonly endpoint: string;
  readonly pid: number;
  readonly dataDir: string;
  readonly listeners: readonly Listener[];
}

interface Listener {
  readonly dnsName: string;
  readonly port: number;
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
}

interface Service {
  readonly serviceArn: string;
  readonly runningCount: number;
  readonly deployments: readonly { readonly status: string; readonly rolloutState: string }[];
  readonly events: readonly { readonly message: string }[];
}

let before: unknown;
let arns: string[];

const status = () => workbook.json<Status>(["status"]);
const stackFile = (stack: string, name: string) =>
  join(workbook.state, "stacks/local/hanako", stack, name);

async function topology(): Promise<unknown> {
  const response = await fetch(`${(await status()).endpoint}/_local/topology`);
  return response.json();
}

async function curl(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("curl", ["-sS", "--max-time", "30", ...args]);
  return stdout;
}

/** The AWS CLI through the workbook; its JSON. */
async function aws<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await workbook.run(["aws", ...args, "--output", "json"]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

async function services(): Promise<Service[]> {
  const names = ["node-app-hanako", "go-app-hanako"];
  const answer = await aws<{ services: Service[] }>(
    "ecs",
    "describe-services",
    "--cluster",
    "workbook-hanako",
    "--services",
    ...names,
  );
  return answer.services;
}

/** Terraform at work on a stack, as soon as it has said a text; fails where the command ends before that. */
async function terraformThatSaid(
  stack: string,
  text: string,
  command: Begun,
): Promise<{ pid: number }> {
  let early: Ended | undefined;
  void command.ended.then((ended) => (early = ended));
  const { met } = await pollUntil(
    async () => {
      expect(early).toBeUndefined();
      if (!existsSync(stackFile(stack, "running.json"))) return false;
      const { logFile } = JSON.parse(readFileSync(stackFile(stack, "running.json"), "utf8"));
      return readFileSync(logFile, "utf8").includes(text);
    },
    Boolean,
    { deadlineMs: LONG },
  );
  expect(met).toBe(true);
  return JSON.parse(readFileSync(stackFile(stack, "running.json"), "utf8")) as { pid: number };
}

async function bothGreetings(): Promise<void> {
  const { listeners } = await status();
  for (const [port, greeting] of [
    [80, "Hello World from node.js"],
    [8080, "Hello World from Golang"],
  ] as const) {
    const { dnsName, addresses } = listeners.find((each) => each.port === port)!;
    const real = addresses.find(({ host }) => host === "127.0.0.1")!.port;
    expect(await curl(`http://127.0.0.1:${real}/`)).toContain(greeting);
    const byName = ["--resolve", `${dnsName}:${real}:127.0.0.1`, `http://${dnsName}:${real}/`];
    expect(await curl(...byName)).toContain(greeting);
  }
}

test(
  "the cloud comes up on free ports, which are remembered",
  async () => {
    const up = ["cloud", "up", "--port", "0", "--listeners", "ephemeral"];
    const { pid, endpoint, dataDir } = await workbook.json<Status>(up);
    expect(await status()).toMatchObject({ pid, endpoint, dataDir, listeners: [] });
    before = await topology();
  },
  LONG,
);

test(
  "a run that is killed with its terminal is gone on with by the next one",
  async () => {
    const first = workbook.begin(["run"]);
    const terraform = await terraformThatSaid("service", "aws_lb.", first);
    process.kill(-first.child.pid!, "SIGKILL");
    await first.ended;
    expect(isGroupRunning(terraform.pid)).toBe(true);
    const second = await workbook.run(["run"]);
    expect(second.code, second.stderr).toBe(0);
    expect(second.stderr).toContain("still at work: waiting for it");
    expect(second.stdout).toMatch(/http:\/\/127\.0\.0\.1:\d+\/[^]*Next:[^]*curl http:/);
  },
  LONG,
);

test(
  "a second run changes nothing, and a plan is empty",
  async () => {
    const run = await workbook.run(["run"]);
    expect(run.code, run.stderr).toBe(0);
    expect(run.stderr).toMatch(/Terraform: service {2}no changes/);
    const plan = await workbook.run(["plan"]);
    expect(plan.code, plan.stderr).toBe(0);
    expect(plan.stdout).toBe("Nothing would change.\n");
  },
  LONG,
);

test("both ports greet, by address and by the load balancer's own name", bothGreetings, LONG);

test(
  "the AWS CLI sees two steady services whose targets are healthy",
  async () => {
    const seen = await services();
    expect(seen).toHaveLength(2);
    for (const { runningCount, deployments, events } of seen) {
      expect(runningCount).toBe(2);
      expect(deployments).toEqual([
        expect.objectContaining({ status: "PRIMARY", rolloutState: "COMPLETED" }),
      ]);
      expect(events[0]!.message).toContain("has reached a steady state");
    }
    arns = seen.map(({ serviceArn }) => serviceArn);
    const { TargetGroups } = await aws<{ TargetGroups: { TargetGroupArn: string }[] }>(
      "elbv2",
      "describe-target-groups",
    );
    for (const { TargetGroupArn } of TargetGroups) {
      const { TargetHealthDescriptions } = await aws<{
        TargetHealthDescriptions: { TargetHealth: { State: string } }[];
      }>("elbv2", "describe-target-health", "--target-group-arn", TargetGroupArn);
      const states = TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth.State);
      expect(states).toEqual(["healthy", "healthy"]);
    }
  },
  LONG,
);

test(
  "the exit code of the AWS CLI passes through",
  async () => {
    const { code, stderr } = await workbook.run(["aws", "ecs", "no-such-operation"]);
    expect(stderr).toContain("usage: aws");
    expect(code).toBeGreaterThan(1);
  },
  LONG,
);

test(
  "the access log of a request just made is in the logs",
  async () => {
    const { listeners } = await status();
    const { port } = listeners.find((each) => each.port === 80)!.addresses[0]!;
    await curl(`http://127.0.0.1:${port}/just-made`);
    const { met } = await pollUntil(
      async () => (await workbook.run(["logs"])).stdout,
      (stdout) => stdout.includes("/just-made"),
      { deadlineMs: 60_000 },
    );
    expect(met).toBe(true);
  },
  LONG,
);

test(
  "after kill -9 of the server, everything answers again under the same ARNs",
  async () => {
    const { pid } = await status();
    process.kill(pid, "SIGKILL");
    const up = await workbook.run(["cloud", "up"]);
    expect(up.code, up.stderr).toBe(0);
    expect((await status()).pid).not.toBe(pid);
    const { met } = await pollUntil(
      async () => (await services()).map(({ runningCount }) => runningCount),
      (counts) => counts.every((count) => count === 2),
      { deadlineMs: 120_000 },
    );
    expect(met).toBe(true);
    expect((await services()).map(({ serviceArn }) => serviceArn)).toEqual(arns);
    const check = await workbook.json<{ passed: boolean; checks: { status: string }[] }>([
      "check",
      "--junit",
      join(workbook.state, "checks.xml"),
    ]);
    expect(check.passed).toBe(true);
    const xml = readFileSync(join(workbook.state, "checks.xml"), "utf8");
    expect(xml).toContain(`tests="${check.checks.length}" failures="0"`);
    await bothGreetings();
    expect((await workbook.run(["plan"])).code).toBe(0);
  },
  LONG,
);

test(
  "a destroy whose Terraform is killed is rolled back, and done by the next one, whichever lab it names",
  async () => {
    const first = workbook.begin(["destroy"]);
    const terraform = await terraformThatSaid("service", '"apply_complete"', first);
    process.kill(-terraform.pid, "SIGKILL");
    expect((await first.ended).code).toBe(1);
    const second = await workbook.run(["destroy", "1"]);
    expect(second.code, second.stderr).toBe(0);
    expect(second.stderr).toContain("Terraform was killed: the cloud is back where that began");
    expect(second.stdout).toContain("Nothing is left");
    expect(await topology()).toEqual(before);
  },
  LONG,
);

test(
  "when the cloud is down, no process of it is left",
  async () => {
    expect((await workbook.run(["cloud", "down"])).code).toBe(0);
    expect(workbook.processes()).toEqual([]);
  },
  LONG,
);
