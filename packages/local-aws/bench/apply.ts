import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findTerraform, UserError, type ShellChanges } from "@workbook/toolchain";
import type { Workbench } from "./api.ts";
import { readApplyLog } from "./apply-log.ts";
import { longestWait, secondsBeyondWaits, type StateResource } from "./floor.ts";
import { laneRows } from "./lane.ts";
import { loopRows } from "./loop.ts";
import { format, median, type Row } from "./table.ts";
import { OWNER, terraformIn, Workbook, type Terraform } from "./workbook.ts";

const STARTS = 3;

/**
 * Measures `terraform apply` of lab 08's service stack, from nothing, as `./workbook run` does it, and the floor that the
 * ordinary way cannot go below: what the same Terraform takes, on the same cloud, for one log group, which waits for nothing, and
 * the provider's fixed waits on the longest path of the stack.
 */
export async function measureApply(workbench: Workbench): Promise<Row[]> {
  let terraform: string;
  try {
    ({ path: terraform } = await findTerraform({ root: workbench.root }));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const missing = "terraform is not here";
    return [{ what: "terraform apply, lab 08", ours: missing, other: "", ratio: "", aim: "≤ 1.1" }];
  }
  const state = join(workbench.directory, "workbook");
  const workbook = await Workbook.at(workbench.root, state);
  try {
    const runSeconds = await workbook.seconds("run", "08", "--json");
    const changes = JSON.parse(await workbook.run("env", "--json")) as ShellChanges;
    const lane = { terraform, env: environmentAfter(changes) };
    const stack = join(state, "stacks/local", OWNER, "service");
    const start = await startSeconds(lane, join(workbench.directory, "one-resource"));
    const floored = await rows(lane, stack, start, runSeconds);
    const loop = await loopRows(workbench, workbook, state);
    return [...loop, ...(await laneRows(workbench, lane, stack)), ...floored];
  } finally {
    await workbook.run("cloud", "down");
  }
}

/** What a shell holds that has evaluated what `./workbook env` prints. */
function environmentAfter(changes: ShellChanges): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !changes.unset.includes(name));
  return { ...Object.fromEntries(kept), ...changes.export };
}

async function rows(
  lane: Terraform,
  stack: string,
  start: number,
  runSeconds: number,
): Promise<Row[]> {
  const { seconds: applied, created } = readApplyLog(join(stack, "apply.log"));
  const pulled = await terraformIn(stack, lane, "state", "pull");
  const { resources } = JSON.parse(pulled) as { resources: readonly StateResource[] };
  const path = longestWait(resources);
  const ownStart = Math.min(...[...created.values()].map((span) => span.start));
  const against = (what: string, name: string, floored: number): Row => ({
    what,
    ours: format.seconds(applied),
    other: `${name} ${format.seconds(floored)}`,
    ratio: (applied / floored).toFixed(2),
    aim: "≤ 1.1",
  });
  const none = { other: "", ratio: "", aim: "" };
  return [
    against("terraform apply, lab 08", "the ordinary floor", start + path.seconds),
    against("… beside its own start and waits", "those", ownStart + path.seconds),
    {
      ...none,
      what: "… Terraform and provider starting",
      ours: format.seconds(ownStart),
      other: `one log group ${format.seconds(start)}`,
    },
    {
      ...none,
      what: "… waits of the longest path",
      ours: format.seconds(path.seconds),
      other: path.waits.join(", "),
    },
    {
      ...none,
      what: "… the longest path beyond its waits",
      ours: format.seconds(secondsBeyondWaits(resources, created)),
    },
    {
      ...none,
      what: "./workbook run 08, all of it",
      ours: format.seconds(runSeconds),
      aim: "≤ 80 s",
    },
  ];
}

/** What an apply takes whose one resource waits for nothing, in seconds: starting Terraform and the provider. */
async function startSeconds(lane: Terraform, directory: string): Promise<number> {
  mkdirSync(directory);
  const stack = (name: string) => ({
    terraform: { required_providers: { aws: { source: "hashicorp/aws", version: "5.100.0" } } },
    provider: { aws: { region: "ap-northeast-1", skip_metadata_api_check: "true" } },
    resource: { aws_cloudwatch_log_group: { one: { name } } },
  });
  const seconds: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    writeFileSync(join(directory, "main.tf.json"), JSON.stringify(stack(`/bench/${start}`)));
    if (start === 0) await terraformIn(directory, lane, "init", "-input=false");
    rmSync(join(directory, "terraform.tfstate"), { force: true });
    const since = performance.now();
    await terraformIn(directory, lane, "apply", "-input=false", "-auto-approve");
    seconds.push((performance.now() - since) / 1000);
  }
  return median(seconds);
}
