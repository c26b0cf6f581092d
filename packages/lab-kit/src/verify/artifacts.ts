import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { stackDirectory } from "../deploy/stack.ts";
import type { Job } from "./jobs.ts";
import type { Lane } from "./lane.ts";

/** Keeps what there is to see of a failed job in a folder of its own: JSON, Terraform's output, topology, complaints. */
export async function keepArtifacts(
  root: string,
  lane: Lane,
  { lab, kind, id }: Job,
  error: unknown,
): Promise<string> {
  const folder = join(root, lab.id, kind === id ? kind : `${kind}-${id}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  await writeFile(join(folder, "error.txt"), `${what}\n`);
  const topology = JSON.stringify(lane.cloud.engine.topology(), null, 2);
  await writeFile(join(folder, "topology.json"), `${topology}\n`);
  await writeFile(
    join(folder, "local-aws.log"),
    lane.complaints.map((line) => `${line}\n`).join(""),
  );
  const { directories, target } = lane.run(lab, "solution").deployment;
  for (const stack of lab.stacks) {
    const from = stackDirectory(directories, target, stack);
    if (!existsSync(from)) continue;
    const names = (await readdir(from)).filter((name) => /\.(?:json|log|tfplan)$/.test(name));
    for (const name of names) await cp(join(from, name), join(folder, stack, name));
  }
  for (const mutant of [id, `${id}-deployed`]) {
    const stack = lane.folder(`mutants/${lab.id}/${mutant}/stack.ts`);
    if (existsSync(stack)) await cp(stack, join(folder, "mutant.ts"));
  }
  return folder;
}
