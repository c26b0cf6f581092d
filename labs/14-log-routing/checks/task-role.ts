import {
  allowedBy,
  allows,
  type Check,
  type CheckResult,
  defineCheck,
  hint,
  isWide,
  listed,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import { awsPage, NO_TASK, type RoutedTask, withTask } from "./stack-parts.ts";

const ROLE = awsPage("AmazonECS/latest/developerguide/task-iam-roles.html");

const RIGHTS = {
  "no-task": NO_TASK,
  "no-role": hint(
    [
      "As whom does the router call CloudWatch Logs?",
      "ルーターは誰として CloudWatch Logs を呼び出しますか。",
    ],
    both`${["It is a program in the task: as the task role. The execution role is ECS's, and of awslogs:", "タスクの中のプログラムなので、タスクロールです。タスク実行ロールは ECS と awslogs が使います:"]} ${ROLE}`,
    "taskRoleArn: taskRole.arn,",
  ),
  logs: hint(
    [
      "Which two calls bring a line to CloudWatch Logs?",
      "CloudWatch Logs に行を届ける 2 つの呼び出しは何ですか。",
    ],
    both`${["logs:CreateLogStream and logs:PutLogEvents, on the log group:", "logs:CreateLogStream と logs:PutLogEvents です。ロググループに許可します:"]} ${ROLE}`,
    'Action: ["logs:CreateLogStream", "logs:PutLogEvents"],',
  ),
  bucket: hint(
    ["Which call brings lines to a bucket?", "バケットに行を届ける呼び出しは何ですか。"],
    both`${["s3:PutObject, on the objects of the bucket:", "s3:PutObject です。バケットのオブジェクトに許可します:"]} ${ROLE}`,
    '{ Effect: "Allow", Action: "s3:PutObject", Resource: `${archive.arn}/*` },',
  ),
  "too-wide": hint(
    ["Whose log groups may the router write to?", "ルーターは誰のロググループに書けますか。"],
    both`${["All that a * stands for. Name this one:", "* に当てはまるものすべてです。この 1 つを書きます:"]} ${ROLE}`,
    "Resource: `arn:aws:logs:*:*:log-group:${logs.name}:*`,",
  ),
};

/** The router writes as the task role, which may no more than that. */
export function taskRoleWrites(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "The task role may write to the log group and to the bucket, and nothing else",
      "タスクロールがロググループとバケットだけに書ける",
    ]),
    faults: RIGHTS,
    run: (context) => withTask(context, examine),
  });
}

const target = (resource: SynthResource | undefined) => resource?.address ?? "-";

function examine(
  context: SynthContext,
  { definition, app }: RoutedTask,
): CheckResult<keyof typeof RIGHTS> {
  const find = (from: unknown, type: string) =>
    context.synth.referredToBy(definition, from).find((each) => each.type === type);
  const role = find(definition.attributes["task_role_arn"], "aws_iam_role");
  const group = find(app.logOptions["log_group_name"], "aws_cloudwatch_log_group");
  const [bucket] = context.synth.all("aws_s3_bucket");
  const statements = role ? allowedBy(context, role) : [];
  const seen: Words = both`${["it may", "許可"]}: ${listed(statements.map(({ actions, resources }) => `${actions.join(" ")} → ${resources.join(" ")}`))}`;
  const may = (action: string, on: SynthResource | undefined) =>
    statements.some(isWide) || allows(statements, action, on);
  return walk<keyof typeof RIGHTS>(role?.address ?? definition.address, [
    {
      fault: "no-role",
      expected: ["a task role", "タスクロールがある"],
      actual: role?.address ?? ["there is none", "ありません"],
      holds: role !== undefined,
    },
    {
      fault: "logs",
      expected: both`CreateLogStream, PutLogEvents: ${target(group)}`,
      actual: seen,
      holds: may("logs:CreateLogStream", group) && may("logs:PutLogEvents", group),
    },
    {
      fault: "bucket",
      expected: both`PutObject: ${target(bucket)}`,
      actual: seen,
      holds: bucket !== undefined && may("s3:PutObject", bucket),
    },
    {
      fault: "too-wide",
      expected: ["no right on everything", "すべてを対象とする権限がない"],
      actual: seen,
      holds: !statements.some(isWide),
    },
  ]);
}
