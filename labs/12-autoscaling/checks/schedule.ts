import {
  blocksOf,
  type Check,
  type CheckResult,
  defineCheck,
  hint,
  type Step,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import { isOf } from "./policies.ts";
import { awsPage, ignoredBy, ignores, NONE, scalingOf } from "./stack-parts.ts";

const SCHEDULED = awsPage(
  "autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html",
);
const ZONE = "Asia/Tokyo";

const SCHEDULE = {
  "no-action": hint(
    [
      "Each working day many come at nine. When should tasks be there for them?",
      "平日は 9 時に人が集まります。そのためのタスクは、いつ必要ですか。",
    ],
    both`${["Before. A scheduled action raises the minimum at half past eight:", "9 時より前です。スケジュールされたアクションで、8 時半に最小値を上げます:"]} ${SCHEDULED}`,
    'new AppautoscalingScheduledAction(this, "node_morning", { …, schedule: "cron(30 8 ? * MON-FRI *)" });',
  ),
  "other-target": hint(
    ["What does this action scale?", "このアクションは何をスケールしますか。"],
    both`${["Take the three names of the target over:", "ターゲットの 3 つの名前を引き継ぎます:"]} ${SCHEDULED}`,
    "serviceNamespace: target.serviceNamespace, resourceId: target.resourceId, scalableDimension: target.scalableDimension,",
  ),
  zone: hint(
    ["Half past eight: where?", "8 時半とは、どこの 8 時半ですか。"],
    both`${["In UTC, unless a time zone is said: half past five in the afternoon in Tokyo.", "タイムゾーンを書かなければ UTC です。東京では 17 時半になります。"]} ${SCHEDULED}`,
    'timezone: "Asia/Tokyo",',
  ),
  "never-back": hint(
    [
      "The minimum is four since half past eight. Until when?",
      "8 時半から最小値は 4 です。いつまで 4 ですか。",
    ],
    both`${["Until somebody changes it. A second action brings it back to two:", "誰かが変えるまでです。2 つ目のアクションで 2 に戻します:"]} ${SCHEDULED}`,
    'scalableTargetAction: { minCapacity: "2", maxCapacity: "6" },',
  ),
  "set-back": hint(
    [
      "At ten in the morning you deploy. Which minimum does Terraform want?",
      "朝 10 時にデプロイします。Terraform は最小値をいくつにしようとしますか。",
    ],
    both`${["The one in the stack, 2. The bounds are the schedule's now, as the desired count is the policies':", "スタックに書いた 2 です。desiredCount をポリシーが決めるのと同じく、最小値と最大値はスケジュールが決めます:"]} https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#ignore_changes`,
    'lifecycle: { ignoreChanges: ["min_capacity", "max_capacity"] },',
  ),
};

/** Scheduled actions raise the minimum for the day, and bring it back. */
export function hasSchedule(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "On working days there are at least 4 tasks, from half past eight to eight in the evening",
      "平日は 8 時半から 20 時までタスクが 4 つ以上ある",
    ]),
    faults: SCHEDULE,
    run: examine,
  });
}

function examine(context: SynthContext): CheckResult<keyof typeof SCHEDULE> {
  const actions = context.synth.all("aws_appautoscaling_scheduled_action");
  const { target } = scalingOf(context);
  const raising = actions.find((each) => minimumOf(each) === 4);
  const lowering = actions.find((each) => minimumOf(each) === 2);
  const own = [raising, lowering].filter((each) => each !== undefined);
  const zones = own.map(({ attributes }) => String(attributes["timezone"] ?? "UTC"));
  const said = actions.map(
    ({ attributes, address }) => `${address}: ${String(attributes["schedule"])}`,
  );
  return walk<keyof typeof SCHEDULE>(raising?.address ?? "aws_appautoscaling_scheduled_action", [
    {
      fault: "no-action",
      expected: [
        "an action at cron(30 8 ? * MON-FRI *) with min_capacity 4",
        "cron(30 8 ? * MON-FRI *) に min_capacity を 4 にするアクションがある",
      ],
      actual: said.length > 0 ? said.join(", ") : NONE,
      holds: raising !== undefined && isAt(raising, "30 8"),
    },
    {
      fault: "other-target",
      expected: [`of ${target?.address ?? "-"}`, `${target?.address ?? "-"} のアクション`],
      actual: own
        .map(({ attributes }) => `resource_id: ${String(attributes["resource_id"])}`)
        .join(", "),
      holds: target !== undefined && own.every((each) => isOf(context, each, target)),
    },
    {
      fault: "never-back",
      expected: [
        "an action at cron(0 20 ? * MON-FRI *) with min_capacity: 2",
        "cron(0 20 ? * MON-FRI *) に min_capacity を 2 に戻すアクションがある",
      ],
      actual: said.join(", ") || "-",
      holds: lowering !== undefined && isAt(lowering, "0 20"),
    },
    {
      fault: "zone",
      expected: `timezone ${ZONE}`,
      actual: `timezone ${zones.join(" ")}`,
      holds: zones.every((zone) => zone === ZONE),
    },
    setBackStep(target),
  ]);
}

/** Whether a deployment leaves alone what the schedule has set. */
function setBackStep(target: SynthResource | undefined): Step<keyof typeof SCHEDULE> {
  const ignored = target ? ignoredBy(target) : [];
  return {
    fault: "set-back",
    expected: "ignore_changes: min_capacity, max_capacity",
    actual: `ignore_changes: ${ignored.join(", ") || "-"}`,
    holds:
      target !== undefined && ignores(target, "min_capacity") && ignores(target, "max_capacity"),
  };
}

function minimumOf({ attributes }: SynthResource): number | undefined {
  const [action] = blocksOf(attributes, "scalable_target_action");
  return action?.["min_capacity"] === undefined ? undefined : Number(action["min_capacity"]);
}

/** Whether an action is due on working days at a minute and an hour. */
const isAt = ({ attributes }: SynthResource, time: string): boolean =>
  new RegExp(`^cron\\(${time} \\? \\* (?:MON-FRI|2-6) \\*\\)$`).test(
    String(attributes["schedule"]),
  );
