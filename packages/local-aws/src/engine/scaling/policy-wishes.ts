import type {
  StepAdjustment,
  StepScalingPolicyConfiguration,
} from "@aws-sdk/client-application-auto-scaling";
import type { Clock } from "../../clock/clock.ts";
import {
  keyOf,
  policiesByTarget,
  scalingPolicies,
  type ScalingPolicy,
} from "../../services/application-autoscaling/state.ts";
import { intervalOf } from "../../services/application-autoscaling/step-rules.ts";
import { directionOf, targetAlarm } from "../../services/application-autoscaling/target-alarms.ts";
import { alarmValues } from "../../services/cloudwatch/alarm-data.ts";
import type { Alarm } from "../../services/cloudwatch/state.ts";
import type { Scope, Store } from "../../store/store.ts";

/** What a policy would like to be done. */
export interface Wish {
  readonly direction: "out" | "in" | "none";
  readonly count: number;
}

interface Question {
  readonly store: Store;
  readonly clock: Clock;
  readonly scope: Scope;
  readonly alarm: Readonly<Alarm>;
  readonly policy: Readonly<ScalingPolicy>;
  /** How many tasks there are to be, and how many before what has just been added. */
  readonly current: { readonly now: number; readonly before: number };
}

/** What a policy wants that an alarm invokes; undefined where it wants nothing, or its metric has no values. */
export function wish(question: Question): Wish | undefined {
  return question.policy.step ? stepWish(question) : trackingWish(question);
}

function stepWish(question: Question): Wish | undefined {
  const { policy, alarm, current } = question;
  const values = valuesOf(question, alarm);
  if (alarm.type !== "metric" || values.length === 0) return undefined;
  const breach =
    AGGREGATES[policy.step!.MetricAggregationType ?? "Average"]!(values) - (alarm.threshold ?? 0);
  const count = steppedCapacity(policy.step!, current.now, breach);
  if (count === undefined) return undefined;
  if (count < current.now) return { direction: "in", count };
  const sooner = steppedCapacity(policy.step!, current.before, breach)!;
  return { direction: count > current.now ? "out" : "none", count: sooner };
}

const AGGREGATES: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Average: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  Minimum: (values) => Math.min(...values),
  Maximum: (values) => Math.max(...values),
};

function trackingWish(question: Question): Wish | undefined {
  const { policy, alarm, current } = question;
  const direction = directionOf(policy, alarm);
  const values = valuesOf(question, alarm);
  if (direction === undefined || alarm.state.value !== "ALARM" || values.length === 0)
    return undefined;
  const target = policy.tracking!.TargetValue!;
  if (direction === "High") {
    const count = trackedCapacity(current.before, values[0]!, target);
    return { direction: "out", count };
  }
  return wishToGoIn(question);
}

/**
 * A service goes in when all of its target tracking policies that may are ready to, by as little as one of them wants.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 */
function wishToGoIn(question: Question): Wish | undefined {
  const { scope, policy, current } = question;
  const counts: number[] = [];
  for (const each of scope.of(scalingPolicies).by(policiesByTarget, keyOf(policy))) {
    if (!each.tracking || each.tracking.DisableScaleIn) continue;
    const low = targetAlarm(scope, each, "Low");
    if (low?.state.value !== "ALARM") return undefined;
    const values = valuesOf(question, low);
    if (values.length === 0) return undefined;
    counts.push(loweredCapacity(current.now, Math.max(...values), each.tracking.TargetValue!));
  }
  return { direction: "in", count: Math.max(...counts) };
}

/** What an alarm's metric was in its evaluation periods, the newest first; periods without data are left out. */
function valuesOf({ store, clock, scope }: Question, alarm: Readonly<Alarm>): number[] {
  if (alarm.type !== "metric") return [];
  return alarmValues({ store, clock }, scope, alarm, alarm.evaluationPeriods).flatMap(({ value }) =>
    value === undefined ? [] : [value],
  );
}

/**
 * The capacity that a step scaling policy wants.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
 * @param breach by how much the metric is above the alarm's threshold, below 0 where it is under it
 * @returns undefined where no step is meant for it
 */
export function steppedCapacity(
  policy: StepScalingPolicyConfiguration,
  current: number,
  breach: number,
): number | undefined {
  const step = policy.StepAdjustments?.find((each) => covers(each, breach));
  if (!step) return undefined;
  const adjustment = step.ScalingAdjustment ?? 0;
  if (policy.AdjustmentType === "ExactCapacity") return adjustment;
  const change =
    policy.AdjustmentType === "PercentChangeInCapacity"
      ? percentage((current * adjustment) / 100, policy.MinAdjustmentMagnitude ?? 0)
      : adjustment;
  return Math.max(0, current + change);
}

/** Above the threshold an interval has its lower bound and not its upper one; below it the other way round. */
function covers(step: StepAdjustment, breach: number): boolean {
  const [from, to] = intervalOf(step);
  return to > 0 ? breach >= from && breach < to : breach > from && breach <= to;
}

/** Towards nothing where it is more than one, away from it where it is less. */
function percentage(change: number, least: number): number {
  if (change === 0) return 0;
  const whole = Math.max(1, Math.floor(Math.abs(change)), least);
  return Math.sign(change) * whole;
}

/** The capacity at which a metric that is shared out among so many would be what is wanted of it. Nothing counts as one. */
export function trackedCapacity(current: number, value: number, target: number): number {
  return Math.ceil((Math.max(current, 1) * value) / target);
}

/** How much of a service goes at once: a tenth, and one task at least. */
const IN_SHARE = 0.1;

/**
 * The capacity that target tracking leaves when a metric is low. It goes in more gradually than out; AWS does not say by how much.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
 */
export function loweredCapacity(current: number, value: number, target: number): number {
  const most = Math.max(1, Math.floor(current * IN_SHARE));
  return Math.max(trackedCapacity(current, value, target), current - most, 0);
}
