import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** How long a program may take to say its version. A first start from a cold disk is slow. */
const VERSION_TIMEOUT_MS = 30_000;

/** Every program of that name on PATH, first found first. Entries that are not absolute are left out, as shells should. */
export function findOnPath(name: string, env: NodeJS.ProcessEnv): string[] {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  return [...new Set(folders)].map((folder) => join(folder, name)).filter(isExecutable);
}

/** True for a file that this user may run. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // it is not there, or not ours to run: either way not a program for us
  }
}

/** What a program prints; undefined where it does not run, fails, or says nothing in time. */
export async function readOutput(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(program, [...args], { env, timeout: VERSION_TIMEOUT_MS });
    return stdout.trim() === "" ? stderr : stdout;
  } catch {
    return undefined; // a shim without its program, another architecture's binary: not usable, and the caller says so
  }
}
