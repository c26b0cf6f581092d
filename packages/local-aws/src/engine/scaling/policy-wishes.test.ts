import type { AdjustmentType, StepAdjustment } from "@aws-sdk/client-application-auto-scaling";
import { expect, test } from "vitest";
import { loweredCapacity, steppedCapacity, trackedCapacity } from "./policy-wishes.ts";

const step = (from: number | undefined, to: number | undefined, by: number): StepAdjustment => ({
  MetricIntervalLowerBound: from,
  MetricIntervalUpperBound: to,
  ScalingAdjustment: by,
});
/** The example of AWS's guide: an alarm at 50 of which 60 and 70 are higher steps, and 40 and 30 lower ones. */
const STEPS = [
  step(0, 10, 0),
  step(10, 20, 10),
  step(20, undefined, 30),
  step(-10, 0, 0),
  step(-20, -10, -10),
  step(undefined, -20, -30),
];

test.each<[AdjustmentType, current: number, metric: number, wanted: number]>([
  ["PercentChangeInCapacity", 10, 60, 11],
  ["PercentChangeInCapacity", 10, 69, 11],
  ["PercentChangeInCapacity", 10, 70, 13],
  ["PercentChangeInCapacity", 11, 70, 14],
  ["PercentChangeInCapacity", 10, 59, 10],
  ["PercentChangeInCapacity", 10, 40, 9],
  ["PercentChangeInCapacity", 10, 30, 7],
  ["PercentChangeInCapacity", 9, 30, 7],
  ["PercentChangeInCapacity", 2, 60, 3],
  ["PercentChangeInCapacity", 2, 40, 1],
  ["ChangeInCapacity", 5, 65, 15],
  ["ChangeInCapacity", 5, 35, 0],
])("%s: of %i at %i come %i", (AdjustmentType, current, metric, wanted) => {
  const policy = { AdjustmentType, StepAdjustments: STEPS };
  expect(steppedCapacity(policy, current, metric - 50)).toBe(wanted);
});

test("a percentage is no less than the policy's magnitude, an exact capacity is what it says", () => {
  const percent = { StepAdjustments: [step(0, undefined, 10)], MinAdjustmentMagnitude: 3 };
  expect(steppedCapacity({ AdjustmentType: "PercentChangeInCapacity", ...percent }, 4, 1)).toBe(7);
  expect(steppedCapacity({ AdjustmentType: "ExactCapacity", ...percent }, 4, 1)).toBe(10);
  expect(steppedCapacity({ AdjustmentType: "ExactCapacity", ...percent }, 4, -1)).toBeUndefined();
});

test.each([
  [2, 90, 60, 3],
  [2, 61, 60, 3],
  [4, 120, 60, 8],
  [0, 30, 10, 3],
])("tracking: %i tasks at %i, where %i is wanted, become %i", (current, value, target, wanted) => {
  expect(trackedCapacity(current, value, target)).toBe(wanted);
});

test.each([
  [4, 10, 60, 3],
  [40, 10, 60, 36],
  [2, 50, 60, 2],
  [1, 0, 60, 0],
])("in: %i tasks at %i, where %i is wanted, become %i", (current, value, target, wanted) => {
  expect(loweredCapacity(current, value, target)).toBe(wanted);
});
