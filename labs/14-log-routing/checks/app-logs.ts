import {
  type Check,
  type CheckResult,
  type Container,
  defineCheck,
  hint,
  type Step,
  type SynthContext,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import { awsPage, NO_TASK, type RoutedTask, withTask } from "./stack-parts.ts";

const OPTIONS = awsPage("AmazonECS/latest/developerguide/firelens-taskdef.html");
const FILTERS = awsPage("AmazonECS/latest/developerguide/firelens-using-fluentbit.html");
const CLOUDWATCH = "https://docs.fluentbit.io/manual/pipeline/outputs/cloudwatch";

const LOGS = {
  "no-task": NO_TASK,
  driver: hint(
    [
      "Which log driver hands lines to the task's router?",
      "タスクのルーターに行を渡すログドライバーはどれですか。",
    ],
    both`${["awsfirelens. awslogs writes to CloudWatch Logs itself, past the router:", "awsfirelens です。awslogs はルーターを通らず、自分で CloudWatch Logs に書きます:"]} ${OPTIONS}`,
    'logDriver: "awsfirelens",',
  ),
  output: hint(
    [
      "Which output of Fluent Bit writes to CloudWatch Logs?",
      "CloudWatch Logs に書く Fluent Bit の出力はどれですか。",
    ],
    both`${["The options become an [OUTPUT] section, and Name says which:", "options は [OUTPUT] セクションになり、Name が出力を決めます:"]} ${CLOUDWATCH}`,
    'Name: "cloudwatch_logs",',
  ),
  group: hint(
    ["Which log group is the output to write to?", "出力はどのロググループに書きますか。"],
    both`${["The app's, by its name in your stack. Options are Fluent Bit's, with underscores:", "アプリのロググループを、スタックの名前で指定します。オプションは Fluent Bit のもので、アンダースコアを使います:"]} ${CLOUDWATCH}`,
    "log_group_name: logs.name,",
  ),
  stream: hint(
    ["What is a stream of this output called?", "この出力のストリームの名前は何ですか。"],
    both`${["Either log_stream_prefix and the tag, or log_stream_name. Without one of them Fluent Bit does not start:", "log_stream_prefix とタグ、または log_stream_name です。どちらもないと Fluent Bit は起動しません:"]} ${CLOUDWATCH}`,
    'log_stream_prefix: "ecs-",',
  ),
  region: hint(
    ["In which region is the log group?", "ロググループはどのリージョンにありますか。"],
    both`${["The output has to be told:", "出力に書く必要があります:"]} ${CLOUDWATCH}`,
    "region: settings.region,",
  ),
  filter: hint(
    ["How many lines a minute say GET /healthz?", "GET /healthz の行は 1 分に何行ありますか。"],
    both`${["Those that match exclude-pattern stay in the router:", "exclude-pattern に一致する行はルーターで捨てられます:"]} ${FILTERS}`,
    '"exclude-pattern": "/healthz",',
  ),
};

type Fault = keyof typeof LOGS;

/** The app's lines go through the router to its log group, but for health checks. */
export function appIsRouted(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "node-app logs through the router to its log group, without health checks",
      "node-app のログがルーターを通り、ヘルスチェックを除いてロググループに届く",
    ]),
    faults: LOGS,
    run: (context) => withTask(context, examine),
  });
}

function examine(context: SynthContext, task: RoutedTask): CheckResult<Fault> {
  const { definition, app } = task;
  const exclude = optionOf(app, "exclude-pattern");
  return walk<Fault>(definition.address, [
    {
      fault: "driver",
      expected: ["the log driver is awsfirelens", "ログドライバーが awsfirelens である"],
      actual: `logDriver: ${app.logDriver ?? "-"}`,
      holds: app.logDriver === "awsfirelens",
    },
    ...outputSteps(context, task),
    {
      fault: "filter",
      expected: ["lines of /healthz are left out", "/healthz の行を除く"],
      actual: `exclude-pattern: ${exclude || "-"}`,
      holds: matches(exclude, '"path":"/healthz"') && !matches(exclude, '"path":"/"'),
    },
  ]);
}

const optionOf = ({ logOptions }: Container, name: string) => String(logOptions[name] ?? "");

/** Where the router brings the app's lines. */
function outputSteps(context: SynthContext, { definition, app }: RoutedTask): Step<Fault>[] {
  const option = (name: string) => optionOf(app, name);
  const group = context.synth
    .referredToBy(definition, app.logOptions["log_group_name"])
    .find(({ type }) => type === "aws_cloudwatch_log_group");
  return [
    {
      fault: "output",
      expected: ["the output is cloudwatch_logs", "出力が cloudwatch_logs である"],
      actual: `Name: ${option("Name") || "-"}`,
      holds: option("Name") === "cloudwatch_logs",
    },
    {
      fault: "group",
      expected: [
        "log_group_name of a log group of the stack",
        "log_group_name がスタックのロググループを指す",
      ],
      actual: `log_group_name: ${group?.address ?? (option("log_group_name") || "-")}`,
      holds: group !== undefined,
    },
    {
      fault: "stream",
      expected: [
        "log_stream_prefix or log_stream_name",
        "log_stream_prefix か log_stream_name がある",
      ],
      actual: option("log_stream_prefix") || option("log_stream_name") || "-",
      holds: (option("log_stream_prefix") === "") !== (option("log_stream_name") === ""),
    },
    {
      fault: "region",
      expected: ["a region", "リージョンがある"],
      actual: `region: ${option("region") || "-"}`,
      holds: option("region") !== "",
    },
  ];
}

/** What is no regular expression matches nothing: then the router does not start. */
function matches(pattern: string, line: string): boolean {
  if (pattern === "") return false;
  try {
    return new RegExp(pattern).test(line);
  } catch {
    return false;
  }
}
