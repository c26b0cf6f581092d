/** Checks the shell scripts: their syntax with the shell that they name, and more with ShellCheck where it is installed. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

function run(
  program: string,
  args: readonly string[],
): { readonly ok: boolean; readonly missing: boolean } {
  const { status, error } = spawnSync(program, [...args], { cwd: root, stdio: "inherit" });
  return {
    ok: status === 0,
    missing: (error as NodeJS.ErrnoException | undefined)?.code === "ENOENT",
  };
}

const names = ["workbook", ".ci/run", "*.sh"];
const args = ["ls-files", "--cached", "--others", "--exclude-standard", ...names];
const files = execFileSync("git", args, { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter(Boolean);
const shells = files.map((file) => {
  const first = readFileSync(join(root, file), "utf8").split("\n", 1)[0] ?? "";
  return { file, shell: /\bbash\b/.test(first) ? "bash" : "sh" };
});
const bad = shells.filter(({ file, shell }) => !run(shell, ["-n", file]).ok);
const lints = ["sh", "bash"].flatMap((shell) => {
  const group = shells.filter((script) => script.shell === shell).map(({ file }) => file);
  return group.length > 0 ? [run("shellcheck", [`--shell=${shell}`, ...group])] : [];
});
const isMissing = lints.some(({ missing }) => missing);
if (isMissing) console.log("shellcheck is not installed: only the syntax was checked");
console.log(`${files.length} shell scripts`);
process.exitCode = bad.length === 0 && (isMissing || lints.every(({ ok }) => ok)) ? 0 : 1;
