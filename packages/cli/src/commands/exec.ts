import type { AwsClients, Target } from "@workbook/lab-kit";
import { both, UserError, type Words } from "@workbook/toolchain";
import { chooseContainer, chooseTask, type ChosenTask } from "./exec-target.ts";
import { ownTerminal, quoteWords, withoutCarriageReturns } from "./exec-terminal.ts";
import { diagnosisScope } from "../target/diagnosis-scope.ts";
import { style } from "../output/style.ts";
import type { Session } from "../session.ts";

const SHELL = "/bin/sh";
/** What a terminal is taken to be where there is none. */
const NO_TERMINAL = { columns: 80, rows: 24 } as const;

/** What was asked for. */
export interface ExecOptions {
  readonly service: string | undefined;
  readonly container: string | undefined;
  /** Empty for a shell. */
  readonly command: readonly string[];
}

/**
 * Runs a command in a container of a task that runs, by ECS Exec: a shell at this terminal, or what follows `--`. It does what the AWS CLI
 * does with the Session Manager plugin.
 * @returns the command's exit code
 * @throws {UserError} where there is no such task, or ECS Exec is not enabled in it
 */
export async function execCommand(session: Session, options: ExecOptions): Promise<number> {
  const terminal = ownTerminal();
  if (options.command.length === 0 && !terminal) throw needsCommand();
  const { connectAws, disconnectAws } = await import("@workbook/lab-kit");
  const target = await session.target.reach();
  const aws = await connectAws(target.connection);
  try {
    const { cluster } = await diagnosisScope(target);
    const task = await chooseTask(aws, { cluster, owner: target.owner, wanted: options.service });
    const container = chooseContainer(task, options.container);
    const promised = await ask(aws, target, task, container, options.command);
    if (terminal && options.command.length === 0) greet(session, task, container);
    return await attach(session, promised, terminal);
  } finally {
    disconnectAws(aws);
  }
}

const RIGHTS = [
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
];

async function ask(
  { ecs }: AwsClients,
  target: Target,
  { cluster, arn, name }: ChosenTask,
  container: string,
  command: readonly string[],
) {
  try {
    const { session } = await ecs.executeCommand({
      cluster,
      task: arn,
      container,
      command: command.length === 0 ? SHELL : quoteWords(command),
      interactive: true,
    });
    return { streamUrl: session!.streamUrl!, tokenValue: session!.tokenValue! };
  } catch (error) {
    if ((error as Error).name !== "TargetNotConnectedException") throw refused(error as Error);
    const rights = RIGHTS.join(", ");
    throw new UserError(
      [
        `ECS cannot reach the agent in ${name}'s task. Its task role needs ${rights}, and the task a way to Session Manager: a NAT gateway, a public address, or the endpoint com.amazonaws.${target.region}.ssmmessages.`,
        `${name} のタスクの中のエージェントに ECS が接続できません。タスクロールに ${rights} の許可、タスクに Session Manager への経路 (NAT ゲートウェイ、パブリック IP アドレス、またはエンドポイント com.amazonaws.${target.region}.ssmmessages) が必要です。`,
      ],
      { code: "EXEC_NOT_CONNECTED", next: "./workbook why", exitCode: 1 },
    );
  }
}

function refused(error: Error): Error {
  if (!error.name.endsWith("Exception")) return error;
  const said = `${error.name}: ${error.message}`;
  return new UserError([`ECS refuses: ${said}`, `ECS が拒否しました: ${said}`], {
    code: "EXEC_REFUSED",
    next: "./workbook status",
    exitCode: 1,
  });
}

function greet(session: Session, { name, arn }: ChosenTask, container: string): void {
  const task = arn.slice(arn.lastIndexOf("/") + 1).slice(0, 8);
  const where = style.quiet(`${name} ${task} ${container}`);
  const end: Words = ["exit or Ctrl-D ends it", "終えるには exit または Ctrl-D"];
  session.progress.print(both`${where}  ${end}`);
}

/** What a task that is no container says of itself. */
const AS_PROCESS: Words = [
  "This task is plain processes of this machine: the shell is your own user, in the task's folder, with its environment.",
  "このタスクはこのマシンの通常のプロセスです。シェルはあなた自身のユーザーとして、タスクのフォルダーと環境変数で動きます。",
];

async function attach(
  session: Session,
  promised: { streamUrl: string; tokenValue: string },
  terminal: ReturnType<typeof ownTerminal>,
): Promise<number> {
  const { ExecClient } = await import("@workbook/local-aws/exec");
  const write = process.stdout.isTTY
    ? (data: Buffer) => void process.stdout.write(data)
    : withoutCarriageReturns((data) => void process.stdout.write(data));
  const client = await ExecClient.open(promised, {
    output: write,
    note: () => {
      if (terminal) session.progress.print(AS_PROCESS);
    },
  });
  const hangUp = () => client.close();
  session.signal.addEventListener("abort", hangUp, { once: true });
  const detach = terminal?.attach(client);
  if (!terminal) client.resize(NO_TERMINAL.columns, NO_TERMINAL.rows);
  try {
    const { exitCode, said } = await client.ended;
    if (exitCode !== undefined && said === "") return exitCode;
    if (session.signal.aborted) return 130;
    throw ended(said);
  } finally {
    detach?.();
    session.signal.removeEventListener("abort", hangUp);
  }
}

/** The agent sets a title above an error. */
function ended(said: string): UserError {
  const why = said.replace(/^\s*-+ERROR-+\s*/, "").trim();
  return new UserError(
    [
      `The session has ended: ${why || "the connection was closed"}`,
      `セッションが終わりました: ${why || "接続が閉じられました"}`,
    ],
    { code: "EXEC_ENDED", next: "./workbook status", exitCode: 1 },
  );
}

function needsCommand(): UserError {
  return new UserError(
    [
      "A shell needs a terminal, and there is none here: say what is to run.",
      "シェルにはターミナルが必要ですが、ここにはありません。実行するコマンドを指定してください。",
    ],
    { code: "EXEC_NEEDS_COMMAND", next: "./workbook exec -- env", exitCode: 2 },
  );
}
