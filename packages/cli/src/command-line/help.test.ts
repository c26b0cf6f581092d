import columns from "string-width";
import { expect, test } from "vitest";
import { COMMANDS, findCommand } from "./commands.ts";
import { formatCommandHelp, formatOverview } from "./help.ts";

/** What `COMMAND --help` says. */
const helpOf = (name: string) => formatCommandHelp(findCommand(name)!, 80, "en");

test("the help of a command says first what it does", () => {
  expect(helpOf("check")).toMatch(
    /^Look at what you wrote, and at what runs\.\n\nUsage:\n {2}\.\/workbook check \[lab\]\n/,
  );
});

test("the help of a command lists its actions", () => {
  expect(helpOf("cloud")).toMatch(/\nActions:\n {2}up +Start Local AWS\n/);
  expect(helpOf("cloud")).toMatch(/\n {2}pace \[real\|fast\] +Say how fast/);
  expect(helpOf("cloud")).toMatch(/\n {2}restore NAME +Make it again/);
  expect(helpOf("check")).not.toContain("Actions:");
});

test("a command that is about this machine alone offers no target", () => {
  expect(helpOf("check")).toMatch(/--target <name> +local \(the default\).*\n.*\n {2}--yes/);
  expect(helpOf("site")).not.toMatch(/--target|--yes/);
});

test("options are told as they are typed", () => {
  expect(helpOf("site")).toMatch(/--no-open +Open no browser\n/);
  expect(helpOf("logs")).toMatch(/\n {2}-f, --follow +Go on printing\n/);
  expect(helpOf("cloud")).toMatch(
    /\n {2}--tasks <driver> +How tasks run: containers, process or off/,
  );
});

test("the help of completion says how to have it in every shell", () => {
  for (const shell of ["bash", "zsh", "fish"])
    expect(helpOf("completion")).toContain(`~/ecs-workbook/workbook completion ${shell}`);
});

test.each(["en", "ja"] as const)(
  "what a learner needs fits into 24 lines of 80 columns (%s)",
  (language) => {
    const lines = formatOverview(false, 80, language).split("\n");
    // The command itself and the prompt after it take one each.
    expect(lines.length).toBeLessThanOrEqual(22);
    expect(Math.max(...lines.map((line) => columns(line)))).toBeLessThanOrEqual(80);
  },
);

test.each(["en", "ja"] as const)(
  "every command is in the whole list, within 80 columns (%s)",
  (language) => {
    const text = formatOverview(true, 80, language);
    for (const { name } of COMMANDS) expect(text).toMatch(new RegExp(`^ {2}${name}\\b`, "m"));
    expect(Math.max(...text.split("\n").map((line) => columns(line)))).toBeLessThanOrEqual(80);
  },
);
