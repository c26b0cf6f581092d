import { join } from "node:path";
import { findTerraform, UserError, type ShellChanges } from "@workbook/toolchain";
import type { Workbench } from "./api.ts";
import { readApplyLog } from "./apply-log.ts";
import { longestWait, secondsBeyondWaits, type StateResource } from "./waits.ts";
import { laneRows } from "./lane.ts";
import { loopRows } from "./loop.ts";
import { format, type Row } from "./table.ts";
import { OWNER, terraformIn, Workbook, type Terraform } from "./workbook.ts";

/**
 * Measures what a learner waits for: `./workbook run 08` from nothing, the commands after it, Terraform through the kept
 * provider beside the ordinary way, and what the apply took beyond the provider's fixed waits on its longest path.
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
    const applied = await rows(lane, stack, runSeconds);
    const loop = await loopRows(workbench, workbook, state);
    return [...loop, ...(await laneRows(workbench, lane, stack)), ...applied];
  } finally {
    await workbook.run("cloud", "down");
  }
}

/** What a shell holds that has evaluated what `./workbook env` prints. */
function environmentAfter(changes: ShellChanges): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !changes.unset.includes(name));
  return { ...Object.fromEntries(kept), ...changes.export };
}

async function rows(lane: Terraform, stack: string, runSeconds: number): Promise<Row[]> {
  const { seconds: applied, created } = readApplyLog(join(stack, "apply.log"));
  const pulled = await terraformIn(stack, lane, "state", "pull");
  const { resources } = JSON.parse(pulled) as { resources: readonly StateResource[] };
  const path = longestWait(resources);
  const ownStart = Math.min(...[...created.values()].map((span) => span.start));
  const none = { other: "", ratio: "", aim: "" };
  return [
    {
      what: "terraform apply in ./workbook run 08",
      ours: format.seconds(applied),
      other: `its start and waits ${format.seconds(ownStart + path.seconds)}`,
      ratio: (applied / (ownStart + path.seconds)).toFixed(2),
      aim: "≤ 1.1",
    },
    { ...none, what: "… Terraform starting", ours: format.seconds(ownStart) },
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
