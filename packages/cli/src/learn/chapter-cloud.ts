import { inStep, type Lab } from "@workbook/lab-kit";
import { exclusively, leftAtWork, rollBackCutOff } from "@workbook/lab-kit/deploy";
import type { RunningCloud } from "../cloud/cloud.ts";
import {
  deleteSnapshot,
  EMPTY_SNAPSHOT,
  listSnapshots,
  restoreSnapshot,
  saveSnapshot,
} from "../cloud/snapshots.ts";
import type { Session } from "../session.ts";
import { beginningOf } from "./chapters.ts";
import { noteBeginning } from "./leave-chapter.ts";
import { beginningName } from "./sources.ts";
import { chosenLab } from "./chosen-lab.ts";
import { ownerOf } from "../workspace.ts";

/**
 * Brings Local AWS into the state that a chapter begins from: from a snapshot, where this state was there before, else by
 * deploying what comes before the chapter, which is kept as a snapshot then.
 */
export async function prepareCloud(session: Session, lab: Lab): Promise<void> {
  const beginning = beginningOf(session.workspace.labs, lab.id);
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
  const beginning = beginningOf(session.workspace.labs, labId);
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
