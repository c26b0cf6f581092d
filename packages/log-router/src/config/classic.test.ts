import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readClassic } from "./classic.ts";

const folder = mkdtempSync(join(tmpdir(), "classic-"));
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  const file = join(folder, "router.conf");
  writeFileSync(file, text);
  return readClassic(file, { GROUP: "/ecs/app" });
}

test("sections are read with what their files include, and with variables put in", () => {
  writeFileSync(join(folder, "more.conf"), "[FILTER]\n  Name grep\n  Match *\n");
  const text = `# whose lines these are
@SET stream=out
[INPUT]
    Name     forward

@INCLUDE more.conf

[OUTPUT]
    Name   cloudwatch_logs
    # where to
    log_group_name \${GROUP}
    log_stream_name \${stream}
`;
  expect(read(text)).toEqual([
    { kind: "INPUT", entries: [["Name", "forward"]] },
    {
      kind: "FILTER",
      entries: [
        ["Name", "grep"],
        ["Match", "*"],
      ],
    },
    {
      kind: "OUTPUT",
      entries: [
        ["Name", "cloudwatch_logs"],
        ["log_group_name", "/ecs/app"],
        ["log_stream_name", "out"],
      ],
    },
  ]);
});

test.each([
  ["[INPUT]\n    Name forward\n    unix_path\n", /:3: unix_path: undefined value/],
  ["[INPUT]\n    Name forward\n      Port 1\n", /:3: extra indentation level found/],
  ["[INPUT]\n    Name forward\n  Port 1\n", /:3: invalid indentation level/],
  ["[INPUT\n    Name forward\n", /:1: bad header definition/],
  ["    Name forward\n", /:1: Name: stands in no section/],
])("what Fluent Bit would not read is not read here: %j", (text, words) => {
  expect(() => read(text)).toThrow(words);
});
