import type { CheckReportEntry } from "@workbook/lab-kit";
import { expect, test } from "vitest";
import { formatFailures } from "./check-output.ts";

function entry(id: string, status: CheckReportEntry["status"]): CheckReportEntry {
  const failed = status === "failed";
  return {
    id,
    tier: "synth",
    title: id,
    status,
    expected: `${id} as written`,
    actual: `${id} as it is`,
    hint: failed ? { fault: "missing", question: `Where is ${id}?`, pointer: "", line: "" } : null,
    seconds: 0,
  };
}

test("each check that failed says what it expected and saw, and asks its question", () => {
  const checks = [entry("vpc", "passed"), entry("subnets", "failed"), entry("routes", "failed")];
  const report = { version: 1, lab: "02-network", target: "local", passed: false, checks } as const;
  expect(formatFailures(report)).toBe(`
  Check     subnets
  Expected  subnets as written
  Seen      subnets as it is
  Hint      Where is subnets?

  Check     routes
  Expected  routes as written
  Seen      routes as it is
  Hint      Where is routes?`);
});
