import { join } from "node:path";
import { findTerraform, UserError, type ShellChanges } from "@workbook/toolchain";
import type { Workbench } from "./api.ts";
import { laneRows } from "./lane.ts";
import { loopRows } from "./loop.ts";
import { format, type Row } from "./table.ts";
import { OWNER, Workbook } from "./workbook.ts";

/**
 * Measures what a learner waits for: `./workbook run 08` from nothing, the commands after it, Terraform through the kept
 * provider beside the ordinary way.
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
    const what = "./workbook run 08, from nothing";
    const ours = format.seconds(runSeconds);
    const loop = await loopRows(workbench, workbook, state);
    const run = { what, ours, other: "", ratio: "", aim: "≤ 80 s" };
    return [...loop, ...(await laneRows(workbench, lane, stack)), run];
  } finally {
    await workbook.run("cloud", "down");
  }
}

/** What a shell holds that has evaluated what `./workbook env` prints. */
function environmentAfter(changes: ShellChanges): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !changes.unset.includes(name));
  return { ...Object.fromEntries(kept), ...changes.export };
}
