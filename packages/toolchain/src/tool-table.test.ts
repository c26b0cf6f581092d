import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { minimumGoVersion } from "./find-go.ts";
import { minimumTerraformVersion } from "./find-terraform.ts";
import { temporaryFolder } from "./testing/fixtures.ts";
import { ToolTable } from "./tool-table.ts";
import { findRoot } from "./tool.ts";
import { isAtLeast } from "./version.ts";

const platforms = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"] as const;

test.each(platforms)("every tool is pinned for %s", (platform) => {
  const table = ToolTable.read();
  expect(table.find("terraform", platform)).toBeDefined();
  expect(table.find("go", platform)).toBeDefined();
  expect(table.find("node", platform)).toBeDefined();
  expect(table.find("pnpm", platform, "npm")).toBeDefined();
});

test.each(["linux-x64", "linux-arm64"] as const)("runc is pinned for %s", (platform) => {
  expect(ToolTable.read().find("runc", platform)).toBeDefined();
});

test("pnpm is the one that package.json names, on every platform", () => {
  const manifest = JSON.parse(readFileSync(join(findRoot(), "package.json"), "utf8")) as {
    packageManager: string;
  };
  const versions = new Set(
    ToolTable.read()
      .all("pnpm")
      .map(({ version }) => `pnpm@${version}`),
  );
  expect([...versions]).toEqual([manifest.packageManager]);
});

test("what is pinned is as new as what is asked of the machine's own", () => {
  const table = ToolTable.read();
  for (const { version } of table.all("terraform")) {
    expect(isAtLeast(version, minimumTerraformVersion)).toBe(true);
  }
  for (const { version } of table.all("go")) {
    expect(isAtLeast(version, minimumGoVersion)).toBe(true);
  }
  for (const { version } of table.all("node")) expect(isAtLeast(version, "24")).toBe(true);
});

test("a variable names another place for the archives", () => {
  const table = ToolTable.read();
  const base = table.base("go", { WORKBOOK_GO_MIRROR: "http://127.0.0.1:1/go/" });
  expect(base.address).toBe("http://127.0.0.1:1/go");
  expect(table.base("go", { WORKBOOK_GO_MIRROR: "" }).address).toMatch(/^https:/);
});

test.each([
  ["a missing column", "go 1.2 linux-x64 archive go.tar.gz", /:1: want: TOOL VERSION/],
  ["a short hash", "go 1.2 linux-x64 archive go.tar.gz abc", /:1: the hash is not 64/],
  ["another source", `go 1.2 linux-x64 ftp go.tar.gz ${"0".repeat(64)}`, /:1: want: TOOL VERSION/],
  ["a base without an address", "base go WORKBOOK_GO_MIRROR", /:1: want: base TOOL/],
])("%s is refused, with its line", (_what, line, message) => {
  const file = join(temporaryFolder(), "tools.txt");
  writeFileSync(file, `${line}\n`);
  expect(() => ToolTable.read(file)).toThrow(message);
});
