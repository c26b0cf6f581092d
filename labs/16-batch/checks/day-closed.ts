import {
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  hint,
  parseJsonText,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import {
  awsPage,
  inner,
  NO_REPORT,
  referred,
  type Report,
  targetSteps,
  withReport,
} from "./stack-parts.ts";
import { targetHints } from "./target-hints.ts";

const PATTERNS = awsPage("eventbridge/latest/userguide/eb-event-patterns.html");
const TARGET = awsPage("eventbridge/latest/userguide/eb-targets.html");
const ORDER = { DAY: "<day>", ORDERS: "<orders>" };
const PATHS = { day: "$.detail.day", orders: "$.detail.orders" };

const FAULTS = {
  "no-report": NO_REPORT,
  "no-rule": hint(
    [
      "Which events does your rule's pattern let through? Look at source and detail-type, letter by letter.",
      "ルールのパターンに一致するのはどのイベントですか。source と detail-type を 1 文字ずつ見てください。",
    ],
    both`${["A pattern has a list for each field, and the field has to be one of it:", "パターンでは各フィールドに値のリストを書き、どれかに一致する必要があります:"]} ${PATTERNS}`,
    'eventPattern: JSON.stringify({ source: ["shop"], "detail-type": ["Day closed"] }),',
  ),
  "no-target": hint(
    ["What happens when the rule matches?", "ルールに一致すると何が起きますか。"],
    both`${["What its targets say: here the cluster, with a task to run:", "ターゲットに書いたことです。ここではクラスターで、動かすタスクも書きます:"]} ${TARGET}`,
    'new CloudwatchEventTarget(this, "day_closed_report", { … });',
  ),
  paths: hint(
    [
      "From where in the event do <day> and <orders> come?",
      "<day> と <orders> は、イベントのどこから来ますか。",
    ],
    [
      "From detail, which is whatever the sender puts there.",
      "detail からです。送る側が自由に入れる部分です。",
    ],
    'inputPaths: { day: "$.detail.day", orders: "$.detail.orders" },',
  ),
  ...targetHints({
    override: '{ name: "ORDERS", value: "<orders>" },',
    parameters: "ecsTarget: task,",
  }),
};

type Fault = keyof typeof FAULTS;

/** The report runs whenever the shop closes a day. */
export function runsWhenADayIsClosed(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "A rule runs the report when the shop closes a day",
      "店が 1 日を締めると、ルールがレポートを動かす",
    ]),
    faults: FAULTS,
    run: (context) => withReport<Fault>(context, examine),
  });
}

/** The rule that lets the shop's event through, by its pattern. */
export function ruleForShop({ synth }: SynthContext): SynthResource | undefined {
  return synth.all("aws_cloudwatch_event_rule").find(({ attributes }) => {
    const pattern = parseJsonText(String(attributes["event_pattern"] ?? "")) as Pattern | undefined;
    return pattern?.source?.includes("shop") && pattern["detail-type"]?.includes("Day closed");
  });
}

interface Pattern {
  readonly source?: readonly unknown[];
  readonly "detail-type"?: readonly unknown[];
}

function examine(context: SynthContext, report: Report): CheckResult<Fault> {
  const rule = ruleForShop(context);
  if (rule === undefined)
    return failed(
      "no-rule",
      [
        'a rule for events "Day closed" of the source "shop"',
        "ソース shop のイベント Day closed に一致するルールがある",
      ],
      ["there is none", "ありません"],
    );
  const target = context.synth
    .referringTo(rule, "aws_cloudwatch_event_target", "rule")
    .find((each) => referred(context, each, each.attributes["arn"], "aws_ecs_cluster").length > 0);
  if (target === undefined)
    return failed(
      "no-target",
      ["a target that is the cluster", "クラスターをターゲットにしている"],
      ["there is none", "ありません"],
    );
  const { attributes } = target;
  const transformer = inner(attributes, "input_transformer");
  const steps = targetSteps(
    context,
    report,
    {
      resource: target,
      roleArn: attributes["role_arn"],
      task: inner(attributes, "ecs_target"),
      block: attributes,
      input: String(transformer["input_template"] ?? ""),
      service: "events.amazonaws.com",
    },
    ORDER,
  );
  const paths = inner(transformer, "input_paths") as Readonly<Record<string, unknown>>;
  return walk<Fault>(target.address, [
    ...steps,
    {
      fault: "paths",
      expected: JSON.stringify(PATHS),
      actual: JSON.stringify(paths),
      holds: Object.entries(PATHS).every(([name, path]) => paths[name] === path),
    },
  ]);
}
