import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { inLane } from "../src/index.ts";
import { Bench, socketOf, useLane, WAIT } from "./support/bench.ts";
import { providersBelow, runs } from "./support/processes.ts";
import type { Run, Stack } from "./support/stack.ts";

const TIMEOUT_MS = 240_000;
const bench = Bench.forThisFile();

const group = (name: string) => ({ aws_cloudwatch_log_group: { one: { name } } });
/** The provider waits ten seconds when it has made one. */
const cluster = { aws_ecs_cluster: { slow: { name: "slow" } } };
/** The same, which begins with the cluster when a file is there. */
const gated = (file: string, name: string) => ({
  ...group(`/gated/${name}`),
  terraform_data: {
    gate: {
      depends_on: ["aws_cloudwatch_log_group.one"],
      provisioner: [{ "local-exec": { command: `until [ -e "${file}" ]; do sleep 0.1; done` } }],
    },
  },
  aws_ecs_cluster: { slow: { name, depends_on: ["terraform_data.gate"] } },
});
const TYPES = ["aws_cloudwatch_log_group", "aws_ecs_cluster"];

/** The one provider that this process keeps. */
function provider(): number {
  const [pid, ...others] = providersBelow(process.pid);
  expect(others).toEqual([]);
  return pid!;
}

/** Plans with a provider that does not answer any more, and kills it when Terraform waits for it. */
async function planAndKill(stack: Stack, reattach: string): Promise<Run> {
  const pid = reattach === "" ? undefined : provider();
  if (pid !== undefined) process.kill(pid, "SIGSTOP");
  let isKilled = false;
  const onText = (said: string) => {
    if (isKilled || pid === undefined || !said.includes(": ValidateResourceConfig")) return;
    isKilled = true;
    process.kill(pid, "SIGKILL");
  };
  const plan = ["plan", "-input=false", "-detailed-exitcode"];
  const run = await stack.run(reattach, plan, onText, { TF_LOG: "trace" });
  expect(isKilled).toBe(pid !== undefined);
  return run;
}

test(
  "a provider that dies under way is replaced, once, and then left to Terraform",
  { timeout: TIMEOUT_MS },
  async () => {
    const stack = await bench.stack();
    const { lane, logged } = await bench.lane({ types: TYPES });
    stack.write({ resource: group("/dies/one") });
    expect(await stack.apply(lane.reattach)).toMatchObject({ code: 0 });
    expect(await planAndKill(stack, lane.reattach)).toMatchObject({ code: 0 });
    expect(logged).toEqual([expect.stringContaining("has died: another takes its place")]);
    // The new one has its settings too: what is made goes where it is to go.
    stack.write({ resource: group("/dies/two") });
    expect(await stack.apply(lane.reattach)).toMatchObject({ code: 0 });
    const again = await inLane(lane, (reattach) => planAndKill(stack, reattach));
    expect(again).toMatchObject({ code: 0 });
    expect(logged).toHaveLength(2);
    expect(logged[1]).toContain("has died: from now on Terraform starts its own");
    expect(lane.reattach).toBe("");
    await lane.closed;
    await expect.poll(() => providersBelow(process.pid), WAIT).toEqual([]);
  },
);

test(
  "a provider that dies while it makes something: what was made stays in the state",
  { timeout: TIMEOUT_MS },
  async () => {
    const stack = await bench.stack();
    const { lane, logged } = await bench.lane({ types: TYPES });
    stack.write({ resource: { ...group("/dies/made"), ...cluster } });
    const pid = provider();
    let isKilled = false;
    const applied = await inLane(lane, (reattach) =>
      stack.run(reattach, ["apply", "-auto-approve"], (said) => {
        const isMaking = /aws_ecs_cluster\.slow: Creating/.test(said);
        if (isKilled || !isMaking || !/group\.one: Creation complete/.test(said)) return;
        isKilled = true;
        process.kill(pid, "SIGKILL");
      }),
    );
    // It has begun, so it is not run again; and a change is never sent twice.
    expect(applied).toMatchObject({ code: 1, hasBegun: true });
    expect(stack.state).toContain("/dies/made");
    expect(logged).toHaveLength(1);
    expect(await stack.run(lane.reattach, ["destroy", "-auto-approve"])).toMatchObject({ code: 0 });
  },
);

