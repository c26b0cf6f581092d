import type { Kind } from "../kinds.ts";
import { ecsPage, page } from "./pages.ts";

const ROLE = ecsPage("CWE_IAM_role");
const TASKS = ecsPage("tasks-scheduled-eventbridge-scheduler");
const EVENTS = (name: string) => page("eventbridge/latest/userguide", name);

/** Causes in what runs tasks that end: schedules, and rules whose target is a task. */
export const RUN_KINDS = {
  "run-disabled": {
    question: ["Is it on? Look at its state.", "有効になっていますか。状態を見てください。"],
    page: page("scheduler/latest/UserGuide", "managing-schedule-state"),
    line: "./workbook deploy",
  },
  "run-definition-gone": {
    question: [
      "Which revision is to be run, and what is its status?",
      "どのリビジョンを動かしますか。その状態は何ですか。",
    ],
    page: ecsPage("deregister-task-definition-v2"),
    line: "taskDefinitionArn: definition.arn,",
  },
  "run-role-missing": {
    question: [
      "As whom is the task run, and is there such a role?",
      "誰としてタスクを動かしますか。そのロールはありますか。",
    ],
    page: ROLE,
    line: "roleArn: runner.arn,",
  },
  "run-role-trust": {
    question: [
      "Who is to take on this role: scheduler.amazonaws.com, or events.amazonaws.com?",
      "このロールを引き受けるのは scheduler.amazonaws.com ですか、events.amazonaws.com ですか。",
    ],
    page: ROLE,
    line: 'identifier: ["scheduler.amazonaws.com", "events.amazonaws.com"],',
  },
  "run-task-rights": {
    question: [
      "May the role run this task definition, on this cluster?",
      "ロールは、このクラスターでこのタスク定義を動かせますか。",
    ],
    page: ROLE,
    line: '{ Effect: "Allow", Action: "ecs:RunTask", Resource: `${definition.arnWithoutRevision}:*` },',
  },
  "run-pass-role": {
    question: [
      "The task has roles of its own. May whoever runs it hand them to ECS?",
      "タスクにはタスク自身のロールがあります。動かす側は、それを ECS に渡せますか。",
    ],
    page: page("IAM/latest/UserGuide", "id_roles_use_passrole"),
    line: '{ Effect: "Allow", Action: "iam:PassRole", Resource: executionRole.arn },',
  },
  "run-override": {
    question: [
      "What are the containers of this task definition called?",
      "このタスク定義のコンテナの名前は何ですか。",
    ],
    page: page("AmazonECS/latest/APIReference", "API_ContainerOverride"),
    line: 'input: JSON.stringify({ containerOverrides: [{ name: "…", … }] }),',
  },
  "rule-pattern": {
    question: [
      "What does such an event look like? Compare it with the pattern, letter by letter.",
      "そのイベントはどんな形ですか。パターンと 1 文字ずつ比べてください。",
    ],
    page: ecsPage("ecs_task_events"),
    line: "./workbook aws events test-event-pattern --event-pattern … --event …",
  },
  "run-queue-missing": {
    question: ["Is there a queue of that name?", "その名前のキューはありますか。"],
    page: EVENTS("eb-rule-dlq"),
    line: 'new SqsQueue(this, "…", { … });',
  },
  "run-queue-rights": {
    question: [
      "As whom is the queue written to, and who may?",
      "キューには誰として書き込みますか。書き込めるのは誰ですか。",
    ],
    page: EVENTS("eb-use-resource-based"),
    line: 'Principal: { Service: "events.amazonaws.com" },',
  },
  "run-letter-rights": {
    question: [
      "A schedule writes its dead letters as its role. May the role?",
      "スケジュールは、自身のロールでデッドレターを書き込みます。ロールに許可されていますか。",
    ],
    page: page("scheduler/latest/UserGuide", "configuring-schedule-dlq"),
    line: '{ Effect: "Allow", Action: "sqs:SendMessage", Resource: failures.arn },',
  },
  "run-no-room": {
    question: [
      "What does the cluster have to run it on, and is there room?",
      "クラスターには、動かす場所と空きがありますか。",
    ],
    page: ecsPage("api_failures_messages"),
    line: 'launchType: "FARGATE",',
  },
  "run-undelivered": {
    question: [
      "What was refused? Send the letter's body again once that is mended.",
      "何が拒否されましたか。直した後、メッセージの本文をもう一度送ってください。",
    ],
    page: EVENTS("eb-rule-dlq"),
    line: "./workbook aws sqs receive-message --message-attribute-names All --queue-url …",
  },
  "run-failed": {
    question: [
      "What did the run write before it ended, and with which exit code?",
      "実行は終了する前に何を書きましたか。終了コードは何ですか。",
    ],
    page: TASKS,
    line: "./workbook logs",
  },
} satisfies Readonly<Record<string, Kind>>;
