import { probeRoom, type NoRoom } from "@workbook/local-aws";
import type { Words } from "@workbook/toolchain";
import type { Session } from "../session.ts";
import type { Finding } from "./doctor.ts";

/** Whether tasks can run as containers, found out by doing it; and what would bring that, in one command. */
export async function containersFinding(session: Session): Promise<Finding> {
  const missing = await probeRoom();
  return {
    name: session.say(["Containers", "コンテナ"]),
    status: missing ? "missing" : "ok",
    text: session.say(missing ? describeNoRoom(missing) : describeRoom(session)),
    needed: false,
  };
}

function describeRoom({ workspace }: Session): Words {
  return workspace.config.tasks === "containers"
    ? ["tasks run as containers", "タスクはコンテナとして動きます"]
    : [
        "tasks can run as containers → ./workbook cloud down; ./workbook cloud up --tasks containers",
        "タスクをコンテナとして動かせます → ./workbook cloud down; ./workbook cloud up --tasks containers",
      ];
}

/** Why tasks cannot run as containers, and the command that brings it. */
export function describeNoRoom(missing: NoRoom): Words {
  switch (missing.why) {
    case "system":
      return [
        "tasks run as plain processes; containers need Linux → open the folder in its dev container",
        "タスクはプロセスとして動きます。コンテナには Linux が必要です → 開発コンテナでフォルダーを開きます",
      ];
    case "programs": {
      const list = missing.packages.join(" ");
      return [
        `programs are missing → sudo apt-get install ${list}`,
        `プログラムが足りません → sudo apt-get install ${list}`,
      ];
    }
    case "users": {
      const range = "--add-subuids 100000-165535 --add-subgids 100000-165535";
      return [
        `you have no users to give to containers → sudo usermod ${range} ${missing.user}`,
        `コンテナに渡せるユーザーの範囲がありません → sudo usermod ${range} ${missing.user}`,
      ];
    }
    case "setting":
      return [
        `the kernel keeps user namespaces back → sudo sysctl ${missing.name}=${missing.value}`,
        `カーネルがユーザー名前空間を許していません → sudo sysctl ${missing.name}=${missing.value}`,
      ];
    case "container":
      return [
        `this container may hold no others (${missing.said}) → start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined`,
        `このコンテナの中ではコンテナを動かせません (${missing.said}) → --security-opt seccomp=unconfined --security-opt apparmor=unconfined を付けて起動します`,
      ];
    case "other":
      return [
        `this machine refuses: ${missing.said}`,
        `このマシンでは動かせません: ${missing.said}`,
      ];
  }
}
