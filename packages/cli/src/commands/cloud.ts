import { both, UserError, type Words } from "@workbook/toolchain";
import { createReadStream, existsSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { findCloud, logFile, type StartOptions, stopCloud } from "../cloud/cloud.ts";
import { interruptTask } from "../cloud/interrupt.ts";
import { changePace, describePace, paceOf, readPace } from "../cloud/pace.ts";
import {
  deleteSnapshot,
  listSnapshots,
  restoreSnapshot,
  saveSnapshot,
  type SnapshotSummary,
} from "../cloud/snapshots.ts";
import { describeTier, type TaskFacts } from "../cloud/task-tier.ts";
import { nextStep } from "../output/next.ts";
import { formatDuration, style } from "../output/style.ts";
import type { Session } from "../session.ts";

/** What `cloud` was given beside its action. */
export interface CloudOptions extends StartOptions {
  /** Of a snapshot, of a pace, of a task, or how far to put the clock forward. */
  readonly name?: string;
  readonly delete: boolean;
}

/** Starts, stops and looks at Local AWS; keeps what it holds and brings it back. */
export async function cloudCommand(
  session: Session,
  action: string,
  options: CloudOptions,
): Promise<number> {
  switch (action) {
    case "up": {
      const { endpoint, pid, dataDir, health } = await session.target.cloud(options);
      const tasks = health["tasks"] as TaskFacts;
      session.result(
        { endpoint, pid, dataDir, tasks },
        both`${["Local AWS answers at", "Local AWS のエンドポイント:"]} ${endpoint}\n${describeTier(tasks)}\n\n${nextStep("./workbook run")}`,
      );
      return 0;
    }
    case "down": {
      const stopped = await stopCloud(session.workspace);
      const said: Words = stopped
        ? [
            "Local AWS has stopped. What it holds is kept.",
            "Local AWS を停止しました。内容は保持されます。",
          ]
        : ["Local AWS was not running.", "Local AWS は動いていませんでした。"];
      session.result({ stopped }, both`${said}\n\n${nextStep("./workbook cloud up")}`);
      return 0;
    }
    case "status":
      return (await import("./status.ts")).statusCommand(session);
    case "logs": {
      const file = logFile(session.workspace);
      if (existsSync(file)) await pipeline(createReadStream(file), process.stdout, { end: false });
      return 0;
    }
    case "pace":
      return paceCommand(session, options.name);
    case "clock":
      return (await import("./cloud-clock.ts")).clockCommand(session, options.name);
    case "interrupt":
      return interruptCommand(session, options.name);
    case "snapshot":
      return snapshotCommand(session, options.name, options.delete);
    case "restore":
      return restoreCommand(session, options.name);
    case "snapshots":
      return snapshotsCommand(session);
    default:
      throw new RangeError(`cloud has no action ${action}`);
  }
}

/** `cloud pace`: says how fast idle waiting passes; `cloud pace real|fast|NUMBER` changes it while all goes on. */
async function paceCommand(session: Session, word: string | undefined): Promise<number> {
  return word === undefined ? sayPace(session) : setPace(session, readPace(word));
}

async function sayPace(session: Session): Promise<number> {
  const cloud = await findCloud(session.workspace);
  if (!cloud) {
    session.result({ running: false }, [
      "Local AWS is not running.\n\nNext: ./workbook cloud up",
      "Local AWS は動いていません。\n\n次: ./workbook cloud up",
    ]);
    return 0;
  }
  const acceleration = paceOf(cloud);
  const next = acceleration === 1 ? "fast" : "real";
  session.result(
    { running: true, acceleration },
    both`Local AWS: ${describePace(acceleration)}\n\n${nextStep(`./workbook cloud pace ${next}`)}`,
  );
  return 0;
}

async function setPace(session: Session, acceleration: number): Promise<number> {
  await changePace(await session.target.cloud(), acceleration);
  const text: Words =
    acceleration === 1
      ? [
          "Health checks, draining and all other idle waits now take as long as on AWS, until Local AWS stops.\n\nNext: ./workbook cloud pace fast   (when you have seen enough)",
          "ヘルスチェックの間隔や登録解除の遅延などの待ち時間が、AWS と同じ長さになりました。Local AWS が止まるまで続きます。\n\n次: ./workbook cloud pace fast   (見終わったら)",
        ]
      : [
          `Idle waits now pass ${acceleration} times faster than on AWS; deadlines on real work stay what they are.\n\nNext: ./workbook status`,
          `待ち時間が AWS の ${acceleration} 倍の速さで進むようになりました。実際の処理の期限は変わりません。\n\n次: ./workbook status`,
        ];
  session.result({ running: true, acceleration }, text);
  return 0;
}

/** `cloud interrupt TASK`: what AWS does when it needs the capacity of a Spot task itself. */
async function interruptCommand(session: Session, task: string | undefined): Promise<number> {
  const taskArn = await interruptTask(await session.target.cloud(), task);
  session.result({ interrupted: taskArn }, [
    `Spot takes back the capacity of ${taskArn}: its containers have got SIGTERM, and two minutes.\n\nNext: ./workbook status`,
    `${taskArn} のキャパシティを Spot が回収します。コンテナには SIGTERM が送られ、猶予は 2 分です。\n\n次: ./workbook status`,
  ]);
  return 0;
}

/** `cloud snapshot NAME`: keeps all that the cloud holds, or with `remove` forgets what was kept. */
async function snapshotCommand(
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
async function restoreCommand(session: Session, name: string | undefined): Promise<number> {
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
async function snapshotsCommand(session: Session): Promise<number> {
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
