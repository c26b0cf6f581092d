import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Logger } from "../../../ground/logger.ts";

const SCRIPT = fileURLToPath(new URL("supervise-groups.sh", import.meta.url));

/**
 * A small process of its own session that ends tasks' process groups when this process dies, even by SIGKILL: it reads
 * a pipe that only this process holds. One serves all tasks; it is started with the first.
 */
export class Supervisor {
  readonly #logger: Logger;
  readonly #markPrefix: string | undefined;
  readonly #groups = new Set<number>();
  #child: ChildProcess | undefined;
  #closed = false;

  /** @param markPrefix the first digits of the marks of all containers, where the machine has marks */
  constructor(logger: Logger, markPrefix: string | undefined) {
    this.#logger = logger;
    this.#markPrefix = markPrefix;
  }

  /** From now on the group led by `pid` ends with this process. */
  watch(pid: number): void {
    this.#groups.add(pid);
    if (this.#child) this.#write(`+ ${pid}\n`);
    else this.#start();
  }

  /** The group has ended; its number may be another's from now on. */
  forget(pid: number): void {
    if (this.#groups.delete(pid)) this.#write(`- ${pid}\n`);
  }

  /** Ends the supervisor, and with it every group that is still watched; resolves when it is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.ref();
    child.stdin!.end();
    await exited;
  }

  #start(): void {
    const child = spawn("/bin/sh", [SCRIPT, this.#markPrefix ?? ""], {
      detached: true,
      cwd: "/",
      env: { PATH: "/usr/bin:/bin" },
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#child = child;
    // What is written to a supervisor that has just died is written again to the next one.
    child.stdin!.on("error", () => {});
    child.once("error", (error) =>
      this.#logger.error("the supervisor of tasks did not start", error),
    );
    child.once("exit", (code) => this.#replace(child, code));
    child.unref();
    (child.stdin as unknown as { unref(): void }).unref();
    for (const group of this.#groups) this.#write(`+ ${group}\n`);
  }

  /** Without a supervisor tasks would outlive a killed server, so one that was killed is replaced. */
  #replace(child: ChildProcess, code: number | null): void {
    if (this.#closed || this.#child !== child) return;
    this.#child = undefined;
    if (code !== null) this.#logger.error(`the supervisor of tasks ended by itself with ${code}`);
    else if (this.#groups.size > 0) this.#start();
  }

  #write(line: string): void {
    this.#child?.stdin!.write(line);
  }
}
