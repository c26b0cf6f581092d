import { cac } from "cac";
import columns from "string-width";
import { expect, test } from "vitest";
import type { Language } from "@workbook/toolchain";
import { commandLine } from "./command-line.ts";
import { formatHelp, formatOverview } from "./help.ts";

/** What `COMMAND --help` says. */
function helpOf(command: string): string {
  const cli = cac("./workbook");
  cli.option("--target <name>", "local or aws");
  cli.option("--yes", "Answer with yes");
  cli.command("check [lab]", "Run a lab's checks");
  cli.command("cloud [action] [name]", "Local AWS");
  cli.command("site", "Read the course").option("--no-open", "Open no browser");
  let text = "";
  cli.help((sections) => {
    const formatted = formatHelp(cli, sections, 80, "en");
    text = formatted.map(({ title, body }) => (title ? `${title}:\n${body}` : body)).join("\n\n");
    // Printed is nothing.
    return [];
  });
  cli.parse(["node", "./workbook", command, "--help"], { run: false });
  return text;
}

test("the help of a command says first what it does", () => {
  expect(helpOf("check")).toMatch(/^Run a lab's checks\.\n\nUsage:\n/);
});

test("the help of a command lists its actions", () => {
  expect(helpOf("cloud")).toMatch(/\nActions:\n {2}up +Start Local AWS\n/);
  expect(helpOf("check")).not.toContain("Actions:");
});

test("a command that is about this machine alone offers no target", () => {
  expect(helpOf("check")).toMatch(/--target <name> +local or aws\n {2}--yes/);
  expect(helpOf("site")).not.toMatch(/--target|--yes/);
});

test("an option that takes something away has no default", () => {
  expect(helpOf("site")).toMatch(/--no-open +Open no browser\n/);
});

test.each(["en", "ja"] as const)(
  "what a learner needs fits into 24 lines of 80 columns (%s)",
  (language: Language) => {
    const cli = commandLine(() => {}, language);
    const lines = formatOverview(cli, false, 80, language).split("\n");
    // The command itself and the prompt after it take one each.
    expect(lines.length).toBeLessThanOrEqual(22);
    expect(Math.max(...lines.map((line) => columns(line)))).toBeLessThanOrEqual(80);
  },
);

test.each(["en", "ja"] as const)(
  "every command is in the whole list, within 80 columns (%s)",
  (language) => {
    const cli = commandLine(() => {}, language);
    const text = formatOverview(cli, true, 80, language);
    for (const { name } of cli.commands) expect(text).toMatch(new RegExp(`^ {2}${name}\\b`, "m"));
    expect(Math.max(...text.split("\n").map((line) => columns(line)))).toBeLessThanOrEqual(80);
  },
);
