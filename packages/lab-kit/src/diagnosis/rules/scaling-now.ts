import type { ScalingActivity } from "@aws-sdk/client-application-auto-scaling";
import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { Words } from "@workbook/toolchain";

import type { Evidence } from "../finding.ts";
import type { FindingId } from "../kinds.ts";
import type { ServiceScaling } from "../read/read-scaling.ts";
import type { Subject } from "../subject.ts";

export const TARGETS = "application-autoscaling describe-scalable-targets";
export const POLICIES = "application-autoscaling describe-scaling-policies";
export const ALARMS = "cloudwatch describe-alarms";
const ACTIVITIES = "application-autoscaling describe-scaling-activities";

/** One thing that keeps a service from scaling; whose it is goes without saying. */
export interface ScalingCause {
  readonly id: FindingId;
  readonly cause: Words;
  readonly evidence: readonly Evidence[];
}

/** An alarm and its state. */
export const inWords = ({ AlarmName, StateValue }: MetricAlarm): string =>
  `${AlarmName} ${StateValue}`;

/** What policies cool down for unless they say otherwise, in seconds. */
const COOL_DOWN_S = 300;
/** Metrics come a minute late, and alarms look at them once a minute. */
const LATE_PERIODS = 3;

/** What keeps a service that is well configured from scaling just now. */
export function whatHappened(
  state: ServiceScaling,
  subject: Subject,
  pace: number,
): readonly ScalingCause[] {
  const causes = [
    ...withoutData(state, subject, pace),
    ...failedSchedule(subject.name, state),
    ...setBack(subject, state),
  ];
  return causes.length > 0 ? causes : heldBack(subject, state, pace);
}

/** An alarm that has been there for long enough, and has nothing to look at. */
function withoutData({ alarms }: ServiceScaling, subject: Subject, pace: number): ScalingCause[] {
  return alarms
    .filter(({ StateValue }) => StateValue === "INSUFFICIENT_DATA")
    .filter((alarm) => (Date.now() - sinceOf(alarm, subject)) * pace > waitOf(alarm))
    .slice(0, 1)
    .map((alarm) => ({
      id: "scaling-no-data" as const,
      cause: [
        `The alarm ${alarm.AlarmName} has nothing to look at: no ${alarm.MetricName ?? "values"} come for ${dimensionsOf(alarm)}.`,
        `アラーム ${alarm.AlarmName} に値が届いていません。${dimensionsOf(alarm)} の ${alarm.MetricName ?? "値"} がありません。`,
      ],
      evidence: [{ call: ALARMS, value: `${inWords(alarm)}: ${alarm.StateReason}` }],
    }));
}

/** From when on there could be values: those of AWS's own metrics begin with the tasks. In milliseconds since 1970. */
function sinceOf(alarm: MetricAlarm, { running, isSteady }: Subject): number {
  const { AlarmConfigurationUpdatedTimestamp: made, Namespace = "" } = alarm;
  const begun = made?.getTime() ?? Date.now();
  if (!Namespace.startsWith("AWS/")) return begun;
  if (!isSteady || running.length === 0) return Date.now();
  return Math.max(begun, ...running.map(({ startedAt }) => startedAt?.getTime() ?? Date.now()));
}

const waitOf = ({ EvaluationPeriods = 1, Period = 60 }: MetricAlarm): number =>
  (EvaluationPeriods + LATE_PERIODS) * Period * 1000;

const dimensionsOf = ({ Dimensions = [] }: MetricAlarm): string =>
  Dimensions.map(({ Name, Value }) => `${Name} ${Value}`).join(", ") || "-";

function failedSchedule(name: string, { activities }: ServiceScaling): ScalingCause[] {
  const newest = activities.find(({ Cause = "" }) => Cause.includes("scheduled action"));
  if (newest?.StatusCode !== "Failed") return [];
  return [
    {
      id: "scaling-schedule-failed",
      cause: [
        `A scheduled action could not change the bounds of ${name}: ${newest.StatusMessage}`,
        `スケジュールされたアクションが ${name} の範囲を変更できませんでした: ${newest.StatusMessage}`,
      ],
      evidence: [{ call: ACTIVITIES, value: `${newest.Description} ${newest.Cause}` }],
    },
  ];
}

