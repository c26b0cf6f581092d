import type {
  StepAdjustment,
  StepScalingPolicyConfiguration,
} from "@aws-sdk/client-application-auto-scaling";
import { validation } from "./faults.ts";
import { TEXTS } from "./texts.ts";

const MOST_STEPS = 20;

/**
 * Holds a step scaling policy to AWS's rules, and answers it.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html#as-scaling-steps
 * @throws AwsError `ValidationException`
 */
export function checkSteps({
  AdjustmentType,
  StepAdjustments: steps = [],
  MinAdjustmentMagnitude,
  Cooldown,
  MetricAggregationType,
}: StepScalingPolicyConfiguration): StepScalingPolicyConfiguration {
  if (AdjustmentType === undefined) throw validation(TEXTS.noAdjustmentType());
  if (steps.length === 0) throw validation(TEXTS.noSteps());
  if (steps.length > MOST_STEPS) throw validation(TEXTS.tooManySteps());
  if (MinAdjustmentMagnitude !== undefined && AdjustmentType !== "PercentChangeInCapacity")
    throw validation(TEXTS.magnitude());
  if (Cooldown !== undefined && Cooldown < 0) throw validation(TEXTS.cooldown());
  if (
    AdjustmentType === "ExactCapacity" &&
    steps.some(({ ScalingAdjustment = 0 }) => ScalingAdjustment < 0)
  )
    throw validation(TEXTS.stepNegative());
  checkIntervals(steps);
  return {
    AdjustmentType,
    StepAdjustments: steps,
    MinAdjustmentMagnitude,
    Cooldown,
    MetricAggregationType,
  };
}

function checkIntervals(steps: readonly StepAdjustment[]): void {
  const intervals = steps.map(intervalOf);
  if (intervals.some(([from, to]) => to <= from)) throw validation(TEXTS.stepBounds());
  if (intervals.filter(([from]) => from === -Infinity).length > 1)
    throw validation(TEXTS.stepOpenBelow());
  if (intervals.filter(([, to]) => to === Infinity).length > 1)
    throw validation(TEXTS.stepOpenAbove());
  const sorted = intervals.toSorted(([a], [b]) => a - b);
  for (const [index, [from]] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before && before[1] > from) throw validation(TEXTS.stepOverlap());
    if (before && before[1] < from) throw validation(TEXTS.stepGap());
  }
  // Below the threshold there is no end to how far a metric can go, nor above it.
  const lowest = sorted[0]![0];
  const highest = sorted.at(-1)![1];
  if ((lowest < 0 && lowest !== -Infinity) || (highest > 0 && highest !== Infinity))
    throw validation(TEXTS.stepClosed());
}

/** How far from the alarm's threshold a metric is for a step to be taken. */
export function intervalOf({
  MetricIntervalLowerBound = -Infinity,
  MetricIntervalUpperBound = Infinity,
}: StepAdjustment): [from: number, to: number] {
  return [MetricIntervalLowerBound, MetricIntervalUpperBound];
}
