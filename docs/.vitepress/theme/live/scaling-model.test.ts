import { expect, test } from "vitest";

import { spanUntil, toBars, toSteps } from "./scaling-model.ts";

const MINUTE = 60_000;
const span = spanUntil(60 * MINUTE, 1);

test("a graph shows an hour of AWS's time, which is a minute on a clock that is 60 times faster", () => {
  expect(span).toEqual({ from: 0, to: 60 * MINUTE });
  expect(spanUntil(60 * MINUTE, 60)).toEqual({ from: 59 * MINUTE, to: 60 * MINUTE });
});

test("the number of tasks is drawn in steps, and what was before begins at the edge", () => {
  const running = [
    { at: -5 * MINUTE, count: 2 },
    { at: 15 * MINUTE, count: 4 },
  ];
  expect(toSteps({ running, max: 4 }, span)).toBe("M0 0.6H0.25V0.2H1");
  expect(toSteps({ running: [], max: 4 }, span)).toBe("");
});

test("an alarm's states follow each other without a gap, up to now", () => {
  const states = [
    { at: -MINUTE, state: "OK" },
    { at: 30 * MINUTE, state: "ALARM" },
  ];
  expect(toBars({ states }, span)).toEqual([
    { state: "OK", start: 0, length: 0.5 },
    { state: "ALARM", start: 0.5, length: 0.5 },
  ]);
});
