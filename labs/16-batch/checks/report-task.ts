import {
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  grantsOf,
  hint,
  NODE_APP,
  type SynthContext,
  taskDefinitionsOf,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import { addresses, awsPage, NO_REPORT, referred, reportOf, type Report } from "./stack-parts.ts";

const STANDALONE = awsPage("AmazonECS/latest/developerguide/standalone-tasks.html");
const LOGS = awsPage("AmazonECS/latest/developerguide/using_awslogs.html");

const FAULTS = {
  missing: NO_REPORT,
  image: hint(
    ["In which image is src/report.js?", "src/report.js はどのイメージにありますか。"],
    [
      "In that of the Node.js app: one image, and another command.",
      "Node.js アプリのイメージです。イメージは同じで、コマンドだけが違います。",
    ],
    'image: settings.image("nodejs-app"),',
  ),
  fargate: hint(
    ["On which launch type can this task run?", "このタスクはどの起動タイプで動きますか。"],
    both`${["Fargate wants awsvpc, and a size:", "Fargate には awsvpc とサイズが要ります:"]} ${STANDALONE}`,
    'requiresCompatibilities: ["FARGATE"],',
  ),
  "execution-role": hint(
    ["As whom does ECS pull the image?", "ECS は何の権限でイメージをプルしますか。"],
    both`${["As the task execution role, for a task by itself as for one of a service:", "サービスのタスクと同じく、タスク実行ロールの権限です:"]} ${STANDALONE}`,
    "executionRoleArn: executionRole.arn,",
  ),
  logs: hint(
    [
      "The task is gone when you come in the morning. What is left of it?",
      "朝に見に来たとき、タスクはもうありません。何が残っていますか。",
    ],
    both`${["What it wrote to a log group:", "ロググループに書いたものです:"]} ${LOGS}`,
    '"awslogs-group": logs.name,',
  ),
  service: hint(
    [
      "What does a service do when one of its tasks ends?",
      "タスクが終了すると、サービスは何をしますか。",
    ],
    both`${["It starts another one, for ever. What shall end has no service:", "別のタスクを起動し続けます。終了するものにサービスは要りません:"]} ${STANDALONE}`,
    'new EcsTaskDefinition(this, "report_task", { … });',
  ),
};

/** The report is a task on Fargate that leaves a log, and that no service keeps. */
export function reportIsATask(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "The report is a task of its own, which no service keeps",
      "レポートが独立したタスクで、サービスに属していない",
    ]),
    faults: FAULTS,
    run: examine,
  });
}

function examine(context: SynthContext): CheckResult<keyof typeof FAULTS> {
  const report = reportOf(context);
  if (report !== undefined) return examineReport(context, report);
  return failed(
    "missing",
    [
      "a task definition whose container runs src/report.js",
      "コンテナで src/report.js を動かすタスク定義がある",
    ],
    ["there is none", "ありません"],
  );
}

function examineReport(
  context: SynthContext,
  { definition, container }: Report,
): CheckResult<keyof typeof FAULTS> {
  const { attributes } = definition;
  const roles = referred(context, definition, attributes["execution_role_arn"], "aws_iam_role");
  const compatible = [attributes["requires_compatibilities"] ?? []].flat();
  const services = context.synth.referringTo(definition, "aws_ecs_service", "task_definition");
  return walk(definition.address, [
    {
      fault: "image",
      expected: ["the Node.js app's image", "Node.js アプリのイメージを使う"],
      actual: both`${["image", "イメージ"]}: ${container.image}`,
      holds: taskDefinitionsOf(context, NODE_APP).includes(definition),
    },
    {
      fault: "fargate",
      expected: ["it runs on Fargate", "Fargate で動く"],
      actual: `requires_compatibilities: ${compatible.join(", ") || "-"}`,
      holds: compatible.includes("FARGATE"),
    },
    {
      fault: "execution-role",
      expected: ["an execution role", "タスク実行ロールがある"],
      actual: both`${["execution role", "タスク実行ロール"]}: ${addresses(roles)}`,
      holds: roles.some((role) => grantsOf(context, role) !== ""),
    },
    {
      fault: "logs",
      expected: ["its output goes to a log group", "出力がロググループに届く"],
      actual: `logDriver: ${container.logDriver ?? "-"}`,
      holds:
        container.logDriver === "awslogs" &&
        referred(context, definition, container.logOptions, "aws_cloudwatch_log_group").length > 0,
    },
    {
      fault: "service",
      expected: ["no service keeps it", "サービスに属していない"],
      actual: both`${["services", "サービス"]}: ${addresses(services)}`,
      holds: services.length === 0,
    },
  ]);
}
