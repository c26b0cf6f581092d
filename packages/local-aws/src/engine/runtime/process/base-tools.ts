import { accessSync, constants, mkdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** What a Node image has beside the system. */
const RUNTIME_PROGRAMS = ["node", "npm", "npx"];

/** What every Debian and Alpine base has: the shell and the small POSIX utilities that entrypoint scripts use. */
export const SYSTEM_PROGRAMS: readonly string[] =
  "awk basename cat chmod chown cp cut date dd df dirname du echo env expr false find grep head hostname id kill ln ls md5sum mkdir mktemp mv nice nohup od printenv printf ps pwd readlink realpath rm rmdir sed seq sh sha256sum sleep sort stat stty sync tail tee test timeout touch tr true tty uname uniq wc which whoami xargs yes".split(
    " ",
  );
const SYSTEM_DIRECTORIES = ["/bin", "/usr/bin"];

/** Where a base image keeps its programs; a task definition may name one by its full path. */
const BASE_DIRECTORIES = /^\/(?:usr\/(?:local\/)?)?s?bin\/([^/]+)$|^\/nodejs\/bin\/([^/]+)$/;

/**
 * Stands in for the base image that was recorded and not fetched: directories of links to this machine's programs, so
 * that a task finds what its base would have, and nothing else that happens to be installed here.
 */
export class BaseTools {
  readonly #directory: string;

  /**
   * Links the programs into `directory`, made anew.
   * @param toolsPath directories in which `node` is looked for, in order
   */
  constructor(directory: string, toolsPath: readonly string[]) {
    this.#directory = directory;
    rmSync(directory, { recursive: true, force: true });
    this.#link("runtime", RUNTIME_PROGRAMS, toolsPath);
    this.#link("system", SYSTEM_PROGRAMS, SYSTEM_DIRECTORIES);
  }

  /** Directories to search after the image's own. An image FROM scratch has no shell: only the runtimes are lent to it. */
  searchPath(base: string | undefined): string[] {
    const runtime = join(this.#directory, "runtime");
    return hasSystem(base) ? [runtime, join(this.#directory, "system")] : [runtime];
  }

  /** The program that stands in for `/bin/sh`, `/usr/local/bin/node` and the like; undefined where the base has none. */
  find(path: string, base: string | undefined): string | undefined {
    const match = BASE_DIRECTORIES.exec(path);
    const name = match?.[1] ?? match?.[2];
    if (name === undefined) return undefined;
    return this.searchPath(base)
      .map((directory) => join(directory, name))
      .find(isExecutable);
  }

  #link(kind: string, names: readonly string[], sources: readonly string[]): void {
    const target = join(this.#directory, kind);
    mkdirSync(target, { recursive: true });
    for (const name of names) {
      const source = sources.map((directory) => join(directory, name)).find(isExecutable);
      if (source !== undefined) symlinkSync(source, join(target, name));
    }
  }
}

function hasSystem(base: string | undefined): boolean {
  return base !== undefined && base !== "scratch" && !base.includes("distroless");
}

/** True for a file that this user may run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
