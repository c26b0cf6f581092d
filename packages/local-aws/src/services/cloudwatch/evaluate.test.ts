import { expect, test } from "vitest";
import { evaluate, type Datapoint } from "./evaluate.ts";

/** As AWS's page writes it: the oldest first, `X` breaches, `0` does not, `-` is missing. */
const rangeOf = (text: string): Datapoint[] =>
  text
    .split(" ")
    .toReversed()
    .map((sign, index) => ({
      at: Date.UTC(2026, 0, 1) - index * 60_000,
      value: sign === "-" ? undefined : sign === "X" ? 99 : 1,
    }));

const stateOf = (text: string, datapointsToAlarm: number, treatMissingData: string) =>
  evaluate(
    {
      evaluationPeriods: 3,
      datapointsToAlarm,
      threshold: 90,
      comparison: "GreaterThanThreshold",
      treatMissingData,
    },
    rangeOf(text),
  )?.value ?? "RETAIN";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html */
test.each([
  ["0 - X - X", 3, "OK", "OK", "OK", "OK"],
  ["- - - - 0", 3, "OK", "OK", "OK", "OK"],
  ["- - - - -", 3, "INSUFFICIENT_DATA", "RETAIN", "ALARM", "OK"],
  ["0 X X - X", 3, "ALARM", "ALARM", "ALARM", "ALARM"],
  ["- - X - -", 3, "ALARM", "RETAIN", "ALARM", "OK"],
  ["0 - X - X", 2, "ALARM", "ALARM", "ALARM", "ALARM"],
  ["0 0 X 0 X", 2, "ALARM", "ALARM", "ALARM", "ALARM"],
  ["0 - X - -", 2, "OK", "OK", "ALARM", "OK"],
  ["- - - - 0", 2, "OK", "OK", "ALARM", "OK"],
  ["- - - X -", 2, "ALARM", "RETAIN", "ALARM", "OK"],
] as const)(
  "the row %s of AWS's table, %i of 3: %s where missing, %s where ignored, %s where breaching, %s where not",
  (text, needed, ...states) => {
    const treated = ["missing", "ignore", "breaching", "notBreaching"];
    expect(treated.map((how) => stateOf(text, needed, how))).toEqual(states);
  },
);

test("an alarm says why in AWS's words", () => {
  const rule = {
    evaluationPeriods: 1,
    threshold: 90,
    comparison: "GreaterThanOrEqualToThreshold",
  } as const;
  expect(evaluate(rule, rangeOf("- - X"))?.reason).toBe(
    "Threshold Crossed: 1 out of the last 1 datapoints [99.0 (01/01/26 00:00:00)] was greater than or equal to the threshold (90.0) (minimum 1 datapoint for OK -> ALARM transition).",
  );
  expect(evaluate(rule, rangeOf("- - 0"))?.reason).toContain("was not greater than or equal to");
  expect(evaluate(rule, rangeOf("- - -"))?.reason).toBe(
    "Insufficient Data: 1 datapoint was unknown.",
  );
  expect(evaluate({ ...rule, treatMissingData: "breaching" }, rangeOf("- - -"))?.reason).toBe(
    "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].",
  );
});
