import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";

/** Where util-linux is found; without it there are no marks. */
const PRLIMIT = ["/usr/bin/prlimit", "/bin/prlimit"].find((file) => existsSync(file));

/** What the last digits of a mark count. */
const COUNTED = 1_000_000;

/**
 * Marks processes of containers so that each descendant is known, whatever it does: an environment can be emptied, a session
 * and a group can be left, a parent can end, but limits are inherited. The limit of file locks is one that Linux no longer
 * looks at, and that anybody may lower, https://man7.org/linux/man-pages/man2/getrlimit.2.html (RLIMIT_LOCKS).
 */
export class ProcessMarks {
  /** The first digits of all marks of this server; undefined where the machine has no marks. */
  readonly prefix: string | undefined =
    process.platform === "linux" && PRLIMIT !== undefined
      ? String(randomInt(100_000_000, 1_000_000_000))
      : undefined;
  #count = 0;

  /**
   * Starts processes that have a mark of their own. A child has its parent's limits, so this process has the mark meanwhile:
   * `start` must be synchronous, and nothing else can be started in between.
   * @returns what `start` does, and the mark
   */
  start<T>(start: () => T): { readonly started: T; readonly mark: string | undefined } {
    if (this.prefix === undefined) return { started: start(), mark: undefined };
    this.#count = (this.#count + 1) % COUNTED;
    const mark = this.prefix + String(this.#count).padStart(6, "0");
    const before = lockLimit(readFileSync("/proc/self/limits", "utf8")) ?? "unlimited";
    setLockLimit(mark);
    try {
      return { started: start(), mark };
    } finally {
      setLockLimit(before);
    }
  }
}

/** The limit of file locks in the text of a `/proc/PID/limits`: digits, or `unlimited`. */
export const lockLimit = (limits: string): string | undefined =>
  /^Max file locks +(\S+)/m.exec(limits)?.[1];

/** Sets the soft limit alone, so that it can be set back. */
function setLockLimit(limit: string): void {
  execFileSync(PRLIMIT!, ["--pid", String(process.pid), `--locks=${limit}:`], {
    env: {},
    stdio: ["ignore", "ignore", "pipe"],
  });
}
