import { beforeEach, expect, test } from "vitest";
import { Calendar, MOST_AT_ONCE } from "./calendar.ts";
import { ManualClock } from "./manual-clock.ts";

const NOW = Date.parse("2026-11-30T09:00:00Z");
const HOUR_MS = 3_600_000;

let clock: ManualClock;
let calendar: Calendar;
let seen: string[];
beforeEach(() => {
  clock = new ManualClock(NOW);
  calendar = new Calendar(clock);
  seen = [];
});

const note = (name: string, after: number) =>
  calendar.at(NOW + after, () => seen.push(`${name} ${(calendar.now() - NOW) / HOUR_MS}`));

test("is the clock's time while nobody puts it forward", async () => {
  note("one", HOUR_MS);
  await clock.advance(HOUR_MS - 1);
  expect(seen).toEqual([]);
  await clock.advance(1);
  expect(seen).toEqual(["one 1"]);
  expect(calendar.now()).toBe(clock.now());
});

test("what lies on the way becomes due in its order, each at its own instant", () => {
  note("three", 3 * HOUR_MS);
  note("one", HOUR_MS);
  note("night", 18 * HOUR_MS);
  expect(calendar.next()).toBe(NOW + HOUR_MS);
  expect(calendar.forward(NOW + 4 * HOUR_MS)).toEqual({ now: NOW + 4 * HOUR_MS, due: 2 });
  expect(seen).toEqual(["one 1", "three 3"]);
  expect(clock.now()).toBe(NOW);
});

test("what is noted on the way becomes due on the way as well", () => {
  const hourly = (hour: number) => {
    calendar.at(NOW + hour * HOUR_MS, () => {
      seen.push(`${hour}`);
      hourly(hour + 1);
    });
  };
  hourly(1);
  calendar.forward(NOW + 3.5 * HOUR_MS);
  expect(seen).toEqual(["1", "2", "3"]);
});

test("goes on with the clock from there", async () => {
  note("later", 5 * HOUR_MS);
  calendar.forward(NOW + 4 * HOUR_MS);
  await clock.advance(HOUR_MS - 1);
  expect(seen).toEqual([]);
  await clock.advance(1);
  expect(seen).toEqual(["later 5"]);
});

test("never goes back", () => {
  calendar.forward(NOW + HOUR_MS);
  expect(calendar.forward(NOW).now).toBe(NOW + HOUR_MS);
});

test("stops where too much would become due at once", () => {
  const always = (minute: number) => {
    calendar.at(NOW + minute * 60_000, () => always(minute + 1));
  };
  always(1);
  const { now, due } = calendar.forward(NOW + 48 * HOUR_MS);
  expect(due).toBe(MOST_AT_ONCE);
  expect(now).toBe(NOW + MOST_AT_ONCE * 60_000);
});

test("what was called off does not become due", () => {
  note("one", HOUR_MS).cancel();
  calendar.forward(NOW + 2 * HOUR_MS);
  expect(seen).toEqual([]);
  expect(calendar.next()).toBeUndefined();
});
