import { type CheckReportEntry, hint } from "@workbook/lab-kit";
import { text } from "@workbook/toolchain";
import { expect, test } from "vitest";
import { formatFailures } from "./check-output.ts";

function entry(id: string, status: CheckReportEntry["status"]): CheckReportEntry {
  const failed = status === "failed";
  return {
    id,
    tier: "synth",
    title: text(id),
    status,
    expected: text([`${id} as written`, `書いたとおりの ${id}`]),
    actual: text([`${id} as it is`, `いまの ${id}`]),
    hint: failed
      ? { fault: "missing", ...hint([`Where is ${id}?`, `${id} はどこですか。`], "", "") }
      : null,
    seconds: 0,
  };
}

test("each check that failed says what it expected and saw, and asks its question", () => {
  const checks = [entry("vpc", "passed"), entry("subnets", "failed"), entry("routes", "failed")];
  const report = { version: 2, lab: "02-network", target: "local", passed: false, checks } as const;
  expect(formatFailures(report, "en")).toBe(`
  Check     subnets
  Expected  subnets as written
  Seen      subnets as it is
  Hint      Where is subnets?

  Check     routes
  Expected  routes as written
  Seen      routes as it is
  Hint      Where is routes?`);
});
