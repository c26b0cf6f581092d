import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findEcspresso } from "./find-ecspresso.ts";
import { toPlatform } from "./platform.ts";
import { serve, temporaryFolder, writeProgram } from "./testing/fixtures.ts";
import { ToolTable } from "./tool-table.ts";
import type { ToolOptions } from "./tool.ts";

const name = "v2.99.0/ecspresso_2.99.0_test.tar.gz";

/** An archive as its releases are: the program beside what is to be read, without a folder around them. */
function archive(): Buffer {
  const folder = temporaryFolder();
  writeProgram(join(folder, "files/ecspresso"), "echo ecspresso v2.99.0");
  writeFileSync(join(folder, "files/LICENSE"), "MIT\n");
  const file = join(folder, "archive.tar.gz");
  execFileSync("tar", ["-czf", file, "-C", join(folder, "files"), "LICENSE", "ecspresso"]);
  return readFileSync(file);
}

/** A workbook's folder whose table pins a release at a mirror. */
function workbook(mirror: string, hash: string) {
  const root = temporaryFolder();
  const bin = join(root, "bin");
  mkdirSync(bin);
  const tableFile = join(root, "tools.txt");
  const row = `ecspresso 2.99.0 ${toPlatform()} archive ${name} ${hash}`;
  writeFileSync(tableFile, `base ecspresso WORKBOOK_ECSPRESSO_MIRROR http://127.0.0.1:1\n${row}\n`);
  const env = { PATH: `${bin}:/usr/bin:/bin`, WORKBOOK_ECSPRESSO_MIRROR: mirror };
  return { root, bin, options: { root, tableFile, env } satisfies ToolOptions };
}

test("the machine's own version 2 is taken, one of version 1 is not, and the pinned release is whole", async () => {
  const content = archive();
  const hash = createHash("sha256").update(content).digest("hex");
  const mirror = await serve({ [`/${name}`]: content });
  const { root, bin, options } = workbook(mirror.address, hash);
  writeProgram(join(bin, "ecspresso"), "echo ecspresso v1.7.14");
  const path = join(root, ".workbook/tools/ecspresso-2.99.0/ecspresso");
  const fetched = { name: "ecspresso", path, version: "2.99.0", source: "workbook" };
  expect(await findEcspresso(options)).toEqual(fetched);
  expect(await findEcspresso(options)).toEqual(fetched);
  expect(mirror.requests).toEqual([`/${name}`]);
  expect(execFileSync(path, { encoding: "utf8" })).toBe("ecspresso v2.99.0\n");
  const own = writeProgram(join(bin, "ecspresso"), "echo ecspresso v2.3.2");
  expect(await findEcspresso(options)).toMatchObject({ path: own, version: "2.3.2" });
});

test.each(["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"] as const)(
  "ecspresso is pinned for %s",
  (platform) => {
    expect(ToolTable.read().find("ecspresso", platform)).toBeDefined();
  },
);
