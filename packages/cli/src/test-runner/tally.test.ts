import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findGo } from "@workbook/toolchain";
import { expect, onTestFinished, test } from "vitest";
import { GoTally } from "./go-suite.ts";
import { SpecTally } from "./node-suite.ts";

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
  const tally = new GoTally((text) => (output += text));
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
  expect(tally.counts).toEqual({ passed: 1, failed: 1, skipped: 1 });
  expect(output).toContain("seen 1, wanted 2");
});

test("what Go's compiler says is shown", async () => {
  const { tally, output } = await runGo("package a\n\nfunc broken( {\n");
  expect(tally.counts).toEqual({ passed: 0, failed: 0, skipped: 0 });
  expect(output).toContain("a_test.go:3");
});

test("the counts of Node's runner are read from its closing lines", () => {
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
  const tally = new SpecTally();
  expect(tally.counts).toBeUndefined();
  for (const line of stdout.split("\n")) tally.read(line);
  expect(tally.counts).toEqual({ passed: 1, failed: 1, skipped: 1 });
});
