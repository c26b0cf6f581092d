/** Unset even where they are not set now: a shell may get them after `eval "$(./workbook env)"` was written down. */
const ALWAYS_UNSET = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE"];
/** A shell's own business: other programs that are started from it may need them. */
const LEFT_ALONE = new Set(["NODE_OPTIONS", "CHECKPOINT_DISABLE"]);

/**
 * What turns one environment into another, for a POSIX shell to `eval`: a line for each variable that differs.
 * Values are quoted whole, so that no character of theirs means anything to the shell.
 */
export function toShellExports(from: NodeJS.ProcessEnv, to: NodeJS.ProcessEnv): string {
  const names = new Set([...Object.keys(from), ...Object.keys(to), ...ALWAYS_UNSET]);
  const lines = [...names]
    .filter((name) => isName(name) && !LEFT_ALONE.has(name))
    .map((name) => toLine(name, from, to));
  return lines
    .filter((line) => line !== "")
    .toSorted()
    .map((line) => `${line}\n`)
    .join("");
}

function toLine(name: string, from: NodeJS.ProcessEnv, to: NodeJS.ProcessEnv): string {
  const value = to[name];
  if (value === undefined)
    return from[name] !== undefined || ALWAYS_UNSET.includes(name) ? `unset ${name}` : "";
  // Variables of the target are written even where they hold the same value already: it may not be exported.
  if (value === from[name] && !name.startsWith("AWS_")) return "";
  return `export ${name}='${value.replaceAll("'", `'\\''`)}'`;
}

function isName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
