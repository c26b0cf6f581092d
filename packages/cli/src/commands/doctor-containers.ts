import { missingExtras } from "@workbook/local-aws/room";
import { readManifests } from "@workbook/lab-kit";
import { both, type Words } from "@workbook/toolchain";
import { findCloud } from "../cloud/cloud.ts";
import { whyNoContainers } from "../cloud/container-runtime.ts";
import { describeNoRoom, type TaskFacts } from "../cloud/task-tier.ts";
import { chaptersWithContainers } from "../learn/need-containers.ts";
import type { Session } from "../session.ts";
import type { Finding } from "./doctor.ts";

/** Whether tasks can run as containers, found out by doing it; and what would bring that, in one command. */
export async function containersFinding(session: Session): Promise<Finding> {
  const missing = await whyNoContainers({ root: session.workspace.root, signal: session.signal });
  const cloud = await findCloud(session.workspace);
  const running = cloud?.health["tasks"] as TaskFacts | undefined;
  const chosen = session.workspace.config.tasks;
  const chapters = chaptersWithContainers(await readManifests(session.workspace.labs));
  const notHere: Words =
    chapters === "" ? "" : [` (not for chapters ${chapters})`, ` (動かない章: ${chapters})`];
  return {
    name: session.say(["Containers", "コンテナ"]),
    status: missing ? "missing" : "ok",
    text: session.say(
      missing
        ? both`${["tasks run as plain processes", "タスクはプロセスとして動きます"]}${notHere}: ${describeNoRoom(missing)}`
        : describeRoom(chosen, running, notHere),
    ),
    needed: false,
  };
}

function describeRoom(
  chosen: TaskFacts["driver"] | undefined,
  running: TaskFacts | undefined,
  notHere: Words,
): Words {
  const driver = running?.driver ?? chosen ?? "containers";
  if (driver === "containers") return both`${ALL}${describeExtras(missingExtras().join(" "))}`;
  const by = chosen === undefined ? [] : ["--tasks", "containers"];
  const again = ["./workbook cloud down; ./workbook cloud up", ...by].join(" ");
  return both`${["tasks run as plain processes", "タスクはプロセスとして動きます"]}${notHere}${[
    `, and can run as containers → ${again}`,
    `。コンテナとしても動かせます → ${again}`,
  ]}`;
}

const ALL: Words = [
  "tasks run as containers; all chapters run here",
  "タスクはコンテナとして動きます。すべての章が動きます",
];

/** What containers can do without. */
function describeExtras(packages: string): Words {
  return packages === ""
    ? ""
    : [
        `; the internet and init processes want more → sudo apt-get install ${packages}`,
        `。インターネットと init プロセスには追加のものが必要です → sudo apt-get install ${packages}`,
      ];
}
