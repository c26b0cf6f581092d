import { expect, test } from "vitest";
import { nextTime, parseSchedule } from "./schedule-expressions.ts";
import { isTimeZone } from "./zoned-time.ts";

/** The first times of an expression after an instant, as ISO 8601 in UTC without seconds. */
function times(expression: string, after: string, { zone = "UTC", count = 3, from = after } = {}) {
  const schedule = parseSchedule(expression)!;
  const found: string[] = [];
  let at: number | undefined = Date.parse(after);
  while (found.length < count) {
    at = nextTime(schedule, { after: at, zone, from: Date.parse(from) });
    if (at === undefined) break;
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

// 2026-01-01 was a Thursday.
test.each<[string, string, string[]]>([
  ["cron(0 10 * * ? *)", "2026-01-01T10:00:00Z", ["01-02T10:00", "01-03T10:00", "01-04T10:00"]],
  ["cron(15 12 * * ? *)", "2026-01-01T00:00:00Z", ["01-01T12:15", "01-02T12:15", "01-03T12:15"]],
  [
    "cron(0 18 ? * MON-FRI *)",
    "2026-01-01T19:00:00Z",
    ["01-02T18:00", "01-05T18:00", "01-06T18:00"],
  ],
  ["cron(0 8 1 * ? *)", "2026-01-01T08:00:00Z", ["02-01T08:00", "03-01T08:00", "04-01T08:00"]],
  ["cron(0/15 * * * ? *)", "2026-01-01T00:10:30Z", ["01-01T00:15", "01-01T00:30", "01-01T00:45"]],
  [
    "cron(0/5 8-17 ? * MON-FRI *)",
    "2026-01-02T17:50:00Z",
    ["01-02T17:55", "01-05T08:00", "01-05T08:05"],
  ],
  [
    "cron(*/20 22-1 * * ? *)",
    "2026-01-01T01:30:00Z",
    ["01-01T01:40", "01-01T22:00", "01-01T22:20"],
  ],
  ["cron(0 9 ? * 2#1 *)", "2026-01-01T00:00:00Z", ["01-05T09:00", "02-02T09:00", "03-02T09:00"]],
  ["cron(0 9 ? * mon#5 *)", "2026-01-01T00:00:00Z", ["03-30T09:00", "06-29T09:00", "08-31T09:00"]],
  ["cron(0 9 ? * 6L *)", "2026-01-01T00:00:00Z", ["01-30T09:00", "02-27T09:00", "03-27T09:00"]],
  ["cron(0 9 ? * L *)", "2026-01-01T00:00:00Z", ["01-03T09:00", "01-10T09:00", "01-17T09:00"]],
  [
    "cron(0 9 ? * FRI-MON *)",
    "2026-01-01T00:00:00Z",
    ["01-02T09:00", "01-03T09:00", "01-04T09:00"],
  ],
  ["cron(0 9 L * ? *)", "2026-01-01T00:00:00Z", ["01-31T09:00", "02-28T09:00", "03-31T09:00"]],
  ["cron(0 9 LW * ? *)", "2026-01-01T00:00:00Z", ["01-30T09:00", "02-27T09:00", "03-31T09:00"]],
  ["cron(0 9 1W * ? *)", "2026-01-31T00:00:00Z", ["02-02T09:00", "03-02T09:00", "04-01T09:00"]],
  ["cron(0 9 31W * ? *)", "2026-01-01T00:00:00Z", ["01-30T09:00", "03-31T09:00", "05-29T09:00"]],
  ["cron(0 9 31 * ? *)", "2026-01-31T10:00:00Z", ["03-31T09:00", "05-31T09:00", "07-31T09:00"]],
  [
    "cron(0 9 1,15 JAN,JUL ? *)",
    "2026-01-02T00:00:00Z",
    ["01-15T09:00", "07-01T09:00", "07-15T09:00"],
  ],
  ["rate(1 minute)", "2026-01-01T00:00:00Z", ["01-01T00:01", "01-01T00:02", "01-01T00:03"]],
  ["rate(12 hours)", "2026-01-01T00:00:00Z", ["01-01T12:00", "01-02T00:00", "01-02T12:00"]],
  ["rate(2 days)", "2026-01-01T00:00:00Z", ["01-03T00:00", "01-05T00:00", "01-07T00:00"]],
])("%s after %s", (expression, after, expected) => {
  expect(times(expression, after)).toEqual(expected.map((each) => `2026-${each}`));
});

test("a rate counts from its start, which is its first time", () => {
  const from = "2026-01-01T00:02:00Z";
  expect(times("rate(5 minutes)", "2026-01-01T00:00:00Z", { from })).toEqual([
    "2026-01-01T00:02",
    "2026-01-01T00:07",
    "2026-01-01T00:12",
  ]);
});

test("an expression without a time to come has none", () => {
  expect(times("cron(0 0 30 2 ? *)", "2026-01-01T00:00:00Z")).toEqual([]);
  expect(times("cron(0 0 1 1 ? 2027)", "2026-01-01T00:00:00Z")).toEqual(["2027-01-01T00:00"]);
  expect(times("cron(0 0 29 2 ? *)", "2026-01-01T00:00:00Z", { count: 1 })).toEqual([
    "2028-02-29T00:00",
  ]);
  expect(times("at(2026-01-01T00:00:00)", "2026-01-01T00:00:00Z")).toEqual([]);
});

test("a time zone's clocks decide, in which a summer's day is earlier", () => {
  const zone = "America/New_York";
  expect(times("cron(0 9 * * ? *)", "2026-03-06T20:00:00Z", { zone })).toEqual([
    "2026-03-07T14:00",
    "2026-03-08T13:00",
    "2026-03-09T13:00",
  ]);
  expect(times("at(2026-07-01T09:30:00)", "2026-01-01T00:00:00Z", { zone: "Asia/Tokyo" })).toEqual([
    "2026-07-01T00:30",
  ]);
});

test("what falls into the hour that clocks skip does not happen, into the one that they repeat once", () => {
  const zone = "America/New_York";
  expect(times("cron(30 2 * * ? *)", "2026-03-07T00:00:00Z", { zone })).toEqual([
    "2026-03-07T07:30",
    "2026-03-09T06:30",
    "2026-03-10T06:30",
  ]);
  expect(times("at(2026-03-08T02:30:00)", "2026-01-01T00:00:00Z", { zone })).toEqual([]);
  expect(times("cron(30 1 * * ? *)", "2026-10-31T12:00:00Z", { zone, count: 2 })).toEqual([
    "2026-11-01T05:30",
    "2026-11-02T06:30",
  ]);
});

test.each(
  `cron(0 10 * * * *) | cron(0 10 ? * ? *) | cron(0 10 * * ?) | cron(60 * * * ? *) | cron(* 24 * * ? *) | cron(0 0 0 * ? *)
  cron(0 0 32 * ? *) | cron(0 0 1 13 ? *) | cron(0 0 ? * 0 *) | cron(0 0 ? * 8 *) | cron(0 0 ? * MON/2 *) | cron(0 0 ? * 2#6 *)
  cron(0 0 ? * 2#1,3#1 *) | cron(0/0 * * * ? *) | cron(0/ * * * ? *) | cron(-5 * * * ? *) | cron(1- * * * ? *) | cron(1,, * * * ? *)
  cron(0 0 1 * ? 1969) | cron(0 0 1 * ? 2200) | cron(0 0 1 * ? 2030-2027) | cron(x * * * ? *) | cron() | cron(0 10 * * ? *
  rate(0 minutes) | rate(1 minutes) | rate(2 minute) | rate(-1 minutes) | rate(1.5 hours) | rate(5 seconds) | rate(minute) | rate(5minutes)
  at(2026-02-30T00:00:00) | at(2026-01-01) | at(2026-01-01T25:00:00) | at(tomorrow) | every day | rate (5 minutes) | `
    .split(/\s*[|\n]\s*/)
    .map((each) => [each]),
)("%j is no schedule", (expression) => {
  expect(parseSchedule(expression)).toBeUndefined();
});

test.each(["rate(1 hours)", "rate(1 hour)"])("EventBridge Scheduler takes %s", (expression) => {
  expect(parseSchedule(expression, { anyPlural: true })).toEqual({
    kind: "rate",
    everyMs: 3_600_000,
  });
});

test("time zones are those that have a name", () => {
  for (const zone of ["UTC", "Asia/Tokyo", "Etc/GMT+9", "Pacific/Tahiti"])
    expect(isTimeZone(zone)).toBe(true);
  for (const zone of ["Tokyo", "+09:00", "", "Asia/Nowhere"]) expect(isTimeZone(zone)).toBe(false);
});
