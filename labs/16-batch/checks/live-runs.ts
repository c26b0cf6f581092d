import type { Task } from "@aws-sdk/client-ecs";
import {
  type Check,
  defineCheck,
  failed,
  hint,
  type LiveContext,
  passed,
  pollUntil,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import { awsPage, queueOf, reportOf } from "./stack-parts.ts";
import { closeDay, DEADLINE_MS, exitCodeOf, letterOf, newRun, takeOut } from "./runs.ts";

const SCHEDULES = awsPage("scheduler/latest/UserGuide/managing-schedule.html");
const REVISIONS = awsPage("AmazonECS/latest/developerguide/deregister-task-definition-v2.html");
const STOPPED = awsPage("AmazonECS/latest/developerguide/stopped-task-error-codes.html");

const READY = {
  missing: hint(
    ["Is the schedule there?", "スケジュールはありますか。"],
    ["Deploy what you wrote.", "書いたものをデプロイします。"],
    "./workbook deploy 16",
  ),
  disabled: hint(
    ["Has somebody switched the schedule off?", "スケジュールが無効になっていませんか。"],
    both`${["Terraform brings the state back that the stack says:", "スタックに書いた状態には Terraform が戻します:"]} ${SCHEDULES}`,
    "./workbook deploy 16",
  ),
  "revision-gone": hint(
    ["Which revision will the schedule run tonight?", "今夜動くのはどのリビジョンですか。"],
    both`${["One that was deregistered cannot be run any more:", "登録解除されたリビジョンは動かせません:"]} ${REVISIONS}`,
    "./workbook deploy 16",
  ),
};

/** The schedule is on, and what it is to run is there. It is not waited for: its time is at night. */
export function scheduleIsReady(id: string): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "The schedule is on, and its task is there",
      "スケジュールが有効で、動かすタスクがある",
    ]),
    faults: READY,
    async run(context) {
      const expected: Words = [
        "the schedule is ENABLED and names an ACTIVE revision",
        "スケジュールが ENABLED で、ACTIVE なリビジョンを指す",
      ];
      const [schedule] = context.synth.all("aws_scheduler_schedule");
      const name = String(schedule?.attributes["name"] ?? "");
      const { Schedules = [] } = await context.aws.scheduler.listSchedules({ NamePrefix: name });
      const listed = Schedules.find(({ Name }) => Name === name);
      if (listed === undefined) return failed("missing", expected, `${name}: -`);
      const { GroupName, State, Target } = await context.aws.scheduler.getSchedule({
        Name: name,
        GroupName: listed.GroupName,
      });
      if (State !== "ENABLED")
        return failed("disabled", expected, `${GroupName}/${name}: ${State}`);
      const arn = Target?.EcsParameters?.TaskDefinitionArn;
      const { taskDefinition } = await context.aws.ecs.describeTaskDefinition({
        taskDefinition: arn,
      });
      const seen = `${name}: ${State}, ${arn?.split("/").at(-1)} ${taskDefinition?.status}`;
      return taskDefinition?.status === "ACTIVE"
        ? passed(expected, seen)
        : failed("revision-gone", expected, seen);
    },
  });
}

const RUNS = {
  "no-run": hint(
    [
      "The event was sent, and no task came of it. What lies in the queue?",
      "イベントを送りましたが、タスクが動きません。キューに何がありますか。",
    ],
    [
      "A dead letter's attributes ERROR_CODE and ERROR_MESSAGE say what was refused.",
      "デッドレターの属性 ERROR_CODE と ERROR_MESSAGE に、拒否の理由があります。",
    ],
    "./workbook why",
  ),
  "exit-code": hint(
    ["What did the task write before it ended?", "タスクは終了する前に何を書きましたか。"],
    both`${["Look at its log, and at its stopped reason:", "ログと停止理由を見てください:"]} ${STOPPED}`,
    "./workbook logs",
  ),
  log: hint(
    ["Where did its line go?", "出力はどこに行きましたか。"],
    [
      "To the log group, in a stream called after the container and the task.",
      "ロググループの、コンテナ名とタスク ID の付いたストリームです。",
    ],
    '"awslogs-group": logs.name,',
  ),
};

