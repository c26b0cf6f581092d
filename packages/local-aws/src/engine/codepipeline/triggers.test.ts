import { expect, test } from "vitest";
import { filterMatches, toExpression } from "./triggers.ts";

test.each([
  ["main", "main", true],
  ["main", "maintenance", false],
  ["feature-*", "feature-1", true],
  ["feature/*", "feature/a/b", false],
  ["feature/**", "feature/a/b", true],
  ["v?.0", "v1.0", true],
  ["v?.0", "v1x0", false],
  ["{dev,test}-*", "test-1", true],
  ["[a-c]1", "b1", true],
  ["[!a-c]1", "b1", false],
  ["a+b", "a+b", true],
])("the glob %s and the name %s: %s", (glob, name, fits) => {
  expect(toExpression(glob).test(name)).toBe(fits);
});

test("a filter goes by branches or by tags, by the files that differ, and what is excluded is", () => {
  const files = ["app/main.js"];
  const branch = { branches: { includes: ["**"], excludes: ["old"] } };
  expect(filterMatches(branch, { branch: "new", files })).toBe(true);
  expect(filterMatches(branch, { branch: "old", files })).toBe(false);
  expect(filterMatches(branch, { tag: "v1", files })).toBe(false);
  expect(filterMatches({ tags: { includes: ["v*"] } }, { tag: "v1", files })).toBe(true);
  expect(filterMatches({ tags: { includes: ["v*"] } }, { branch: "v1", files })).toBe(false);
  const paths = { filePaths: { includes: ["app/**"], excludes: ["app/*.md"] } };
  expect(filterMatches(paths, { branch: "new", files })).toBe(true);
  expect(filterMatches(paths, { branch: "new", files: ["app/read.md", "docs/a"] })).toBe(false);
});
