import { probeRoom, type TaskTier } from "@workbook/local-aws";
import { both, type Words } from "@workbook/toolchain";
import { findCloud } from "../cloud/cloud.ts";
import { describeNoRoom } from "../cloud/task-tier.ts";
import type { Session } from "../session.ts";
import type { Finding } from "./doctor.ts";

/** Whether tasks can run as containers, found out by doing it; and what would bring that, in one command. */
export async function containersFinding(session: Session): Promise<Finding> {
  const missing = await probeRoom();
  const cloud = await findCloud(session.workspace);
  const running = cloud?.health["tasks"] as TaskTier | undefined;
  const chosen = session.workspace.config.tasks;
  return {
    name: session.say(["Containers", "コンテナ"]),
    status: missing ? "missing" : "ok",
    text: session.say(
      missing
        ? both`${["tasks run as plain processes", "タスクはプロセスとして動きます"]}: ${describeNoRoom(missing)}`
        : describeRoom(chosen, running),
    ),
    needed: false,
  };
}

function describeRoom(chosen: TaskTier["driver"] | undefined, running?: TaskTier): Words {
  const driver = running?.driver ?? chosen ?? "containers";
  if (driver === "containers") return ["tasks run as containers", "タスクはコンテナとして動きます"];
  const by = chosen === undefined ? [] : ["--tasks", "containers"];
  const again = ["./workbook cloud down; ./workbook cloud up", ...by].join(" ");
  return [`tasks can run as containers → ${again}`, `タスクをコンテナとして動かせます → ${again}`];
}
