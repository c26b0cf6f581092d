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

const valuesOf = (text: string) =>
  read(text).flatMap(({ entries }) => entries.map(([key, value]) => `${key}=${value}`));

test("a section goes on behind a file that it includes, and several files have one line", () => {
  writeFileSync(join(folder, "a.part"), "[FILTER]\n  Name grep\n");
  writeFileSync(join(folder, "b.part"), "[FILTER]\n  Name modify\n");
  const sections = read("[INPUT]\n    Name forward\n@INCLUDE *.part\n    Port 1\n");
  expect(sections.map(({ kind, entries }) => [kind, ...entries])).toEqual([
    ["INPUT", ["Name", "forward"], ["Port", "1"]],
    ["FILTER", ["Name", "grep"]],
    ["FILTER", ["Name", "modify"]],
  ]);
});

test("what is set anywhere holds everywhere, over the environment, and as it stands there", () => {
  const text = "[FILTER]\n    Set k ${GROUP}\n    Add k ${none:-x}\n@SET GROUP=${STAGE}\n";
  expect(valuesOf(text)).toEqual(["Set=k ${STAGE}", "Add=k x"]);
});

test("a property may stand twice as deep as the others", () => {
  expect(valuesOf("[FILTER]\n  Name grep\n    Match *\n")).toEqual(["Name=grep", "Match=*"]);
});

test("a file is read once", () => {
  writeFileSync(join(folder, "once.conf"), "[FILTER]\n  Name grep\n");
  const twice = "@INCLUDE once.conf\n@INCLUDE once.conf\n";
  expect(() => read(twice)).toThrow(/Read twice/);
  expect(() => read("@INCLUDE *.none\n")).toThrow(/no match/);
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
