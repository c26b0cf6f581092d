import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";

/**
 * The program behind the small scripts and links that version managers (asdf, Volta, snap) put on the PATH. Those need the
 * caller's whole home folder to find it, which a RUN does not see.
 *
 * @returns the program itself, or what was given if that is no wrapper or does not say where the program is
 */
export function unwrap(name: string, file: string, env: NodeJS.ProcessEnv): string {
  if (!isWrapper(name, file)) return file;
  if (name === "go") return existing(join(ask(file, ["env", "GOROOT"], env), "bin", "go")) ?? file;
  if (name === "npm")
    return existing(join(ask(file, ["root", "-g"], env), "npm", "bin", "npm-cli.js")) ?? file;
  return file;
}

function isWrapper(name: string, file: string): boolean {
  const real = realpathSync(file);
  if (real.endsWith(`/${name}-cli.js`)) return false;
  return basename(real) !== name || /^#!.*\b(sh|bash|dash|zsh)\b/.test(firstLine(real));
}

function firstLine(file: string): string {
  const buffer = Buffer.alloc(128);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, buffer);
  } finally {
    closeSync(descriptor);
  }
  return buffer.toString("latin1").split("\n", 1)[0] ?? "";
}

/** What a program answers; nothing if it does not run. */
function ask(file: string, args: string[], env: NodeJS.ProcessEnv): string {
  return spawnSync(file, args, { env, encoding: "utf8" }).stdout?.trim() ?? "";
}

function existing(path: string): string | undefined {
  return path.startsWith("/") && existsSync(path) ? path : undefined;
}
