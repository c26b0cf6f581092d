import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findTerraform } from "./find-terraform.ts";
import { toPlatform } from "./platform.ts";
import { serve, temporaryFolder, writeProgram, zip } from "./testing/fixtures.ts";
import type { DownloadProgress, ToolOptions } from "./tool.ts";

const archive = zip({
  "LICENSE.txt": "a license",
  terraform: "#!/bin/sh\necho Terraform v1.99.0\n",
});
const archiveName = "1.99.0/terraform.zip";

/** A workbook's folder whose table pins Terraform 1.99.0 with a hash, at a mirror. */
function workbook(mirror: string, hash = createHash("sha256").update(archive).digest("hex")) {
  const root = temporaryFolder();
  const tableFile = join(root, "tools.txt");
  const row = `terraform 1.99.0 ${toPlatform()} archive ${archiveName} ${hash}`;
  writeFileSync(tableFile, `base terraform WORKBOOK_TERRAFORM_MIRROR http://127.0.0.1:1\n${row}\n`);
  const bin = join(root, "bin");
  mkdirSync(bin);
  const env = { PATH: bin, WORKBOOK_TERRAFORM_MIRROR: mirror };
  const options: ToolOptions = { root, tableFile, env };
  return { root, bin, options, tools: join(root, ".workbook", "tools") };
}

test("the first on PATH that is new enough is taken, and nothing is fetched", async () => {
  const mirror = await serve({});
  const { root, options } = workbook(mirror.address);
  writeProgram(join(root, "old/terraform"), 'echo "Terraform v1.5.7"');
  writeProgram(join(root, "broken/terraform"), "exit 1");
  const good = writeProgram(join(root, "good/terraform"), 'echo "Terraform v1.12.2"');
  const path = ["old", "broken", "good"].map((name) => join(root, name)).join(":");
  const tool = await findTerraform({ ...options, env: { ...options.env, PATH: path } });
  expect(tool).toEqual({ name: "terraform", path: good, version: "1.12.2", source: "PATH" });
  expect(mirror.requests).toEqual([]);
});

test("without one on PATH the pinned release is fetched once, and runs", async () => {
  const mirror = await serve({ [`/${archiveName}`]: archive });
  const { options, tools } = workbook(mirror.address);
  const progress: DownloadProgress[] = [];
  const tool = await findTerraform({ ...options, onProgress: (event) => progress.push(event) });
  expect(tool.source).toBe("workbook");
  expect(tool.path).toBe(join(tools, "terraform-1.99.0", "terraform"));
  expect(progress[0]).toMatchObject({ tool: "terraform", version: "1.99.0", receivedBytes: 0 });
  expect(progress.at(-1)).toMatchObject({
    receivedBytes: archive.length,
    totalBytes: archive.length,
  });
  expect(await findTerraform(options)).toEqual(tool);
  expect(mirror.requests).toEqual([`/${archiveName}`]);
  expect(readdirSync(tools)).toEqual(["terraform-1.99.0"]);
});

test("two that need it at once both get it", async () => {
  const mirror = await serve({ [`/${archiveName}`]: archive });
  const { options, tools } = workbook(mirror.address);
  const found = await Promise.all([findTerraform(options), findTerraform(options)]);
  expect(found[0]).toEqual(found[1]);
  expect(readdirSync(tools)).toEqual(["terraform-1.99.0"]);
});

test("a file with another hash is thrown away, and both hashes are told", async () => {
  const mirror = await serve({ [`/${archiveName}`]: archive });
  const { options, tools } = workbook(mirror.address, "0".repeat(64));
  await expect(findTerraform(options)).rejects.toMatchObject({
    name: "UserError",
    code: "TOOL_HASH_WRONG",
    exitCode: 3,
    message: expect.stringContaining("0".repeat(64)) as string,
  });
  expect(readdirSync(tools)).toEqual([]);
});

test("a mirror without it is named, with its answer and the variable that names it", async () => {
  const mirror = await serve({});
  const { options } = workbook(mirror.address);
  const error = await findTerraform(options).catch((failure: unknown) => failure);
  expect(error).toMatchObject({ code: "TOOL_NOT_FETCHED", exitCode: 3 });
  expect((error as Error).message).toContain(`${mirror.address}/${archiveName}: 404 Not Found`);
  expect((error as { next: { en: string } }).next.en).toContain("WORKBOOK_TERRAFORM_MIRROR");
});

test("a proxy that does not answer is left out", async () => {
  const mirror = await serve({ [`/${archiveName}`]: archive });
  const { options } = workbook(mirror.address);
  const env = { ...options.env, HTTP_PROXY: "http://127.0.0.1:1" };
  expect(await findTerraform({ ...options, env })).toMatchObject({ version: "1.99.0" });
});

test("what a killed process left is cleared away", async () => {
  const mirror = await serve({ [`/${archiveName}`]: archive });
  const { options, tools } = workbook(mirror.address);
  const dead = join(tools, ".fetch-999999999-abc");
  const alive = join(tools, `.fetch-${process.pid}-abc`);
  mkdirSync(dead, { recursive: true });
  mkdirSync(alive);
  await findTerraform(options);
  expect(existsSync(dead)).toBe(false);
  expect(existsSync(alive)).toBe(true);
});
