import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Key } from "../src/server/testing/signed-call.ts";
import { SpawnedCloud } from "../tests/support/spawned-cloud.ts";
import { Probe } from "./probe.ts";
import { dataPlaneOf, residentBytes } from "./memory.ts";

/** How often it is looked how much memory is taken, in milliseconds. */
const LOOK_MS = 50;

/** The server that is attacked: one of its own, on a free port of this machine, in a folder that goes with it. */
export class Target {
  readonly cloud: SpawnedCloud;
  /** A folder of its own, outside of the server's data. */
  readonly scratch: string;
  /** The most memory that the server, and its load balancers' process, were seen to have; bytes. */
  readonly peak: { server: number; dataPlane: number } = { server: 0, dataPlane: 0 };
  readonly #probe: Probe;
  readonly #timer: NodeJS.Timeout;

  private constructor(cloud: SpawnedCloud, scratch: string) {
    this.cloud = cloud;
    this.scratch = scratch;
    this.#probe = new Probe(`${cloud.endpoint}/_local/clock`);
    this.#timer = setInterval(() => this.memory(), LOOK_MS);
  }

  static async start(tasks: "off" | "process" = "off"): Promise<Target> {
    const scratch = mkdtempSync(join(tmpdir(), "attack-"));
    const options = { args: ["--tasks", tasks], stderr: "pipe" } as const;
    return new Target(await SpawnedCloud.spawn(join(scratch, "data"), options), scratch);
  }

  get endpoint(): string {
    return this.cloud.endpoint;
  }

  get key(): Key {
    return this.cloud.credentials;
  }

  /** How often the server, or its load balancers' process, has ended by itself. */
  get crashes(): number {
    const ended = "the load balancers' process ended";
    const dataPlanes = this.cloud.errors.filter((line) => line.includes(ended)).length;
    return dataPlanes + (this.cloud.hasEnded ? 1 : 0);
  }

  /** What the server, and its load balancers' process, have in memory; bytes, undefined where nothing tells. */
  memory(): { server: number | undefined; dataPlane: number | undefined } {
    const pid = this.cloud.pid;
    const dataPlane = dataPlaneOf(pid);
    const told = {
      server: residentBytes(pid),
      dataPlane: dataPlane === undefined ? undefined : residentBytes(dataPlane),
    };
    this.peak.server = Math.max(this.peak.server, told.server ?? 0);
    this.peak.dataPlane = Math.max(this.peak.dataPlane, told.dataPlane ?? 0);
    return told;
  }

  /** Asks another address too, from now on, how long it takes to answer a harmless question. */
  probe(url: string): void {
    this.#probe.add(url);
  }

  /** Ends the probing. @returns the longest that an answer to a harmless question took, in milliseconds */
  longestStall(): Promise<number> {
    return this.#probe.stop();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#probe.stop();
    await this.cloud.end();
    rmSync(this.scratch, { recursive: true, force: true });
  }
}
