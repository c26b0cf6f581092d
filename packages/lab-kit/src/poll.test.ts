import { expect, test } from "vitest";

import type { PollClock } from "./poll.ts";
import { pollUntil } from "./poll.ts";

/** Time that goes by only when somebody waits. */
function steppedClock(): PollClock & { readonly waits: number[] } {
  let time = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => time,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      time += milliseconds;
    },
  };
}

test("does not wait when the first look is right", async () => {
  const clock = steppedClock();
  const outcome = await pollUntil(
    async () => 7,
    (look) => look === 7,
    { deadlineMs: 1_000, clock },
  );
  expect(outcome).toEqual({ met: true, last: 7 });
  expect(clock.waits).toEqual([]);
});

test("looks again until the condition holds", async () => {
  const clock = steppedClock();
  let looks = 0;
  const outcome = await pollUntil(
    async () => ++looks,
    (look) => look === 3,
    { deadlineMs: 1_000, clock },
  );
  expect(outcome).toEqual({ met: true, last: 3 });
  expect(clock.waits).toHaveLength(2);
});

test("tells the last look when the deadline has passed, and takes one at the deadline", async () => {
  const clock = steppedClock();
  const outcome = await pollUntil(
    async () => clock.now(),
    () => false,
    { deadlineMs: 1_000, clock },
  );
  expect(outcome).toEqual({ met: false, last: 1_000 });
});

test("looks less and less often, but at least every ten intervals", async () => {
  const clock = steppedClock();
  await pollUntil(
    async () => 0,
    () => false,
    { deadlineMs: 100_000, intervalMs: 50, clock },
  );
  expect(clock.waits[0]).toBe(50);
  expect(Math.max(...clock.waits)).toBe(500);
});

test("passes on what the look throws", async () => {
  const look = async () => {
    throw new Error("unreachable");
  };
  await expect(pollUntil(look, () => true, { deadlineMs: 1_000 })).rejects.toThrow("unreachable");
});
