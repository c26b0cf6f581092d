import { expect, test } from "vitest";
import { accepts } from "./health-verdicts.ts";

test("a matcher takes single codes, lists of them and ranges, and nothing where nobody answered", () => {
  expect([200, 204].map((code) => accepts("200", code))).toEqual([true, false]);
  expect([200, 201, 202].map((code) => accepts("200,202", code))).toEqual([true, false, true]);
  expect([199, 200, 299, 301].map((code) => accepts("200-299,301", code))).toEqual([
    false,
    true,
    true,
    true,
  ]);
  expect(accepts("200-299", Number.NaN)).toBe(false);
  expect(accepts(undefined, 200)).toBe(false);
});
