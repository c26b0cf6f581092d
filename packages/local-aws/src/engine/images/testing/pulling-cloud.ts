import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateServiceCommand,
  RunTaskCommand,
  type ContainerDefinition,
} from "@aws-sdk/client-ecs";
import { expect, vi } from "vitest";
import { writeTinyLayer } from "../../runtime/testing/tiny-image.ts";
import { TaskCloud } from "../../scheduler/testing/task-cloud.ts";
import { LoopbackRegistry } from "./loopback-registry.ts";

/** A registry that is nowhere but at its mirror. */
export const FAR = "registry.test";
/** One whose mirror does not answer. */
export const CLOSED = "closed.test";

/** The configuration of an image that no other image has; it runs a program of the layer. */
export const configOf = (name: string) => ({
  Cmd: ["node", "/main.js"],
  Env: [`NAME=${name}`],
  Labels: { "org.opencontainers.image.base.name": "node:24-slim" },
});

/** For tests: a cloud and a registry on loopback that it pulls from. */
export class PullingCloud {
  readonly cloud: TaskCloud;
  readonly registry: LoopbackRegistry;
  /** With `registries.json`, and the layout `stand-ins`, where a test makes them. */
  readonly folder: string;
  #families = 0;

  private constructor(cloud: TaskCloud, registry: LoopbackRegistry, folder: string) {
    this.cloud = cloud;
    this.registry = registry;
    this.folder = folder;
  }

  static async start(): Promise<PullingCloud> {
    const folder = mkdtempSync(join(tmpdir(), "pull-"));
    const registry = await LoopbackRegistry.start();
    const cloud = await TaskCloud.start({
      registryMirrors: {
        [FAR]: [registry.url],
        [CLOSED]: [await closedPort()],
        "two.test": [await closedPort(), registry.url],
      },
      registriesFile: join(folder, "registries.json"),
      standIns: join(folder, "stand-ins"),
    });
    return new PullingCloud(cloud, registry, folder);
  }

  async stop(): Promise<void> {
    expect(this.cloud.test.errors).toEqual([]);
    await this.cloud.stop();
    await this.registry.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A layer with a program that says a word and ends. */
  async layerThatSays(word: string): Promise<Buffer> {
    const files = { "main.js": `console.log(${JSON.stringify(word)});` };
    return readFileSync((await writeTinyLayer(join(this.folder, "layers"), files)).file);
  }

  define(image: string, settings: ContainerDefinition = {}): Promise<string> {
    const container = { name: "main", image, logConfiguration: this.cloud.logTo(), ...settings };
    return this.cloud.define(`pull-${this.#families++}`, [container]);
  }

  /** Runs a task of an image to its end; what it wrote. */
  async linesOf(image: string, settings?: ContainerDefinition): Promise<string[]> {
    const { tasks } = await this.cloud.ecs.send(
      new RunTaskCommand({
        cluster: "c",
        taskDefinition: await this.define(image, settings),
        launchType: "FARGATE",
        networkConfiguration: this.cloud.network,
      }),
    );
    const arn = tasks![0]!.taskArn!;
    await vi.waitFor(
      async () => {
        const task = await this.cloud.task(arn);
        expect(task, task.stoppedReason).toMatchObject({ lastStatus: "STOPPED" });
        expect(task.stopCode, task.stoppedReason).toBe("EssentialContainerExited");
      },
      { timeout: 60_000, interval: 20 },
    );
    return this.cloud.lines(arn);
  }

  /** Runs an image in a service, until its events have a sentence. */
  async saysInService(serviceName: string, image: string, sentence: string): Promise<void> {
    await this.cloud.ecs.send(
      new CreateServiceCommand({
        cluster: "c",
        serviceName,
        taskDefinition: await this.define(image),
        desiredCount: 1,
        launchType: "FARGATE",
        networkConfiguration: this.cloud.network,
      }),
    );
    await vi.waitFor(
      async () =>
        expect(await this.cloud.messages(serviceName)).toContain(
          `(service ${serviceName}) ${sentence}`,
        ),
      { timeout: 60_000, interval: 20 },
    );
  }

  /** Runs a task of an image that cannot be had; why. */
  async failureOf(image: string, settings?: ContainerDefinition): Promise<string> {
    return this.cloud.stoppedReason(await this.define(image, settings));
  }
}

/** An address where nobody listens. */
async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