test(
  "an interrupt reaches the provider, and the state is stored",
  { timeout: TIMEOUT_MS },
  async () => {
    const stack = await bench.stack();
    const { lane } = await bench.lane({ types: TYPES });
    stack.write({ resource: { ...group("/interrupted"), ...cluster } });
    let isInterrupted = false;
    const applied = await stack.run(
      lane.reattach,
      ["apply", "-auto-approve"],
      (said, interrupt) => {
        if (isInterrupted || !/group\.one: Creation complete/.test(said)) return;
        isInterrupted = true;
        void bench.hasCluster("slow").then(interrupt);
      },
    );
    expect(applied.code).toBe(1);
    expect(applied.said).toContain("Gracefully shutting down");
    // That is the provider's own word for it: it has stopped waiting for the cluster.
    expect(applied.said).toContain("context canceled");
    expect(stack.state).toContain("/interrupted");
    expect(await stack.run(lane.reattach, ["destroy", "-auto-approve"])).toMatchObject({ code: 0 });
  },
);

test("one command's interrupt leaves another's work alone", { timeout: TIMEOUT_MS }, async () => {
  const [interrupted, other] = [await bench.stack(), await bench.stack()];
  const { lane } = await bench.lane({ types: TYPES });
  const gate = join(bench.directory, "gate");
  const said = { interrupted: "", other: "" };
  let interruptIt = () => {};
  const apply = (name: keyof typeof said, stack: Stack) => {
    stack.write({ resource: gated(gate, name) });
    return stack.run(lane.reattach, ["apply", "-auto-approve"], (text, interrupt) => {
      said[name] = text;
      if (name === "interrupted") interruptIt = interrupt;
    });
  };
  const ends = Promise.all([apply("interrupted", interrupted), apply("other", other)]);
  const bothSay = (text: string) => {
    const has = expect.stringContaining(text) as string;
    return expect.poll(() => said, WAIT).toEqual({ interrupted: has, other: has });
  };
  // A provider is not configured for one while it makes something for the other.
  await bothSay("group.one: Creation complete");
  writeFileSync(gate, "");
  await bothSay("slow: Creating...");
  interruptIt();
  const [left, made] = await ends;
  expect(left.said).toContain("Gracefully shutting down");
  expect(made).toMatchObject({ code: 0 });
  expect(interrupted.state).toContain('"name": "interrupted"');
});

test("a lane that nobody uses closes, and its provider ends", { timeout: TIMEOUT_MS }, async () => {
  const stack = await bench.stack();
  const { lane, logged } = await bench.lane({ types: TYPES, idleMs: 300 });
  await lane.closed;
  await expect.poll(() => providersBelow(process.pid), WAIT).toEqual([]);
  expect([lane.reattach, lane.reattachWhole]).toEqual(["", ""]);
  expect(logged).toEqual([]);
  stack.write({});
  expect(await stack.plan(lane.reattach)).toMatchObject({ code: 0 });
});

test("a lane does not close under a command", { timeout: TIMEOUT_MS }, async () => {
  const stack = await bench.stack();
  const { lane } = await bench.lane({ types: TYPES, idleMs: 5000 });
  const { reattach } = lane;
  // It is not the command that is late, on a machine that has much to do.
  const leave = await useLane(lane);
  stack.write({ resource: { aws_ecs_cluster: { slow: { name: "not-idle" } } } });
  const applied = await stack.run(reattach, ["apply", "-auto-approve"], (said) => {
    if (said.includes("slow: Creating...")) leave();
  });
  expect(applied).toMatchObject({ code: 0 });
  await lane.closed;
});

test("closing the lane ends the provider", { timeout: TIMEOUT_MS }, async () => {
  const { lane } = await bench.lane();
  const pid = provider();
  await Promise.all([lane.close(), lane.close()]);
  await expect.poll(() => runs(pid), WAIT).toBe(false);
});

test(
  "no provider outlives the process that keeps it, however that ends",
  { timeout: TIMEOUT_MS },
  async () => {
    const { directory } = await bench.stack();
    const main = new URL("../src/main.ts", import.meta.url).pathname;
    const holder = spawn(process.execPath, [main, directory], {
      env: bench.env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void holder.kill("SIGKILL"));
    const [reattach] = (await once(holder.stdout.setEncoding("utf8"), "data")) as [string];
    const [pid] = providersBelow(holder.pid!);
    expect(runs(pid!)).toBe(true);
    holder.kill("SIGKILL");
    await vi.waitUntil(() => !runs(pid!), WAIT);
    await vi.waitUntil(() => !existsSync(dirname(socketOf(reattach))), WAIT);
  },
);

test(
  "a lane that closes under a command leaves that to start a provider of its own",
  { timeout: TIMEOUT_MS },
  async () => {
    const stack = await bench.stack();
    const { lane } = await bench.lane({ types: TYPES });
    stack.write({ resource: group("/closed") });
    const planned = await inLane(lane, async (reattach) => {
      const planning = stack.plan(reattach);
      if (reattach !== "") await lane.close();
      return planning;
    });
    expect(planned.code).toBe(2);
  },
);
