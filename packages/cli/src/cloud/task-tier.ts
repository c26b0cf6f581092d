import type { TaskTier } from "@workbook/local-aws";
import type { NoRoom } from "@workbook/local-aws/room";
import { both, type Words } from "@workbook/toolchain";

const CONTAINERS: Words = [
  "Tasks: containers, each with its own address",
  "タスク: コンテナ (それぞれ自分のアドレスを持つ)",
];
const AS_PROCESSES: Words = ["Tasks: plain processes", "タスク: プロセス"];

const CHOSEN_PROCESSES: Words = [
  "Tasks: plain processes (--tasks process)",
  "タスク: プロセス (--tasks process)",
];
/** The choice is kept with the workspace, so that a start without it does not take it back. */
const AS_CONTAINERS = "./workbook cloud down; ./workbook cloud up --tasks containers";

/** The same of a cloud whose tasks were chosen to be processes, on a machine that could run them as containers. */
export const describeChosen = (): Words =>
  both`${CHOSEN_PROCESSES}${[
    `, and can run as containers → ${AS_CONTAINERS}`,
    `。コンテナとしても動かせます → ${AS_CONTAINERS}`,
  ]}`;

/** What `/_local/health` says of tasks. */
export interface TaskFacts extends TaskTier {
  /** Of `memory` and `cpu`, what the kernel holds containers to. */
  readonly limits?: readonly string[];
  /** Why containers have no way to the internet, in the machine's words; absent where they have one. */
  readonly internet?: string;
}

/** How a cloud runs its tasks; where that is not what it should be, with the command that brings it. */
export function describeTier({ driver, missing, limits = [], internet }: TaskFacts): Words {
  switch (driver) {
    case "containers": {
      const containers = both`${CONTAINERS}; ${describeLimits(limits)}`;
      return internet === undefined
        ? containers
        : both`${containers}; ${describeNoInternet(internet)}`;
    }
    case "process":
      return missing ? both`${AS_PROCESSES}: ${describeNoRoom(missing)}` : CHOSEN_PROCESSES;
    case "off":
      return ["Tasks: none run (--tasks off)", "タスク: 動かない (--tasks off)"];
  }
}

/** What holds containers to their memory and to their part of the processors. */
function describeLimits(limits: readonly string[]): Words {
  if (!limits.includes("memory"))
    return ["memory is watched, CPU is not limited", "メモリは監視で制限、CPU は制限なし"];
  return limits.includes("cpu")
    ? ["memory and CPU are limited by cgroups", "メモリと CPU は cgroup で制限"]
    : [
        "memory is limited by cgroups, CPU is not limited",
        "メモリは cgroup で制限、CPU は制限なし",
      ];
}

/** Why containers do not reach the internet, and the command that brings it where that is a package. */
export function describeNoInternet(said: string): Words {
  return /not found/.test(said)
    ? [
        "no way to the internet → sudo apt-get install passt",
        "インターネットへの経路なし → sudo apt-get install passt",
      ]
    : [`no way to the internet (${said})`, `インターネットへの経路なし (${said})`];
}

/** Why tasks cannot run as containers, and the command that brings it. */
export function describeNoRoom(missing: NoRoom): Words {
  switch (missing.why) {
    case "system":
      return [
        "containers need Linux → open the folder in its dev container",
        "コンテナには Linux が必要です → 開発コンテナでフォルダーを開きます",
      ];
    case "programs": {
      const list = missing.packages.join(" ");
      return [
        `containers need programs that are missing → sudo apt-get install ${list}`,
        `コンテナに必要なプログラムが足りません → sudo apt-get install ${list}`,
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
        `this container may hold no others (${missing.said}) → start it with --privileged, as the dev container is`,
        `このコンテナの中ではコンテナを動かせません (${missing.said}) → 開発コンテナと同じく --privileged を付けて起動します`,
      ];
    case "other":
      return [
        `this machine refuses containers: ${missing.said}`,
        `このマシンではコンテナを動かせません: ${missing.said}`,
      ];
  }
}
