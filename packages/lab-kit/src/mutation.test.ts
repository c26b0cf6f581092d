import { expect, test } from "vitest";

import { defineMutations, isDeployed, mutate, MutationError } from "./mutation.ts";

const ONE = {
  id: "desired-one",
  file: "stack.ts",
  replace: "desiredCount: 2",
  by: "desiredCount: 1",
  caughtBy: "go-service",
  fault: "desired-count",
};

test("makes the wrong answer", () => {
  expect(mutate("{ desiredCount: 2, name }", ONE)).toBe("{ desiredCount: 1, name }");
});

test("puts in text as it is, whatever it means to a pattern", () => {
  expect(mutate("{ desiredCount: 2 }", { ...ONE, by: "$& $1" })).toBe("{ $& $1 }");
});

test("makes every change that belongs to the mistake", () => {
  const both = { ...ONE, also: [{ replace: "grace: 60", by: "grace: 0" }] };
  expect(mutate("{ desiredCount: 2, grace: 60 }", both)).toBe("{ desiredCount: 1, grace: 0 }");
  expect(() => mutate("{ desiredCount: 2 }", both)).toThrow("stands 0 times");
});

test("deploys what only a deployment shows, and what says what a deployment comes to", () => {
  expect(isDeployed(ONE)).toBe(false);
  expect(isDeployed({ ...ONE, tier: "live" })).toBe(true);
  expect(isDeployed({ ...ONE, deployed: { says: "Target.Timeout" } })).toBe(true);
});

test("refuses to change a file that does not say so exactly once", () => {
  expect(() => mutate("{}", ONE)).toThrow(
    'Mutation "desired-one" replaces text that stands 0 times in stack.ts',
  );
  expect(() => mutate("desiredCount: 2, desiredCount: 2", ONE)).toThrow("stands 2 times");
});

test("refuses mutations of one id, and one that changes nothing", () => {
  expect(() => defineMutations([ONE, ONE])).toThrow('Two mutations are called "desired-one"');
  expect(() => defineMutations([{ ...ONE, by: ONE.replace }])).toThrow(MutationError);
});
