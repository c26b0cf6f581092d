import { both, UserError, type Words } from "@workbook/toolchain";
import {
  deleteSnapshot,
  listSnapshots,
  restoreSnapshot,
  saveSnapshot,
  type SnapshotSummary,
} from "../cloud/snapshots.ts";
import { formatDuration, style } from "../output/style.ts";
import type { Session } from "../session.ts";
import { nextStep } from "../output/next.ts";

/** `cloud snapshot NAME`: keeps all that the cloud holds, or with `remove` forgets what was kept. */
export async function snapshotCommand(
  session: Session,
  name: string | undefined,
  remove: boolean,
): Promise<number> {
  const given = requireName("snapshot", name);
  const cloud = await session.target.cloud();
  if (remove) {
    await deleteSnapshot(cloud, given);
    const gone: Words = [
      `The snapshot "${given}" is gone.`,
      `スナップショット "${given}" を削除しました。`,
    ];
    session.result({ deleted: given }, both`${gone}\n\n${nextStep("./workbook cloud snapshots")}`);
    return 0;
  }
  const saved = await saveSnapshot(cloud, given);
  const told = describe(saved);
  const done: Words = [`Saved ${told}.`, `保存しました: ${told}`];
  session.result(saved, both`${done}\n\n${nextStep(`./workbook cloud restore ${given}`)}`);
  return 0;
}

/** `cloud restore NAME`: makes the cloud what it was. */
export async function restoreCommand(session: Session, name: string | undefined): Promise<number> {
  const given = requireName("restore", name);
  const cloud = await session.target.cloud();
  const since = performance.now();
  await restoreSnapshot(cloud, given);
  const ms = Math.round(performance.now() - since);
  const took = formatDuration(ms);
  const done: Words = [
    `The cloud is what "${given}" holds, after ${took}; its tasks are starting.`,
    `クラウドを "${given}" の内容に戻しました (${took})。タスクが起動しています。`,
  ];
  session.result({ restored: given, ms }, both`${done}\n\n${nextStep("./workbook status")}`);
  return 0;
}

/** `cloud snapshots`: what has been kept. */
export async function snapshotsCommand(session: Session): Promise<number> {
  const snapshots = await listSnapshots(await session.target.cloud());
  const [first] = snapshots;
  const lines = snapshots.map((each) =>
    each.problem === undefined
      ? `  ${describe(each)}`
      : `  ${style.name(each.name)}  ${each.problem}`,
  );
  const none: Words = ["There are no snapshots.", "スナップショットはありません。"];
  const next = first ? `restore ${first.name}` : "snapshot before";
  session.result(
    { snapshots },
    both`${first ? lines.join("\n") : none}\n\n${nextStep(`./workbook cloud ${next}`)}`,
  );
  return 0;
}

function describe({ name, createdAt, bytes }: SnapshotSummary): string {
  const at = createdAt === null ? "" : new Date(createdAt).toLocaleString("sv");
  return `${style.name(name)}  ${at}  ${(bytes / 1e6).toFixed(1)} MB`;
}

function requireName(command: string, name: string | undefined): string {
  if (name !== undefined && name !== "") return name;
  throw new UserError(
    [
      `"cloud ${command}" needs the name of a snapshot.`,
      `cloud ${command} にはスナップショットの名前が必要です。`,
    ],
    {
      code: "USAGE",
      next: `./workbook cloud ${command} before`,
      exitCode: 2,
    },
  );
}
