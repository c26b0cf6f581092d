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

/** A cloud in a process of its own, which can be killed. */
export class SpawnedCloud {
  readonly server: ChildProcess;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };

  private constructor(server: ChildProcess, { endpoint, credentials }: SpawnedCloud) {
    this.server = server;
    this.endpoint = endpoint;
    this.credentials = credentials;
  }

  /** Starts a server on a data directory and resolves when it answers; listeners are on free ports. */
  static async start(dataDir: string, ...args: string[]): Promise<SpawnedCloud> {
    const server = spawn(
      process.execPath,
      [MAIN, "--port", "0", "--data", dataDir, "--listeners", "ephemeral", ...args],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(createInterface({ input: server.stdout! }), "line");
    const told = JSON.parse(readFileSync(join(dataDir, "server.json"), "utf8")) as SpawnedCloud;
    return new SpawnedCloud(server, told);
  }

  get clientConfig() {
    const { endpoint, credentials } = this;
    return { endpoint, credentials, region: TEST_REGION, maxAttempts: 1 };
  }

  /** Ends the server, if it still runs, and resolves when it is gone. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.server.exitCode !== null || this.server.signalCode !== null) return;
    const exited = once(this.server, "exit");
    this.server.kill(signal);
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
