import {
  allowsAction,
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  hint,
  parseJsonText,
  statementsOf,
  type Step,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import {
  addresses,
  awsPage,
  NO_REPORT,
  queueOf,
  referred,
  type Report,
  withReport,
} from "./stack-parts.ts";

const EVENTS = awsPage("AmazonECS/latest/developerguide/ecs_task_events.html");
const OPERATORS = awsPage("eventbridge/latest/userguide/eb-create-pattern-operators.html");
const QUEUE_POLICY = awsPage("eventbridge/latest/userguide/eb-use-resource-based.html");

const FAULTS = {
  "no-report": NO_REPORT,
  "no-rule": hint(
    [
      "The task was started, so its event was delivered. Who says how it ended?",
      "タスクは起動したので、イベントの配信は成功です。どう終わったかは誰が伝えますか。",
    ],
    both`${["ECS does, by an event of its own on the default bus:", "ECS です。デフォルトのイベントバスにイベントを送ります:"]} ${EVENTS}`,
    '"detail-type": ["ECS Task State Change"],',
  ),
  whose: hint(
    ["Of which tasks does the rule hear?", "このルールはどのタスクのイベントを受け取りますか。"],
    both`${["Of all in the account, unless the pattern names the report's task definition:", "パターンにレポートのタスク定義を書かなければ、アカウントのすべてのタスクです:"]} ${EVENTS}`,
    "taskDefinitionArn: [{ prefix: `${definition.arnWithoutRevision}:` }],",
  ),
  stopped: hint(
    ["How many events has one task?", "1 つのタスクからイベントはいくつ届きますか。"],
    both`${["One for each status that it comes through. You want the last:", "状態が変わるたびに 1 つです。欲しいのは最後のものです:"]} ${EVENTS}`,
    'lastStatus: ["STOPPED"],',
  ),
  "exit-code": hint(
    [
      "Does your pattern know a failure from a success?",
      "パターンで失敗と成功を区別していますか。",
    ],
    both`${["A container says it by its exit code, which is 0 for a success:", "コンテナは終了コードで伝えます。成功は 0 です:"]} ${OPERATORS}`,
    '{ containers: { exitCode: [{ "anything-but": 0 }] } },',
  ),
  "not-started": hint(
    [
      "The image is gone, and no container ever ran. Which exit code has it?",
      "イメージがなく、コンテナが一度も動きませんでした。終了コードは何ですか。",
    ],
    both`${["None. Its stopCode is TaskFailedToStart:", "ありません。stopCode が TaskFailedToStart になります:"]} ${EVENTS}`,
    '{ stopCode: ["TaskFailedToStart"] },',
  ),
  target: hint(
    ["Where does the rule send what it hears?", "ルールは受け取ったイベントをどこに送りますか。"],
    both`${["To the queue:", "キューに送ります:"]} ${QUEUE_POLICY}`,
    'new CloudwatchEventTarget(this, "report_failed_queue", { rule: rule.name, arn: failures.arn });',
  ),
  policy: hint(
    ["Who may write to the queue?", "キューに書き込めるのは誰ですか。"],
    both`${["Nobody but you, until its policy lets EventBridge send for these rules:", "キューのポリシーで、これらのルールの EventBridge に許可するまで、自分だけです:"]} ${QUEUE_POLICY}`,
    'Principal: { Service: "events.amazonaws.com" },',
  ),
};

type Fault = keyof typeof FAULTS;

/** A run that failed reaches the queue, and so does what EventBridge could not deliver. */
export function failuresReachTheQueue(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text(["A run that failed reaches the queue", "失敗した実行がキューに届く"]),
    faults: FAULTS,
    run: (context) => withReport<Fault>(context, examine),
  });
}

interface Pattern {
  readonly source?: readonly unknown[];
  readonly "detail-type"?: readonly unknown[];
  readonly detail?: Readonly<Record<string, unknown>>;
}

const patternOf = ({ attributes }: SynthResource) =>
  parseJsonText(String(attributes["event_pattern"] ?? "")) as Pattern | undefined;

function examine(context: SynthContext, report: Report): CheckResult<Fault> {
  const rule = context.synth.all("aws_cloudwatch_event_rule").find((each) => {
    const pattern = patternOf(each);
    return (
      pattern?.source?.includes("aws.ecs") &&
      pattern["detail-type"]?.includes("ECS Task State Change")
    );
  });
  if (rule === undefined)
    return failed(
      "no-rule",
      ["a rule for ECS Task State Change", "ECS Task State Change に一致するルールがある"],
      ["there is none", "ありません"],
    );
  return walk<Fault>(rule.address, [
    ...patternSteps(context, rule, report),
    ...queueSteps(context, rule),
  ]);
}

/** Which events the rule lets through: of the report, of runs that ended badly or did not begin. */
function patternSteps({ synth }: SynthContext, rule: SynthResource, report: Report): Step<Fault>[] {
  const detail = patternOf(rule)?.detail ?? {};
  const said = JSON.stringify(detail);
  const isAboutReport =
    synth.referredToBy(rule, detail["taskDefinitionArn"]).includes(report.definition) ||
    JSON.stringify(detail["group"] ?? "").includes(
      `family:${String(report.definition.attributes["family"])}`,
    );
  return [
    {
      fault: "whose",
      expected: ["of the report alone", "レポートのイベントだけ"],
      actual: said,
      holds: isAboutReport,
    },
    {
      fault: "stopped",
      expected: "lastStatus: STOPPED",
      actual: said,
      holds: JSON.stringify(detail["lastStatus"]) === '["STOPPED"]',
    },
    {
      fault: "exit-code",
      expected: ["another exit code than 0", "0 以外の終了コード"],
      actual: said,
      holds: /"exitCode":\[\{"anything-but":\[?0\]?\}\]/.test(said),
    },
    {
      fault: "not-started",
      expected: ["or a task that did not start", "または起動しなかったタスク"],
      actual: said,
      holds: /"\$or":\[.*"stopCode":\["TaskFailedToStart"\]/.test(said),
    },
  ];
}

/** Where to they go. */
function queueSteps(context: SynthContext, rule: SynthResource): Step<Fault>[] {
  const { synth } = context;
  const queue = queueOf(context);
  const sentTo = synth
    .referringTo(rule, "aws_cloudwatch_event_target", "rule")
    .flatMap((each) => referred(context, each, each.attributes["arn"], "aws_sqs_queue"));
  const policies = queue ? synth.referringTo(queue, "aws_sqs_queue_policy", "queue_url") : [];
  return [
    {
      fault: "target",
      expected: ["it sends to the queue", "キューに送る"],
      actual: both`${["target", "ターゲット"]}: ${addresses(sentTo)}`,
      holds: queue !== undefined && sentTo.includes(queue),
    },
    {
      fault: "policy",
      expected: ["the queue lets EventBridge send", "キューが EventBridge に送信を許可する"],
      actual: both`${["policies of the queue", "キューのポリシー"]}: ${addresses(policies)}`,
      holds: policies.some(
        (policy) =>
          String(policy.attributes["policy"]).includes('"events.amazonaws.com"') &&
          statementsOf(context, policy).some((each) => allowsAction(each, "sqs:SendMessage")),
      ),
    },
  ];
}
