import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { COMMANDS } from "./commands.ts";
import { completionScript } from "./completion.ts";
import { optionsOf } from "./global-options.ts";

const labs = ["01-images", "07-load-balancer"];
const scriptFor = (shell: string) =>
  completionScript(shell, { commands: COMMANDS, labs, language: "ja" });

/** What bash offers after these words, of which the last one is not whole. */
function inBash(...words: readonly string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const ask = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _workbook; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const offered = execFileSync("bash", ["-c", `${scriptFor("bash")}\n${ask}`], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  return offered.split("\n").filter((line) => line !== "");
}

test("bash offers commands, chapters, actions and what may follow them", () => {
  expect(inBash("./workbook", "st")).toEqual(["start", "stand-in", "status"]);
  expect(inBash("./workbook", "check", "0")).toEqual(labs);
  expect(inBash("./workbook", "cloud", "s")).toEqual(["status", "snapshot", "snapshots"]);
  expect(inBash("./workbook", "cloud", "pace", "")).toEqual(["real", "fast"]);
});

test("bash offers options, and their values", () => {
  expect(inBash("./workbook", "check", "--")).toEqual([
    "--variant",
    "--all",
    "--junit",
    "--json",
    "--target",
    "--yes",
    "--help",
  ]);
  expect(inBash("./workbook", "cloud", "--t")).toEqual(["--tasks"]);
  expect(inBash("./workbook", "deploy", "01-images", "--target", "")).toEqual(["local", "aws"]);
  expect(inBash("./workbook", "check", "--junit", "completion.te")).toEqual(["completion.test.ts"]);
});

test("bash leaves what is another program's to it", () => {
  expect(inBash("./workbook", "aws", "--")).toEqual([]);
});

test.each(["bash", "zsh", "fish"])("%s knows every command, and every option of each", (shell) => {
  const script = scriptFor(shell);
  for (const command of COMMANDS) {
    expect(script).toContain(command.name);
    const lines = script.split("\n").filter((line) => line.includes(command.name));
    for (const [option] of optionsOf(command))
      expect(lines.some((line) => new RegExp(`(?:--|-l )${option}\\b`).test(line))).toBe(true);
  }
});

test.each(["zsh", "fish"])("%s shows what commands do, in the reader's language", (shell) => {
  expect(scriptFor(shell)).toContain("章を始める");
});
