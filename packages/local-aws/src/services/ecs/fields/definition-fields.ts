import { DEFINITION_TEXTS } from "../definition-texts.ts";
import { CONTAINER_FIELDS } from "./container-fields.ts";
import {
  AT_START,
  CHECKED,
  DONE,
  honoured,
  LIMITED,
  LIMITED_MEMORY,
  NOT_TAKEN,
  SHARED_CPU,
  SHOWN,
  WITHOUT,
  type FieldRow,
} from "./field-row.ts";

const unsupported = (member: string) => DEFINITION_TEXTS.unsupportedFargate({ member });

/** What becomes of the fields of a whole task. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html */
const TASK_FIELDS: readonly FieldRow[] = [
  honoured("family taskRoleArn executionRoleArn requiresCompatibilities tags"),
  {
    members: "networkMode",
    fargate: DEFINITION_TEXTS.networkModeFargate(),
    containers: DONE,
    processes: ["`awsvpc` alone", "`awsvpc` のみ"],
  },
  { members: "cpu", containers: SHARED_CPU, processes: CHECKED },
  { members: "memory", containers: LIMITED_MEMORY, processes: LIMITED },
  {
    members: "ephemeralStorage",
    ec2: DEFINITION_TEXTS.storageEc2(),
    containers: [
      "kept and shown; the disk has no limit",
      "保存して表示します。ディスクは制限しません",
    ],
    processes: [
      "kept and shown; the disk has no limit",
      "保存して表示します。ディスクは制限しません",
    ],
  },
  {
    members: "runtimePlatform",
    containers: [
      "`LINUX` on this machine's processor; else the task does not start",
      "このマシンのプロセッサの `LINUX`。それ以外ではタスクは起動しません",
    ],
    processes: [
      "`LINUX` on this machine's processor; else the task does not start",
      "このマシンのプロセッサの `LINUX`。それ以外ではタスクは起動しません",
    ],
  },
  {
    members: "pidMode",
    fargate: DEFINITION_TEXTS.pidModeFargate({ mode: "host" }),
    containers: [
      "`task` is done; with `host` the task does not start",
      "`task` は反映します。`host` のタスクは起動しません",
    ],
    processes: WITHOUT,
  },
  {
    members: "ipcMode",
    fargate: unsupported("ipcMode"),
    containers: [
      "`task` is done, `none` is as without one; with `host` the task does not start",
      "`task` は反映し、`none` は指定なしと同じです。`host` のタスクは起動しません",
    ],
    processes: WITHOUT,
  },
  {
    members: "volumes",
    containers: [
      "an empty directory, or what an image has at the path; goes with the task",
      "空、またはイメージの内容で始まるディレクトリ。タスクと一緒に消えます",
    ],
    processes: AT_START,
  },
  {
    members: "volumes.host",
    fargate: unsupported("sourcePath"),
    containers: ["a directory of the instance", "インスタンスのディレクトリ"],
    processes: AT_START,
  },
  {
    members: "volumes.dockerVolumeConfiguration",
    fargate: unsupported("dockerVolumeConfiguration"),
    containers: [
      "a directory of the instance (`shared`) or of the task; with a driver but `local` the task does not start",
      "インスタンス (`shared`) またはタスクのディレクトリ。`local` 以外のドライバーのタスクは起動しません",
    ],
    processes: AT_START,
  },
  {
    members: "volumes.efsVolumeConfiguration",
    containers: [
      "a directory of this machine, which an event of the service names",
      "このマシンのディレクトリ。サービスのイベントが場所を示します",
    ],
    processes: AT_START,
  },
  {
    members: "volumes.fsxWindowsFileServerVolumeConfiguration",
    fargate: unsupported("fsxWindowsFileServerVolumeConfiguration"),
    containers: AT_START,
    processes: AT_START,
  },
  {
    members: "volumes.s3filesVolumeConfiguration volumes.configuredAtLaunch",
    containers: AT_START,
    processes: AT_START,
  },
  {
    members: "placementConstraints",
    fargate: unsupported("constraints"),
    containers: DONE,
    processes: DONE,
  },
  { members: "proxyConfiguration", containers: AT_START, processes: AT_START },
  { members: "inferenceAccelerators", containers: NOT_TAKEN, processes: NOT_TAKEN },
  { members: "enableFaultInjection", containers: SHOWN, processes: SHOWN },
];

const CONTAINERS = "containerDefinitions";

/** What becomes of every field of a task definition, by its path in the input of RegisterTaskDefinition. */
export const DEFINITION_FIELDS: ReadonlyMap<string, FieldRow> = new Map([
  ...pathsOf(TASK_FIELDS, ""),
  ...pathsOf(CONTAINER_FIELDS, `${CONTAINERS}.`),
]);

function pathsOf(rows: readonly FieldRow[], prefix: string): [path: string, row: FieldRow][] {
  return rows.flatMap((row) =>
    row.members.split(" ").map((member): [string, FieldRow] => [`${prefix}${member}`, row]),
  );
}

/** The row that a path goes by: its own, or that of what it is a part of; undefined where there is none. */
export function fieldRow(path: string): FieldRow | undefined {
  if (path === CONTAINERS) return undefined;
  const row = DEFINITION_FIELDS.get(path);
  const end = path.lastIndexOf(".");
  return row ?? (end === -1 ? undefined : fieldRow(path.slice(0, end)));
}
