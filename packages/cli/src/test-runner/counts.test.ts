import { expect, test } from "vitest";
import { addCounts, formatCounts, formatEnd, settleCounts } from "./counts.ts";

const none = { passed: 0, failed: 0, skipped: 0, failures: [] };

test("what failed is named right above the counts, in one line each", () => {
  const failures = ["a.test.ts > is right", "b.test.ts > is\n  left"];
  expect(formatEnd({ ...none, failed: 2, failures })).toBe(
    "✗ a.test.ts > is right\n✗ b.test.ts > is left\n0 passed, 2 failed",
  );
  expect(formatEnd({ ...none, passed: 3 })).toBe("3 passed, 0 failed");
});

test("the last line names skipped tests only where there are any", () => {
  expect(formatCounts({ ...none, passed: 12 })).toBe("12 passed, 0 failed");
  expect(formatCounts({ ...none, passed: 1, failed: 2, skipped: 3 })).toBe(
    "1 passed, 2 failed, 3 skipped",
  );
});

test("a runner that fails without a failed test counts as one failure", () => {
  const failures = ["apps/one > exit code 1"];
  expect(settleCounts(undefined, 1, "apps/one")).toEqual({ ...none, failed: 1, failures });
  expect(settleCounts({ ...none, passed: 5 }, 2, "apps/one").failed).toBe(1);
  expect(settleCounts({ ...none, failed: 3 }, 1, "apps/one")).toEqual({ ...none, failed: 3 });
  expect(settleCounts({ ...none, passed: 5 }, 0, "apps/one").failed).toBe(0);
});

test("suites are summed up", () => {
  const one = { passed: 1, failed: 2, skipped: 3, failures: ["a > b", "c > d"] };
  const failures = ["a > b", "c > d", "a > b", "c > d"];
  expect(addCounts([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6, failures });
});
