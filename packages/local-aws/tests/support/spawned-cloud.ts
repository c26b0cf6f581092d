import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { EffectiveListener } from "../../src/engine/load-balancer/listener-ports.ts";
import type { Topology } from "../../src/engine/topology.ts";
import { TEST_REGION } from "../../src/testing.ts";

/** The program that `workbook cloud up` starts. */
export const MAIN = join(import.meta.dirname, "../../src/main.ts");

/** What `server.json` holds. */
interface Told {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly pid: number;
}

/** How a cloud is started. */
interface SpawnOptions {
  /** Beside the port, the data directory and the listeners. */
  readonly args?: readonly string[];
  /** Whether what the server logs is shown, or kept in {@link SpawnedCloud.errors}. */
  readonly stderr?: "inherit" | "pipe";
  /** What starts it, in front of Node: `unshare --mount`. */
  readonly through?: readonly string[];
  /** The program; {@link MAIN} unless told. */
  readonly main?: string;
}

/** A cloud in a process of its own, which can be killed. */
export class SpawnedCloud {
  readonly server: ChildProcess;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The server's own process. */
  readonly pid: number;
  /** How long it took from its start until it was ready, in milliseconds. */
  readonly startMs: number;
  /** What the server logged as errors, where its standard error is kept. */
  readonly errors: readonly string[];

  private constructor(server: ChildProcess, told: Told, startMs: number, errors: string[]) {
    this.server = server;
    this.endpoint = told.endpoint;
    this.credentials = told.credentials;
    this.pid = told.pid;
    this.startMs = startMs;
    this.errors = errors;
  }

  /** Starts a server on a data directory and resolves when it answers; listeners are on free ports. */
  static start(dataDir: string, ...args: string[]): Promise<SpawnedCloud> {
    return SpawnedCloud.spawn(dataDir, { args });
  }

  /** As {@link start}. Rejects where the server ends before it is ready, with what it said. */
  static async spawn(
    dataDir: string,
    { args = [], stderr = "inherit", through = [], main = MAIN }: SpawnOptions,
  ): Promise<SpawnedCloud> {
    const own = [main, "--port", "0", "--data", dataDir, "--listeners", "ephemeral", ...args];
    const [command, ...rest] = [...through, process.execPath, ...own];
    const began = performance.now();
    const server = spawn(command!, rest, { stdio: ["ignore", "pipe", stderr] });
    // Whoever fails half-way leaves no server behind.
    const endToo = () => server.kill("SIGKILL");
    process.once("exit", endToo);
    server.once("exit", () => process.off("exit", endToo));
    const errors: string[] = [];
    if (server.stderr)
      createInterface({ input: server.stderr }).on("line", (line) => {
        if (!line.includes('"level":"info"')) errors.push(line);
      });
    const closed = new AbortController();
    server.once("close", () => closed.abort());
    try {
      const lines = createInterface({ input: server.stdout! });
      const [line] = await once(lines, "line", { signal: closed.signal });
      const startMs = performance.now() - began;
      const { pid } = JSON.parse(line) as Told;
      // What it was started through may have given it mounts of its own.
      const seen = through.length > 0 ? `/proc/${pid}/root${dataDir}` : dataDir;
      const told = JSON.parse(readFileSync(join(seen, "server.json"), "utf8")) as Told;
      return new SpawnedCloud(server, told, startMs, errors);
    } catch (error) {
      if (!closed.signal.aborted) throw error;
      throw new Error(
        `the server ended with ${server.exitCode ?? server.signalCode}: ${errors.join("\n")}`,
        { cause: error },
      );
    }
  }

  get clientConfig() {
    const { endpoint, credentials } = this;
    return { endpoint, credentials, region: TEST_REGION, maxAttempts: 1 };
  }

  get hasEnded(): boolean {
    return this.server.exitCode !== null || this.server.signalCode !== null;
  }

  /** Ends the server, if it still runs, and resolves when it is gone. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.hasEnded) return;
    const exited = once(this.server, "exit");
    process.kill(this.pid, signal);
    await exited;
  }

  /** The picture of all resources, without times: what there is, and how it stands. */
  async topology(): Promise<Topology> {
    return (await (await fetch(`${this.endpoint}/_local/topology`)).json()) as Topology;
  }

  /** Where the listener of a port is on this machine. Rejects while it is nowhere. */
  async listenerUrl(port: number): Promise<string> {
    const answer = await fetch(`${this.endpoint}/_local/endpoints`);
    const { listeners } = (await answer.json()) as { listeners: EffectiveListener[] };
    const address = listeners.find((it) => it.port === port)?.addresses[0];
    if (!address) throw new Error(`no listener of port ${port} is open`);
    return `http://${address.host}:${address.port}/`;
  }
}
