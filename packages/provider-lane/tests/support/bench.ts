import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ECSClient, ListClustersCommand } from "@aws-sdk/client-ecs";
import type { LocalAws } from "@workbook/local-aws";
import { afterAll, beforeAll, onTestFinished, vi } from "vitest";
import { openLane, type Lane, type LaneOptions } from "../../src/index.ts";
import { environmentOf, REGION, Stack, startCloud } from "./stack.ts";

/** For what comes with a provider or a Terraform, which take long to start on a machine that has much to do. */
export const WAIT = { timeout: 120_000, interval: 20 };

/** A cloud for the tests of a file, and what each of them needs of it. */
export class Bench {
  cloud!: LocalAws;
  env!: NodeJS.ProcessEnv;
  provider!: string;
  directory!: string;
  #stacks = 0;

  /** Starts it before all tests of the file, and ends it after them. */
  static forThisFile(): Bench {
    const bench = new Bench();
    beforeAll(async () => {
      bench.directory = mkdtempSync(join(tmpdir(), "lane-test-"));
      bench.cloud = await startCloud(join(bench.directory, "cloud"));
      bench.env = environmentOf(bench.cloud);
      bench.provider = await (await bench.stack()).provider();
    }, WAIT.timeout);
    afterAll(async () => {
      await bench.cloud.stop();
      rmSync(bench.directory, { recursive: true });
    });
    return bench;
  }

  /** An initialised folder of a test's own. */
  stack(env = this.env): Promise<Stack> {
    return Stack.create(join(this.directory, `stack-${++this.#stacks}`), env);
  }

  /** A lane for the length of a test, and what it logs. */
  async lane(options: Partial<LaneOptions> = {}): Promise<{ lane: Lane; logged: string[] }> {
    const logged: string[] = [];
    const onLog = (line: string) => logged.push(line);
    const lane = await openLane({ provider: this.provider, env: this.env, onLog, ...options });
    onTestFinished(() => lane.close());
    return { lane, logged };
  }

  /** Resolves when the cloud has a cluster: the provider that makes it waits then. */
  async hasCluster(name: string): Promise<void> {
    const { endpoint, credentials } = this.cloud;
    const client = new ECSClient({ endpoint, credentials, region: REGION });
    onTestFinished(() => client.destroy());
    await vi.waitUntil(async () => {
      const { clusterArns = [] } = await client.send(new ListClustersCommand({}));
      return clusterArns.some((arn) => arn.endsWith(`/${name}`));
    }, WAIT);
  }
}

interface Attached {
  readonly Addr: { readonly String: string };
}

/** The socket that Terraform is told of. */
export function socketOf(reattach: string): string {
  const [{ Addr }] = Object.values(JSON.parse(reattach) as Record<string, Attached>) as [Attached];
  return Addr.String;
}

/** Uses a lane as a command does. @returns what ends that */
export async function useLane(lane: Lane): Promise<() => void> {
  const socket = connect(socketOf(lane.reattach));
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  await vi.waitUntil(() => lane.isInUse, WAIT);
  return () => void socket.destroy();
}
