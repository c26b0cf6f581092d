import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findRunc } from "./find-runc.ts";
import { toPlatform } from "./platform.ts";
import { serve, temporaryFolder, writeProgram } from "./testing/fixtures.ts";
import type { ToolOptions } from "./tool.ts";

const program = "#!/bin/sh\necho runc version 1.99.0\n";
const name = "v1.99.0/runc.test";

/** A workbook's folder whose table pins runc 1.99.0 with a hash, at a mirror. */
function workbook(mirror: string, hash = createHash("sha256").update(program).digest("hex")) {
  const root = temporaryFolder();
  const tableFile = join(root, "tools.txt");
  const row = `runc 1.99.0 ${toPlatform()} archive ${name} ${hash}`;
  writeFileSync(tableFile, `base runc WORKBOOK_RUNC_MIRROR http://127.0.0.1:1\n${row}\n`);
  const PATH = join(root, "bin");
  const options: ToolOptions = { root, tableFile, env: { PATH, WORKBOOK_RUNC_MIRROR: mirror } };
  return { root, options };
}

test("the machine's own is taken, and nothing is fetched", async () => {
  const mirror = await serve({});
  const { root, options } = workbook(mirror.address);
  const path = writeProgram(join(root, "bin/runc"), "echo runc version 1.1.5+ds1");
  expect(await findRunc(options)).toEqual({ name: "runc", path, version: "1.1.5", source: "PATH" });
  expect(mirror.requests).toEqual([]);
});

test("a program with another hash is thrown away", async () => {
  const mirror = await serve({ [`/${name}`]: program });
  const { root, options } = workbook(mirror.address, "0".repeat(64));
  await expect(findRunc(options, [])).rejects.toMatchObject({ code: "TOOL_HASH_WRONG" });
  expect(readdirSync(join(root, ".workbook/tools"))).toEqual([]);
});

test("without one the pinned program is fetched once, as it is, and runs", async () => {
  const mirror = await serve({ [`/${name}`]: program });
  const { root, options } = workbook(mirror.address);
  const path = join(root, ".workbook/tools/runc-1.99.0/runc");
  const found = { name: "runc", path, version: "1.99.0", source: "workbook" };
  expect(await findRunc(options, [])).toEqual(found);
  expect(await findRunc(options, [])).toEqual(found);
  expect(mirror.requests).toEqual([`/${name}`]);
  expect(readFileSync(path, "utf8")).toBe(program);
  expect(statSync(path).mode & 0o777).toBe(0o755);
});
