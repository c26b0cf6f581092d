import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openWorkspace } from "../workspace.ts";
import { readServerFile } from "./server-file.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "server-file-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

test("no file is no cloud", () => {
  expect(readServerFile(dir)).toBeUndefined();
});

test.each([
  "",
  "{",
  '{"pid": 1, "endp',
  "null",
  "[]",
  "5",
  '{"pid": 1}',
  '{"pid": 1, "endpoint": "x"}',
])("a server.json of %j is named, with the way out", (text) => {
  const file = join(dir, "server.json");
  writeFileSync(file, text);
  expect(() => readServerFile(dir)).toThrow(
    expect.objectContaining({ name: "UserError", code: "SERVER_FILE_UNREADABLE" }),
  );
  expect(() => readServerFile(dir)).toThrow(file);
});

test.each(["null", "[]", "5", '"x"', "", "{"])("so is a config.json of %j", (text) => {
  const file = join(dir, "config.json");
  writeFileSync(file, text);
  const open = () => openWorkspace({ WORKBOOK_DIR: dir });
  expect(open).toThrow(expect.objectContaining({ name: "UserError", code: "CONFIG_UNREADABLE" }));
  expect(open).toThrow(file);
});
