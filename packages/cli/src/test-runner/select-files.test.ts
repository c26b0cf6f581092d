import { findRoot } from "@workbook/toolchain";
import { expect, test } from "vitest";
import { selectFiles } from "./select-files.ts";

const root = findRoot();
const own = "packages/cli/src/test-runner/select-files.test.ts";

test("without a name every kind of test is there, but no journey", () => {
  const files = selectFiles(root, []);
  expect(files.vitest).toContain(own);
  expect(files.go).toContain("apps/go-app/main_test.go");
  expect(files.node).toContain("apps/node-app/test/app.test.js");
  expect(files.vitest.filter((file) => file.includes("node_modules"))).toEqual([]);
  expect(files.vitest.filter((file) => /journey|walk/.test(file))).toEqual([]);
  expect(selectFiles(root, ["journey"]).vitest).not.toEqual([]);
  expect(selectFiles(root, ["walk"]).vitest).toContain("docs/tests/english.walk.test.ts");
});

test("a name is part of a path, or a package's name", () => {
  expect(selectFiles(root, ["select-files"])).toEqual({ vitest: [own], go: [], node: [] });
  const { vitest, go, node } = selectFiles(root, ["@workbook/toolchain", "go-app"]);
  expect(vitest.every((file) => file.startsWith("packages/toolchain/"))).toBe(true);
  expect(vitest).not.toEqual([]);
  expect(go).not.toEqual([]);
  expect(node).toEqual([]);
});

test("a name that is in no path chooses nothing", () => {
  expect(selectFiles(root, ["no-such-name"])).toEqual({ vitest: [], go: [], node: [] });
});
