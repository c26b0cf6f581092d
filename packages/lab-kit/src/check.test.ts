import { expect, test } from "vitest";

import type { AnyCheck, Tier } from "./check.ts";
import { CheckDefinitionError, defineCheck, defineChecks, passed } from "./check.ts";

function check(id: string, tier: Tier): AnyCheck {
  const title = { en: id, ja: id };
  return defineCheck<Tier, never>({
    id,
    tier,
    title,
    faults: {},
    run: () => passed("a", "a"),
  }) as AnyCheck;
}

test("keeps checks in their order", () => {
  const checks = [
    check("one", "synth"),
    check("two", "synth"),
    check("three", "plan"),
    check("four", "live"),
  ];
  const [first, ...given] = defineChecks(checks);
  expect(first!.id).toBe("stack-can-be-read");
  expect(given).toEqual(checks);
});

test("refuses two checks of one id", () => {
  expect(() => defineChecks([check("one", "synth"), check("one", "live")])).toThrow(
    'Two checks are called "one"',
  );
});

test("refuses a fast check after a slow one", () => {
  expect(() => defineChecks([check("slow", "live"), check("fast", "synth")])).toThrow(
    'Check "fast" of tier synth comes after one of tier live',
  );
});

test("refuses a lab without checks", () => {
  expect(() => defineChecks([])).toThrow(CheckDefinitionError);
});
