import { UserError } from "@workbook/toolchain";
import { expect, test } from "vitest";
import { inZone, readForward } from "./calendar.ts";

test.each([
  ["+30m", 1_800_000],
  ["+9h", 32_400_000],
  ["+2d", 172_800_000],
  ["next", "next"],
])("%s puts the calendar forward", (word, forward) => {
  expect(readForward(word)).toBe(forward);
});

test.each(["9h", "-1h", "+0h", "+1w", "+32d", "", "03:00"])("%j says no length of time", (word) => {
  expect(() => readForward(word)).toThrow(UserError);
});

test("an instant is told by the clocks of the time zone", () => {
  const at = Date.parse("2026-11-30T18:00:00Z");
  expect(inZone(at, "Asia/Tokyo")).toBe("2026-12-01 03:00:00");
  expect(inZone(at, "UTC")).toBe("2026-11-30 18:00:00");
});
