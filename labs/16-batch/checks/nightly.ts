import {
  blocksOf,
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  hint,
  type Step,
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

const TYPES = awsPage("scheduler/latest/UserGuide/schedule-types.html");

/** Three in the night, every day: one of day of month and day of week is `?`. */
const AT_THREE = /^cron\(0+ 0?3 (?:\* \* \?|\? \* \*) \*\)$/;
const ZONE = "Asia/Tokyo";
const DAY = { DAY: "<aws.scheduler.scheduled-time>" };

const FAULTS = {
  "no-report": NO_REPORT,
  "no-schedule": hint(
    ["Who starts the report while you sleep?", "寝ている間にレポートを起動するのは誰ですか。"],
    both`${["A schedule of EventBridge Scheduler whose target is the cluster:", "ターゲットがクラスターである EventBridge Scheduler のスケジュールです:"]} ${TYPES}`,
    'new SchedulerSchedule(this, "nightly", { … });',
  ),
  time: hint(
    [
      "Read your expression aloud: when is it due?",
      "式を声に出して読んでください。いつ実行されますか。",
    ],
    both`${["cron(minutes hours day-of-month month day-of-week year), and one of the two days is a question mark:", "cron(分 時 日 月 曜日 年) です。日と曜日の一方は ? にします:"]} ${TYPES}`,
    'scheduleExpression: "cron(0 3 * * ? *)",',
  ),
  zone: hint(
    ["Three in the night by whose clock?", "どこの時計で夜中の 3 時ですか。"],
    both`${["By UTC's, unless a time zone is named; a rule of EventBridge knows no other:", "タイムゾーンを書かなければ UTC です。EventBridge のルールでは UTC しか使えません:"]} ${TYPES}`,
    'scheduleExpressionTimezone: "Asia/Tokyo",',
  ),
  disabled: hint(
    ["Is the schedule on?", "スケジュールは有効ですか。"],
    both`${["Its state has to be ENABLED, which it is unless told:", "状態が ENABLED である必要があります。書かなければ ENABLED です:"]} ${TYPES}`,
    'flexibleTimeWindow: { mode: "OFF" },',
  ),
  ...targetHints({
    override: 'environment: [{ name: "DAY", value: "<aws.scheduler.scheduled-time>" }],',
    parameters: "ecsParameters: task,",
  }),
};

type Fault = keyof typeof FAULTS;

/** The report runs every night at three, by the clocks of Tokyo. */
export function runsEveryNight(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "A schedule runs the report every night at three in Tokyo",
      "スケジュールが毎晩、東京の 3 時にレポートを動かす",
    ]),
    faults: FAULTS,
    run: (context) => withReport<Fault>(context, examine),
  });
}

function examine(context: SynthContext, report: Report): CheckResult<Fault> {
  const all = context.synth.all("aws_scheduler_schedule");
  const schedule = all.find(
    (each) =>
      referred(context, each, inner(each.attributes, "target")["arn"], "aws_ecs_cluster").length >
      0,
  );
  if (schedule === undefined)
    return failed(
      "no-schedule",
      ["a schedule whose target is the cluster", "クラスターをターゲットとするスケジュールがある"],
      [`schedules: ${all.length}`, `スケジュールの数: ${all.length}`],
    );
  const [target = {}] = blocksOf(schedule.attributes, "target");
  return walk<Fault>(schedule.address, [
    ...timeSteps(schedule),
    ...targetSteps(
      context,
      report,
      {
        resource: schedule,
        roleArn: target["role_arn"],
        task: inner(target, "ecs_parameters"),
        block: target,
        input: String(target["input"] ?? ""),
        service: "scheduler.amazonaws.com",
      },
      DAY,
    ),
  ]);
}

function timeSteps({ attributes }: SynthResource): Step<Fault>[] {
  const expression = String(attributes["schedule_expression"] ?? "-");
  const zone = String(attributes["schedule_expression_timezone"] ?? "UTC");
  const state = String(attributes["state"] ?? "ENABLED");
  return [
    {
      fault: "time",
      expected: ["every day at 3:00", "毎日 3:00"],
      actual: `schedule_expression: ${expression}`,
      holds: AT_THREE.test(expression),
    },
    {
      fault: "zone",
      expected: both`${["time zone", "タイムゾーン"]}: ${ZONE}`,
      actual: both`${["time zone", "タイムゾーン"]}: ${zone}`,
      holds: zone === ZONE,
    },
    {
      fault: "disabled",
      expected: "state: ENABLED",
      actual: `state: ${state}`,
      holds: state === "ENABLED",
    },
  ];
}
