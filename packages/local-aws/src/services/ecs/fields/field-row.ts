/** The same in both languages of the site. */
export type BothWords = readonly [en: string, ja: string];

/** What becomes of fields of a task definition. */
export interface FieldRow {
  /** Their paths in the input of RegisterTaskDefinition, separated by spaces; what is below one goes with it, unless it has a row of its own. */
  readonly members: string;
  /** What ECS says at registration where the launch type does not have it; absent where it does. */
  readonly ec2?: string;
  readonly fargate?: string;
  /** How it is honoured where tasks run as containers, and as processes. */
  readonly containers: BothWords;
  readonly processes: BothWords;
}

export const DONE: BothWords = ["done", "反映します"];
export const SHOWN: BothWords = ["kept and shown", "保存して表示します"];
export const AT_START: BothWords = [
  "the task does not start, and says why",
  "タスクは起動せず、理由を示します",
];
export const WITHOUT: BothWords = [
  "gone without; an event of the service says so",
  "反映せず、サービスのイベントで知らせます",
];
export const CHECKED: BothWords = [
  "checked, and counted where tasks are placed; no limit",
  "検証し、タスクの配置で数えます。制限はしません",
];
/** Of containers: on machines that give cgroups away, and elsewhere. */
export const SHARED_CPU: BothWords = [
  "a limit of the kernel's where `./workbook status` says so; checked, and counted where tasks are placed",
  "`./workbook status` が示す環境ではカーネルが制限します。検証し、タスクの配置で数えます",
];
export const LIMITED_MEMORY: BothWords = [
  "a limit of the kernel's where `./workbook status` says so; elsewhere what takes more is killed within a second",
  "`./workbook status` が示す環境ではカーネルが制限します。それ以外では、超えたものは 1 秒以内に強制終了します",
];
export const LIMITED: BothWords = [
  "what takes more is killed within a second",
  "超えたものは 1 秒以内に強制終了します",
];
export const NOT_TAKEN: BothWords = ["refused with 501 and its name", "501 と項目名で拒否します"];

/** Fields with which a task is what it says in both ways. */
export const honoured = (members: string): FieldRow => ({
  members,
  containers: DONE,
  processes: DONE,
});
