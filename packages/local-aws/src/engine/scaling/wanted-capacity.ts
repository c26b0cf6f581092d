import type {
  StepAdjustment,
  StepScalingPolicyConfiguration,
} from "@aws-sdk/client-application-auto-scaling";
import { intervalOf } from "../../services/application-autoscaling/step-rules.ts";

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
