import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Workbench } from "./api.ts";
import { readApplyLog } from "./apply-log.ts";
import { longestWait, secondsBeyondWaits, type StateResource } from "./waits.ts";
import { compare, format, median, type Row } from "./table.ts";
import { terraformIn, type Terraform } from "./workbook.ts";

/** Rounds that count; one goes before them, in which the lane's provider is asked for the first time. */
const ROUNDS = 3;

/** The two ways for Terraform to come to its provider. */
interface Ways {
  readonly ordinary: Terraform;
  readonly lane: Terraform;
}

/** Measures a deployed stack through a kept provider and the ordinary way, in turn, in one run. */
export async function laneRows(
  { root, directory }: Workbench,
  ordinary: Terraform,
  stack: string,
): Promise<Row[]> {
  const state = await terraformIn(stack, ordinary, "state", "pull");
  const stateFile = join(directory, "lane-state.json");
  writeFileSync(stateFile, state);
  const main = join(root, "packages/provider-lane/src/main.ts");
  const holder = spawn(process.execPath, [main, stack, join(stack, "cdk.tf.json"), stateFile], {
    env: ordinary.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(holder, "exit");
  try {
    const line = once(createInterface({ input: holder.stdout }), "line");
    const [said] = await Promise.race([line, exited]);
    if (typeof said !== "string") throw new Error(`the lane has ended with ${said}`);
    const env = { ...ordinary.env, TF_REATTACH_PROVIDERS: said };
    const ways = { ordinary, lane: { ...ordinary, env } };
    const { resources } = JSON.parse(state) as { resources: readonly StateResource[] };
    return [
      await measure("terraform plan, nothing changed", ways, ROUNDS, "≤ 1.5 s", (way) =>
        seconds(stack, way, "plan", "-input=false", "-lock=false"),
      ),
      await measure("… apply, one attribute changed", ways, ROUNDS, "≤ 6 s", (way) =>
        changeOne(stack, way),
      ),
      ...(await applied(stack, ways, resources)),
    ];
  } finally {
    holder.kill("SIGTERM");
    await exited;
  }
}

async function measure(
  what: string,
  { ordinary, lane }: Ways,
  rounds: number,
  aim: string,
  once: (way: Terraform) => Promise<number>,
): Promise<Row> {
  const times = { ordinary: [] as number[], lane: [] as number[] };
  await once(lane);
  for (let round = 0; round < rounds; round++) {
    times.lane.push(await once(lane));
    times.ordinary.push(await once(ordinary));
  }
  const style = { beside: "the ordinary way", format: format.seconds, lessIsBetter: true, aim };
  return compare(what, median(times.lane), median(times.ordinary), style);
}

/** Lab 08 from nothing, once each way: most of it are the provider's own waits, which are the same for both. */
async function applied(
  stack: string,
  { ordinary, lane }: Ways,
  resources: readonly StateResource[],
): Promise<Row[]> {
  const took = { ordinary: 0, lane: 0 };
  let log = "";
  const apply = ["apply", "-json", "-input=false", "-auto-approve", "-parallelism=30"];
  const destroy = ["destroy", "-input=false", "-auto-approve", "-parallelism=30"];
  for (const [name, way] of Object.entries({ ordinary, lane }) as [keyof Ways, Terraform][]) {
    await seconds(stack, lane, ...destroy);
    const since = performance.now();
    log = await terraformIn(stack, way, ...apply);
    took[name] = (performance.now() - since) / 1000;
  }
  const wait = longestWait(resources);
  const style = { format: format.seconds, lessIsBetter: true };
  return [
    compare("… lab 08 applied", took.lane, took.ordinary, { ...style, beside: "the ordinary way" }),
    {
      what: "… beside its longest wait",
      ours: format.seconds(took.lane),
      other: wait.waits.join(", "),
      ratio: (took.lane / wait.seconds).toFixed(2),
      aim: "≤ 1.05",
    },
    {
      what: "… the longest path beyond its waits",
      ours: format.seconds(secondsBeyondWaits(resources, readApplyLog(log))),
      other: "",
      ratio: "",
      aim: "",
    },
  ];
}

/** Applies another retention of the log groups than the one before. */
async function changeOne(stack: string, way: Terraform): Promise<number> {
  const file = join(stack, "cdk.tf.json");
  const text = readFileSync(file, "utf8");
  const changed = text.replace(
    /("retention_in_days": ?)(\d+)/,
    (_, name: string, days: string) => `${name}${days === "7" ? 14 : 7}`,
  );
  if (changed === text) throw new Error(`${file} has no log group with a retention`);
  writeFileSync(file, changed);
  return seconds(stack, way, "apply", "-input=false", "-auto-approve");
}

async function seconds(cwd: string, way: Terraform, ...args: readonly string[]): Promise<number> {
  const since = performance.now();
  await terraformIn(cwd, way, ...args);
  return (performance.now() - since) / 1000;
}