/** The number that scaling has set last; undefined where it has set none, or is about to. */
function lastCount(activities: readonly ScalingActivity[]): number | undefined {
  const last = activities.find(({ Description = "" }) =>
    Description.startsWith("Setting desired count to"),
  );
  const isOver = last?.StatusCode !== "Pending" && last?.StatusCode !== "InProgress";
  const count = /^Setting desired count to (\d+)/.exec(last?.Description ?? "")?.[1];
  return count === undefined || !isOver ? undefined : Number(count);
}

/** Somebody has set the desired count since scaling did. */
function setBack(
  { name, service }: Subject,
  { activities, target }: ServiceScaling,
): ScalingCause[] {
  const count = lastCount(activities);
  const { desiredCount = 0 } = service;
  if (count === undefined || count === desiredCount) return [];
  const last = activities.find(({ Description = "" }) => Description.includes(String(count)));
  return [
    {
      id: "scaling-set-back",
      cause: [
        `Scaling had set ${name} to ${count} tasks, and something else has set it to ${desiredCount} since: a deploy of a stack that does not ignore desired_count, or a person.`,
        `スケーリングが ${name} のタスクを ${count} 個にした後、別の何かが ${desiredCount} 個にしました。desired_count を無視しないスタックのデプロイか、人の操作です。`,
      ],
      evidence: [
        { call: ACTIVITIES, value: `${last?.Description} ${last?.StatusCode}` },
        { call: "ecs describe-services", value: `desiredCount ${desiredCount}` },
        {
          call: TARGETS,
          value: `MinCapacity ${target.MinCapacity}, MaxCapacity ${target.MaxCapacity}`,
        },
      ],
    },
  ];
}

/** More tasks are wanted, and none come: there are as many as there may be, or the last ones are waited for. */
function heldBack({ name, service }: Subject, state: ServiceScaling, pace: number): ScalingCause[] {
  const { alarms, target } = state;
  const alarm = alarms.find(
    ({ StateValue, ComparisonOperator = "" }) =>
      StateValue === "ALARM" && ComparisonOperator.startsWith("Greater"),
  );
  if (alarm === undefined) return [];
  const { desiredCount = 0 } = service;
  const { MaxCapacity = Infinity } = target;
  const seen = { call: ALARMS, value: `${inWords(alarm)}: ${alarm.StateReason}` };
  if (desiredCount >= MaxCapacity)
    return [
      {
        id: "scaling-at-maximum",
        cause: [
          `${name} has ${desiredCount} tasks, and more are wanted: ${MaxCapacity} is its maximum.`,
          `${name} のタスクは ${desiredCount} 個で、さらに必要ですが、最大値が ${MaxCapacity} です。`,
        ],
        evidence: [
          seen,
          { call: TARGETS, value: `MaxCapacity ${MaxCapacity}` },
          { call: "ecs describe-services", value: `desiredCount ${desiredCount}` },
        ],
      },
    ];
  return coolingDown(name, state, pace).map((cause) => ({
    ...cause,
    evidence: [seen, ...cause.evidence],
  }));
}

function coolingDown(
  name: string,
  { activities, policies }: ServiceScaling,
  pace: number,
): ScalingCause[] {
  const last = activities.find(({ Description = "" }) =>
    Description.startsWith("Setting desired count to"),
  );
  const policy = policies.find(({ PolicyName }) => last?.Cause?.endsWith(`policy ${PolicyName}`));
  if (!last?.StartTime || !policy) return [];
  const seconds =
    policy.TargetTrackingScalingPolicyConfiguration?.ScaleOutCooldown ??
    policy.StepScalingPolicyConfiguration?.Cooldown ??
    COOL_DOWN_S;
  const passed = ((Date.now() - last.StartTime.getTime()) / 1000) * pace;
  if (passed >= seconds) return [];
  return [
    {
      id: "scaling-cool-down",
      cause: [
        `${name} was scaled ${Math.round(passed)} seconds ago by ${policy.PolicyName}, which waits ${seconds} before it adds more.`,
        `${name} は ${Math.round(passed)} 秒前に ${policy.PolicyName} でスケールしました。次に増やすまで ${seconds} 秒待ちます。`,
      ],
      evidence: [
        { call: ACTIVITIES, value: `${last.Description} ${last.Cause}` },
        { call: POLICIES, value: `ScaleOutCooldown ${seconds}` },
      ],
    },
  ];
}
