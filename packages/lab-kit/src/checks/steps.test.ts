import { expect, test } from "vitest";

import { failed, passed } from "../check.ts";
import { combined, walk } from "./steps.ts";

const HOLDS = { fault: "a", expected: "two", actual: "two tasks", holds: true };

test("passes with everything that it saw", () => {
  expect(walk("service", [HOLDS, { ...HOLDS, expected: "FARGATE", actual: "on FARGATE" }])).toEqual(
    passed("two; FARGATE", "service: two tasks; on FARGATE"),
  );
});

test("fails at the first step that does not hold", () => {
  expect(
    walk("service", [HOLDS, { fault: "b", expected: "2", actual: "1", holds: false }]),
  ).toEqual(failed("b", "2", "service: 1"));
});

test("refuses to pass with nothing to look at", () => {
  expect(() => walk("service", [])).toThrow("There is nothing to check about service");
  expect(() => combined([])).toThrow("There is nothing to check");
});

test("puts several results together, a failure first", () => {
  expect(combined([passed("a", "b"), passed("c", "d")])).toEqual(passed("a; c", "b; d"));
  expect(combined([passed("a", "b"), failed("x", "c", "d")])).toEqual(failed("x", "c", "d"));
});
