import { expect, test } from "vitest";
import { addCounts, formatCounts, settleCounts } from "./counts.ts";

test("the last line names skipped tests only where there are any", () => {
  expect(formatCounts({ passed: 12, failed: 0, skipped: 0 })).toBe("12 passed, 0 failed");
  expect(formatCounts({ passed: 1, failed: 2, skipped: 3 })).toBe("1 passed, 2 failed, 3 skipped");
});

test("a runner that fails without a failed test counts as one failure", () => {
  expect(settleCounts(undefined, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(settleCounts({ passed: 5, failed: 0, skipped: 0 }, 2).failed).toBe(1);
  expect(settleCounts({ passed: 5, failed: 3, skipped: 0 }, 1).failed).toBe(3);
  expect(settleCounts({ passed: 5, failed: 0, skipped: 0 }, 0).failed).toBe(0);
});

test("suites are summed up", () => {
  const one = { passed: 1, failed: 2, skipped: 3 };
  expect(addCounts([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6 });
});
