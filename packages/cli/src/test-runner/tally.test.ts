import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findGo, findRoot } from "@workbook/toolchain";
import { expect, onTestFinished, test } from "vitest";
import type { Counts } from "./counts.ts";
import { GoTally } from "./go-suite.ts";
import { SpecTally } from "./node-suite.ts";
import { resultFileVariable } from "./vitest-suite.ts";

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "workbook-tally-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

async function runGo(test: string): Promise<{ readonly tally: GoTally; readonly output: string }> {
  const folder = folderWith({ "go.mod": "module example.test\n\ngo 1.22\n", "a_test.go": test });
  const { path } = await findGo();
  const { stdout } = spawnSync(path, ["test", "-json", "./..."], { cwd: folder, encoding: "utf8" });
  let output = "";
  const tally = new GoTally("apps/a", (text) => (output += text));
  for (const line of stdout.split("\n").filter((text) => text !== "")) tally.read(line);
  return { tally, output };
}

test("Go's tests are counted whole, and the output of those that fail is shown", async () => {
  const { tally, output } = await runGo(`package a

import "testing"

func TestGood(t *testing.T) { t.Run("part", func(t *testing.T) {}) }
func TestBad(t *testing.T)  { t.Run("part", func(t *testing.T) { t.Error("seen 1, wanted 2") }) }
func TestNot(t *testing.T)  { t.Skip("not here") }
`);
  const failures = ["apps/a > TestBad"];
  expect(tally.counts).toEqual({ passed: 1, failed: 1, skipped: 1, failures });
  expect(output).toContain("seen 1, wanted 2");
});

test("what Go's compiler says is shown", async () => {
  const { tally, output } = await runGo("package a\n\nfunc broken( {\n");
  expect(tally.counts).toEqual({ passed: 0, failed: 0, skipped: 0, failures: [] });
  expect(output).toContain("a_test.go:3");
});

test("what Node's runner counted and what failed is read from its closing lines", () => {
  const folder = folderWith({
    "a.test.mjs": `import test from "node:test";
test("good", () => {});
test("bad", () => { throw new Error("no"); });
test("not here", { skip: true }, () => {});
`,
  });
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const { stdout } = spawnSync(process.execPath, ["--test", "--test-reporter=spec", "a.test.mjs"], {
    cwd: folder,
    encoding: "utf8",
    env,
  });
  const tally = new SpecTally("apps/b");
  expect(tally.counts).toBeUndefined();
  for (const line of stdout.split("\n")) tally.read(line);
  const failures = ["apps/b/a.test.mjs > bad"];
  expect(tally.counts).toEqual({ passed: 1, failed: 1, skipped: 1, failures });
});

test("Vitest's reporter leaves the counts, and names what failed in tests, hooks and files", () => {
  const folder = folderWith({
    "good.test.js": 'test("good", () => {}); test.skipIf(true)("not here", () => {});',
    "bad.test.js": 'describe("part", () => { test("bad", () => { expect(1).toBe(2); }); });',
    "hook.test.js": 'beforeAll(() => { throw new Error("no cloud"); }); test("never", () => {});',
    "broken.test.js": 'throw new Error("does not load");',
  });
  const result = join(folder, "result.json");
  const vitest = join(findRoot(), "node_modules", "vitest", "vitest.mjs");
  const reporter = join(import.meta.dirname, "progress-reporter.ts");
  const args = [vitest, "run", "--globals", "--root", folder, `--reporter=${reporter}`];
  const { status } = spawnSync(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, [resultFileVariable]: result },
  });
  expect(status).toBe(1);
  const counts = JSON.parse(readFileSync(result, "utf8")) as Counts;
  expect({ ...counts, failures: counts.failures.toSorted() }).toEqual({
    passed: 1,
    failed: 3,
    skipped: 2,
    failures: [
      "bad.test.js > part > bad",
      "broken.test.js > does not load",
      "hook.test.js > no cloud",
    ],
  });
});
