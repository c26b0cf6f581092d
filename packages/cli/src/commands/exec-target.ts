import type { AwsClients } from "@workbook/lab-kit";
import { list, UserError, type Words } from "@workbook/toolchain";

/** Which task is meant. */
export interface TaskQuestion {
  readonly cluster: string;
  readonly owner: string;
  /** The name of a service or of its app, or the beginning of a task's id; undefined where there is one service. */
  readonly wanted: string | undefined;
}

/** A task that runs, in which ECS Exec is enabled. */
export interface ChosenTask {
  readonly cluster: string;
  readonly arn: string;
  /** Of its service, or of its family where it has none. */
  readonly name: string;
  /** Containers that run. */
  readonly containers: readonly string[];
}

/** What of a task matters here. */
interface Task {
  readonly taskArn?: string;
  readonly group?: string;
  readonly lastStatus?: string;
  readonly startedAt?: Date;
  readonly enableExecuteCommand?: boolean;
  readonly containers?: readonly { readonly name?: string; readonly lastStatus?: string }[];
}

/**
 * The task that has run longest, of those that are meant.
 * @throws {UserError} where none runs, more than one service is meant, or ECS Exec is not enabled
 */
export async function chooseTask(aws: AwsClients, question: TaskQuestion): Promise<ChosenTask> {
  const running = await runningTasks(aws, question.cluster);
  if (running.length === 0) throw nothingRuns(question.cluster);
  const meant = running.filter((task) => isMeant(task, question));
  const names = [...new Set(meant.map(nameOf))];
  if (names.length === 0) throw unknown(question.wanted!, running.map(nameOf));
  if (names.length > 1) throw ambiguous(names);
  const [task] = meant.toSorted((a, b) => Number(a.startedAt) - Number(b.startedAt));
  const [name = ""] = names;
  if (!task!.enableExecuteCommand) throw notEnabled(name);
  const containers = (task!.containers ?? []).filter(({ lastStatus }) => lastStatus === "RUNNING");
  return {
    cluster: question.cluster,
    arn: task!.taskArn!,
    name,
    containers: containers.map((container) => container.name!),
  };
}

/** The container of that name; without a name the only one. @throws {UserError} where it is not there, or there are others */
export function chooseContainer(
  { name, containers }: ChosenTask,
  wanted: string | undefined,
): string {
  const [first = "", ...others] = containers;
  if (wanted === undefined ? others.length === 0 : containers.includes(wanted))
    return wanted ?? first;
  const known = list(containers);
  throw new UserError(
    [
      `The task of ${name} runs ${known.en}: say which container is meant.`,
      `${name} のタスクでは ${known.ja} が動いています。どのコンテナかを指定してください。`,
    ],
    {
      code: "EXEC_CONTAINER",
      next: `./workbook exec ${name} --container ${first}`,
      exitCode: 2,
    },
  );
}

async function runningTasks({ ecs }: AwsClients, cluster: string): Promise<Task[]> {
  try {
    const { taskArns = [] } = await ecs.listTasks({ cluster, desiredStatus: "RUNNING" });
    if (taskArns.length === 0) return [];
    const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: taskArns });
    return tasks.filter(({ lastStatus }) => lastStatus === "RUNNING");
  } catch (error) {
    if ((error as Error).name === "ClusterNotFoundException") return [];
    throw error;
  }
}

/** `service:node-app-taro` and `family:node-app-taro` are what a task's group is. */
const nameOf = ({ group = "" }: Task): string => group.slice(group.indexOf(":") + 1);

function isMeant(task: Task, { wanted, owner }: TaskQuestion): boolean {
  if (wanted === undefined) return true;
  const id = task.taskArn!.slice(task.taskArn!.lastIndexOf("/") + 1);
  if (task.taskArn === wanted || (wanted.length >= 6 && id.startsWith(wanted))) return true;
  return [wanted, `${wanted}-${owner}`].includes(nameOf(task));
}

function nothingRuns(cluster: string): UserError {
  return new UserError(
    [`No task runs in cluster ${cluster}.`, `クラスター ${cluster} ではタスクが動いていません。`],
    { code: "EXEC_NOTHING_RUNS", next: "./workbook status" },
  );
}

function unknown(wanted: string, names: readonly string[]): UserError {
  const known = list([...new Set(names)]);
  return new UserError(
    [
      `No task of "${wanted}" runs; there are tasks of ${known.en}.`,
      `"${wanted}" のタスクは動いていません。動いているのは ${known.ja} のタスクです。`,
    ],
    { code: "EXEC_UNKNOWN", next: `./workbook exec ${names[0]}`, exitCode: 2 },
  );
}

function ambiguous(names: readonly string[]): UserError {
  const known = list(names);
  return new UserError(
    [
      `Tasks of ${known.en} run: say in which the command is to run.`,
      `${known.ja} のタスクが動いています。どれで実行するかを指定してください。`,
    ],
    { code: "EXEC_AMBIGUOUS", next: `./workbook exec ${names[0]}`, exitCode: 2 },
  );
}

function notEnabled(name: string): UserError {
  const said: Words = [
    `ECS Exec is not enabled in the task of ${name}. Add this line to the service in stack.ts, and give its task definition a taskRoleArn whose role allows ssmmessages:*. Tasks that are started from then on have it:\n\n    enableExecuteCommand: true,`,
    `${name} のタスクでは ECS Exec が有効になっていません。stack.ts のサービスに次の行を足し、タスク定義には ssmmessages:* を許可するロールを taskRoleArn で渡してください。その後に起動したタスクから使えます。\n\n    enableExecuteCommand: true,`,
  ];
  return new UserError(said, { code: "EXEC_NOT_ENABLED", next: "./workbook deploy", exitCode: 1 });
}
