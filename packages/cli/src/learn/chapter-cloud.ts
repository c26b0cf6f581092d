import { inStep, type Lab } from "@workbook/lab-kit";
import { exclusively, leftAtWork, rollBackCutOff } from "@workbook/lab-kit/deploy";
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { RunningCloud } from "../cloud/cloud.ts";
import {
  deleteSnapshot,
  EMPTY_SNAPSHOT,
  listSnapshots,
  restoreSnapshot,
  saveSnapshot,
} from "../cloud/snapshots.ts";
import type { Session } from "../session.ts";
import { ownerOf, type Workspace } from "../workspace.ts";
import { type Beginning, beginningOf } from "./chapters.ts";
import { chosenLab } from "./chosen-lab.ts";
import { noteBeginning } from "./leave-chapter.ts";

/**
 * Brings Local AWS into the state that a chapter begins from: from a snapshot, where this state was there before, else by
 * deploying what comes before the chapter, which is kept as a snapshot then.
 */
export async function prepareCloud(session: Session, lab: Lab): Promise<void> {
  const beginning = beginningOf(session.workspace.labs, lab);
  // What deploying needs takes a second to load, which a jump back to a snapshot is not to wait for.
  const deployNow = async () =>
    (await import("./deploy-beginning.ts")).deployBeginning(session, beginning);
  if (session.target.name === "aws") return deployNow();
  await session.target.owner();
  const cloud = await session.target.cloud();
  const name = await beginningSnapshot(session, lab.id);
  if (await restored(session, lab, cloud, name)) return noteBeginning(session, cloud);
  await deployNow();
  await inStep(session.progress, ["Snapshot", "スナップショット"], async () => {
    await saveSnapshot(cloud, name);
    return {
      summary: ["the next time begins from it", "次からはここから始まります"],
      value: undefined,
    };
  });
  await noteBeginning(session, cloud);
}

/** The name of the snapshot that a chapter begins from: another one when sources have changed since. */
export async function beginningSnapshot(session: Session, labId: string): Promise<string> {
  const lab = await chosenLab(session, labId);
  const beginning = beginningOf(session.workspace.labs, lab);
  if (beginning === undefined) return EMPTY_SNAPSHOT;
  return beginningName(session.workspace, await chosenLab(session, beginning.lab), beginning);
}

async function restored(
  session: Session,
  lab: Lab,
  cloud: RunningCloud,
  name: string,
): Promise<boolean> {
  const snapshots = await listSnapshots(cloud);
  const found = snapshots.find((snapshot) => snapshot.name === name);
  const stem = name.replace(/-[0-9a-f]{12}$/, "");
  for (const old of snapshots) {
    const isOutdated = old.name !== name && old.name.replace(/-[0-9a-f]{12}$/, "") === stem;
    if (isOutdated || (old === found && old.problem !== undefined))
      await deleteSnapshot(cloud, old.name);
  }
  if (!found || found.problem !== undefined) return false;
  await inStep(session.progress, ["Cloud", "クラウド"], async (step) => {
    step.detail(["going back to the chapter's beginning", "章の開始時点に戻しています"]);
    await restoreAlone(session, lab, () => restoreSnapshot(cloud, name));
    return {
      summary: ["as it is when the chapter begins", "章の開始時点の状態です"],
      value: undefined,
    };
  });
  return true;
}

/** Restores while no Terraform is at work on the stacks: one that was left there would go on in a cloud that is another one. */
function restoreAlone(session: Session, lab: Lab, restore: () => Promise<void>): Promise<void> {
  const { root, state } = session.workspace;
  const target = { name: "local", owner: ownerOf(session.workspace) } as const;
  const stacks = { directories: { root, state }, target, signal: session.signal };
  return exclusively(
    stacks,
    session.progress,
    [`start of chapter ${lab.id}`, `第 ${lab.id} 章の start`],
    async () => {
      if (leftAtWork(stacks).length > 0)
        await rollBackCutOff(await session.target.deployment(lab.id, undefined), session.progress);
      await restore();
    },
  );
}

/** What lies in source folders without being a source. */
const NO_SOURCE = /^(?:node_modules|cdktf\.out|\..*|.*\.test\.ts|README\.md)$/;

/**
 * The name of the snapshot in which a chapter's beginning is kept. It changes with everything that the beginning is made
 * of: who it is made for, the address that image names begin with, and the sources of stack, constructs and apps.
 */
function beginningName(workspace: Workspace, lab: Lab, { variant }: Beginning): string {
  const { root, config } = workspace;
  const owner = ownerOf(workspace);
  const hash = createHash("sha256").update(`${owner}\0${config.port}\0${variant}\0`);
  const places = [
    join(lab.directory, variant),
    join(dirname(lab.directory), "main.ts"),
    join(lab.directory, "lab.ts"),
    join(root, "infra/src"),
    join(root, "infra/package.json"),
    ...lab.apps.map(({ folder }) => join(root, folder)),
  ];
  for (const place of places) {
    for (const file of sources(place))
      hash
        .update(`${relative(root, file)}\0`)
        .update(readFileSync(file))
        .update("\0");
  }
  return `after-${lab.id}-${owner}-${hash.digest("hex").slice(0, 12)}`;
}

function* sources(path: string): Generator<string> {
  if (!lstatSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).toSorted())
    if (!NO_SOURCE.test(name)) yield* sources(join(path, name));
}
