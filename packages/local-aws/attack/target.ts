import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Key } from "../src/server/testing/signed-call.ts";

/** How often the server is asked whether it is still there, in milliseconds. */
const PROBE_MS = 50;

/** The server that is attacked: one of its own, on a free port of this machine, in a folder that goes with it. */
export class Target {
  readonly endpoint: string;
  readonly key: Key;
  /** The longest that an answer about the server's health took, in milliseconds. */
  longestStall = 0;
  readonly #server: ChildProcess;
  readonly #dir: string;
  readonly #errors: string[] = [];
  #probe: NodeJS.Timeout | undefined;
  #isStopped = false;

  private constructor(server: ChildProcess, dir: string) {
    this.#server = server;
    this.#dir = dir;
    const told = JSON.parse(readFileSync(join(dir, "server.json"), "utf8")) as {
      endpoint: string;
      credentials: Key;
    };
    this.endpoint = told.endpoint;
    this.key = told.credentials;
    createInterface({ input: server.stderr! }).on("line", (line) => {
      if (!line.includes('"level":"info"')) this.#errors.push(line);
    });
    this.#watch();
  }

  static async start(): Promise<Target> {
    const dir = mkdtempSync(join(tmpdir(), "attack-"));
    const main = join(import.meta.dirname, "../src/main.ts");
    const args = [main, "--port", "0", "--data", dir, "--tasks", "off", "--listeners", "ephemeral"];
    const server = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    await once(createInterface({ input: server.stdout! }), "line");
    return new Target(server, dir);
  }

  get hasCrashed(): boolean {
    return this.#server.exitCode !== null || this.#server.signalCode !== null;
  }

  /** What the server logged as errors. */
  get errors(): readonly string[] {
    return this.#errors;
  }

  /** The server's memory in bytes; undefined where the system does not tell. */
  memory(): number | undefined {
    try {
      const status = readFileSync(`/proc/${this.#server.pid}/status`, "utf8");
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
    } catch {
      return undefined;
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#probe);
    if (!this.hasCrashed) {
      const exited = once(this.#server, "exit");
      this.#server.kill("SIGTERM");
      await exited;
    }
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #watch(): void {
    this.#probe = setTimeout(async () => {
      const began = performance.now();
      await fetch(`${this.endpoint}/_local/clock`).then(
        (answer) => answer.arrayBuffer(),
        () => undefined,
      );
      this.longestStall = Math.max(this.longestStall, performance.now() - began);
      if (!this.#isStopped) this.#watch();
    }, PROBE_MS);
  }
}
