import { UserError } from "@workbook/toolchain";
import {
  deleteSnapshot,
  listSnapshots,
  restoreSnapshot,
  saveSnapshot,
  type SnapshotSummary,
} from "../cloud/snapshots.ts";
import { formatDuration, style } from "../output/style.ts";
import type { Session } from "../session.ts";

/** `cloud snapshot NAME`: keeps all that the cloud holds, or with `remove` forgets what was kept. */
export async function snapshotCommand(
  session: Session,
  name: string | undefined,
  remove: boolean,
): Promise<number> {
  const given = requireName("snapshot", name);
  const cloud = await session.cloud();
  if (remove) {
    await deleteSnapshot(cloud, given);
    const text = `The snapshot "${given}" is gone.\n\nNext: ./workbook cloud snapshots`;
    session.result({ deleted: given }, text);
    return 0;
  }
  const saved = await saveSnapshot(cloud, given);
  const text = `Saved ${describe(saved)}.\n\nNext: ./workbook cloud restore ${given}`;
  session.result(saved, text);
  return 0;
}

/** `cloud restore NAME`: makes the cloud what it was. */
export async function restoreCommand(session: Session, name: string | undefined): Promise<number> {
  const given = requireName("restore", name);
  const cloud = await session.cloud();
  const since = performance.now();
  await restoreSnapshot(cloud, given);
  const ms = Math.round(performance.now() - since);
  const text = `The cloud is what "${given}" holds, after ${formatDuration(ms)}; its tasks are starting.`;
  session.result({ restored: given, ms }, `${text}\n\nNext: ./workbook status`);
  return 0;
}

/** `cloud snapshots`: what has been kept. */
export async function snapshotsCommand(session: Session): Promise<number> {
  const snapshots = await listSnapshots(await session.cloud());
  const [first] = snapshots;
  const lines = snapshots.map((each) =>
    each.problem === undefined
      ? `  ${describe(each)}`
      : `  ${style.name(each.name)}  ${each.problem}`,
  );
  const text = first
    ? `${lines.join("\n")}\n\nNext: ./workbook cloud restore ${first.name}`
    : "There are no snapshots.\n\nNext: ./workbook cloud snapshot before";
  session.result({ snapshots }, text);
  return 0;
}

function describe({ name, createdAt, bytes }: SnapshotSummary): string {
  const at = createdAt === null ? "" : new Date(createdAt).toLocaleString("sv");
  return `${style.name(name)}  ${at}  ${(bytes / 1e6).toFixed(1)} MB`;
}

function requireName(command: string, name: string | undefined): string {
  if (name !== undefined && name !== "") return name;
  throw new UserError(`"cloud ${command}" needs the name of a snapshot.`, {
    code: "USAGE",
    next: `./workbook cloud ${command} before`,
    exitCode: 2,
  });
}