/** An event makes a run that ends with code 0, and its line says what the event said. */
export function reportRuns(id: string): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "An event makes a run: it ends with code 0, and its log has the day's total",
      "イベントで実行が始まり、終了コード 0 で終わり、ログに合計がある",
    ]),
    faults: RUNS,
    async run(context) {
      const expected: Words = [
        "a run that ends with 0 and writes the total 2450",
        "終了コード 0 で終わり、合計 2450 を書く実行",
      ];
      const { run, letter } = await runOf(context, "1200 800 450");
      if (run === undefined) return failed("no-run", expected, letter);
      const code = exitCodeOf(run);
      if (code !== 0)
        return failed("exit-code", expected, both`${["exit code", "終了コード"]}: ${ended(run)}`);
      const { met, last } = await pollUntil(
        () => linesOf(context, run),
        (lines) => lines.some((line) => line.includes('"total":2450')),
        { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
      );
      const seen = both`${["exit code", "終了コード"]}: 0; ${last.at(-1) ?? "-"}`;
      return met ? passed(expected, seen) : failed("log", expected, seen);
    },
  });
}

/** Sends an event and waits for the run that comes of it; where none does, for what became of the event. */
async function runOf(context: LiveContext, orders: string) {
  const sent = await closeDay(context, orders);
  const { last } = await pollUntil(
    async () => {
      const run = await newRun(context, sent);
      return { run, letter: run ? undefined : await letterOf(context, sent) };
    },
    ({ run, letter }) => run?.lastStatus === "STOPPED" || letter !== undefined,
    { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
  );
  const { run, letter = "-" } = last;
  return { run, letter: both`${["no run; dead letter", "実行なし。デッドレター"]}: ${letter}` };
}

/** What a run wrote. */
async function linesOf({ aws, synth, ...context }: LiveContext, run: Task): Promise<string[]> {
  const { definition, container } = reportOf({ synth, ...context })!;
  const [group] = synth.referredToBy(definition, container.logOptions["awslogs-group"]);
  const prefix = String(container.logOptions["awslogs-stream-prefix"]);
  const stream = `${prefix}/${container.name}/${run.taskArn?.split("/").at(-1)}`;
  const { events = [] } = await aws.logs.filterLogEvents({
    logGroupName: String(group?.attributes["name"] ?? container.logOptions["awslogs-group"]),
    logStreamNamePrefix: stream,
  });
  return events.map(({ message = "" }) => message);
}

const ended = (run: Task): string =>
  `${exitCodeOf(run) ?? "-"} (${run.stoppedReason ?? run.lastStatus})`;

const ARRIVES = {
  "no-run": RUNS["no-run"],
  "no-failure": hint(
    ["Does the task see what the event says?", "タスクにイベントの内容が届いていますか。"],
    [
      "With an order that is no amount it ends with code 1.",
      "金額でない注文があると、終了コード 1 で終わります。",
    ],
    '{ name: "ORDERS", value: "<orders>" },',
  ),
  "no-message": hint(
    [
      "The run failed, and the queue has not heard of it. Does the rule's pattern match the event?",
      "実行は失敗しましたが、キューに届いていません。ルールのパターンはイベントに一致しますか。",
    ],
    [
      "./workbook aws events test-event-pattern compares them; and the queue's policy has to let this rule send.",
      "./workbook aws events test-event-pattern で比べられます。キューのポリシーがこのルールの送信を許可していることも必要です。",
    ],
    'Condition: { ArnEquals: { "aws:SourceArn": [dayClosed.arn, failed.arn] } },',
  ),
};

/** A run that fails ends with code 1, and ECS's event of that is in the queue. */
export function failedRunArrives(id: string): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "A run that fails ends with code 1 and lands in the queue",
      "失敗した実行は終了コード 1 で終わり、キューに届く",
    ]),
    faults: ARRIVES,
    async run(context) {
      const queue = String(queueOf(context)?.attributes["name"]);
      const expected: Words = [
        `a run that ends with 1, and its event in ${queue}`,
        `終了コード 1 で終わる実行と、${queue} に届いたイベント`,
      ];
      const { run, letter } = await runOf(context, "1200 oops");
      if (run === undefined) return failed("no-run", expected, letter);
      const seen = both`${["exit code", "終了コード"]}: ${ended(run)}`;
      if (exitCodeOf(run) !== 1) return failed("no-failure", expected, seen);
      const { met } = await pollUntil(
        () => takeOut(context, run.taskArn!),
        (found) => found !== undefined,
        { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
      );
      return met
        ? passed(expected, both`${seen}; ${queue}: ${run.taskArn?.split("/").at(-1) ?? ""}`)
        : failed("no-message", expected, both`${seen}; ${queue}: -`);
    },
  });
}
