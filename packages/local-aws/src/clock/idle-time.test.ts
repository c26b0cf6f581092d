import { expect, test } from "vitest";
import type { Clock } from "./clock.ts";
import { idleFor } from "./clock.ts";
import { ManualClock } from "./manual-clock.ts";
import { SystemClock } from "./system-clock.ts";

/** At which second of `clock` each of what it was made to wait for is over. */
function record(clock: Clock): { readonly at: number[]; note: () => void } {
  const at: number[] = [];
  return { at, note: () => at.push(clock.now() / 1000) };
}

test("idle waiting passes as many times faster as the clock is told, and deadlines do not", async () => {
  const clock = new ManualClock(0);
  clock.pace(10);
  const { at, note } = record(clock);
  clock.idle(60_000, note);
  clock.deadline(7_000, note);
  await clock.advance(60_000);
  expect(at).toEqual([6, 7]);
});

test("a timer that waits keeps what has passed of it, at the pace at which it passed", async () => {
  const clock = new ManualClock(0);
  const { at, note } = record(clock);
  clock.idle(100_000, note);
  await clock.advance(40_000);
  clock.pace(60);
  await clock.advance(500);
  clock.pace(1);
  // 40 s at AWS's pace and half a second at 60 times that: 30 of 100 s are left.
  await clock.advance(29_999);
  expect(at).toEqual([]);
  await clock.advance(1);
  expect(at).toEqual([70.5]);
});

test("a deadline that is under way stays where it is when the pace changes", async () => {
  const clock = new ManualClock(0);
  const { at, note } = record(clock);
  clock.deadline(20_000, note);
  await clock.advance(5_000);
  clock.pace(60);
  await clock.advance(15_000);
  expect(at).toEqual([20]);
});

test("timers keep their order, one that was called off stays off, and none fires twice", async () => {
  const clock = new ManualClock(0);
  const fired: string[] = [];
  clock.idle(10_000, () => fired.push("first"));
  const off = clock.idle(10_000, () => fired.push("off"));
  clock.idle(10_000, () => fired.push("second"));
  clock.pace(2);
  off.cancel();
  clock.pace(4);
  await clock.advance(10_000);
  clock.pace(8);
  await clock.advance(10_000);
  expect(fired).toEqual(["first", "second"]);
});

test("a timer that sets another when it fires gives it the pace of that moment", async () => {
  const clock = new ManualClock(0);
  const { at, note } = record(clock);
  const again = () => {
    note();
    clock.idle(10_000, again);
  };
  clock.idle(10_000, again);
  await clock.advance(10_000);
  clock.pace(10);
  await clock.advance(2_500);
  expect(at).toEqual([10, 11, 12]);
});

test("idle time since a moment is what has passed of it at each pace", async () => {
  const clock = new ManualClock(0);
  await clock.advance(10_000);
  clock.pace(60);
  await clock.advance(1_000);
  clock.pace(2);
  await clock.advance(1_000);
  expect(clock.idleSince(12_000)).toBe(0);
  expect(clock.idleSince(11_500)).toBe(1_000);
  expect(clock.idleSince(10_500)).toBe(30_000 + 2_000);
  expect(clock.idleSince(0)).toBe(10_000 + 60_000 + 2_000);
});

test("who watches the pace is told of each change, and of nothing that is none", () => {
  const clock = new ManualClock(0);
  const paces: number[] = [];
  const stop = clock.onPace(() => paces.push(clock.acceleration));
  clock.pace(1);
  clock.pace(60);
  clock.pace(10);
  stop();
  clock.pace(1);
  expect(paces).toEqual([60, 10]);
});

test("a pace is a number from 1 to 1000", () => {
  const clock = new ManualClock(0);
  for (const wrong of [0, 0.5, -1, 1001, Number.NaN, Infinity])
    expect(() => clock.pace(wrong)).toThrow(RangeError);
  expect(() => new SystemClock(0)).toThrow(RangeError);
  expect(clock.acceleration).toBe(1);
});

test("the machine's clock ends a wait that is under way sooner when it is told to hurry", async () => {
  const clock = new SystemClock();
  const begun = clock.now();
  const waited = idleFor(clock, 600_000);
  clock.pace(1000);
  await waited;
  // Ten minutes, of which 0.6 s were left: a test that waits them out is ended long before.
  expect(clock.idleSince(begun)).toBeGreaterThanOrEqual(590_000);
});
