/** A shell's own business: other programs that are started from it may need them. */
const LEFT_ALONE = new Set(["NODE_OPTIONS", "CHECKPOINT_DISABLE"]);

/** What a shell has to do to its variables. */
export interface ShellChanges {
  readonly export: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
}

/**
 * What turns one environment into another: each variable that differs, and no other, by name.
 *
 * @param always variables that are written even where they are the same in both: the lines may be evaluated in another
 *   shell, and a variable of this one need not be exported
 */
export function shellChanges(
  from: NodeJS.ProcessEnv,
  to: NodeJS.ProcessEnv,
  always: readonly string[] = [],
): ShellChanges {
  const differs = [...Object.keys(from), ...Object.keys(to)].filter(
    (name) => from[name] !== to[name],
  );
  const names = [...new Set([...differs, ...always])]
    .filter((name) => isName(name) && !LEFT_ALONE.has(name))
    .toSorted();
  return {
    export: Object.fromEntries(
      names.flatMap((name) => (to[name] === undefined ? [] : [[name, to[name]]])),
    ),
    unset: names.filter((name) => to[name] === undefined),
  };
}

/** The changes for a POSIX shell to `eval`, a line each. Values are quoted whole: no character means anything to the shell. */
export function toShellExports(changes: ShellChanges): string {
  const lines = [
    ...Object.entries(changes.export).map(
      ([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`,
    ),
    ...changes.unset.map((name) => `unset ${name}\n`),
  ];
  return lines.join("");
}

function isName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
