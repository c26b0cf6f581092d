import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Clock } from "../../../clock/clock.ts";
import type { Logger } from "../../../ground/logger.ts";
import type { ContainerUsage, Endpoint, TaskDriver, TaskObserver, TaskSpec } from "../driver.ts";
import { isExecutable } from "../process/base-tools.ts";
import { RunningTask } from "../running-task.ts";
import { BaseLayers } from "./base-layers.ts";
import { ContainerHost } from "./container-host.ts";
import type { Room } from "./room.ts";
import { RoomImages } from "./room-images.ts";
import { terminalsOf } from "../reasons.ts";

export interface ContainerDriverOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly room: Room;
  /** Layers that stand in for base images go into its directory `runtime`. */
  readonly dataDir: string;
  /** Directories in which the runtime of images whose base was not fetched (`node`) is looked for. Default: where this Node is. */
  readonly toolsPath?: readonly string[] | undefined;
  /** Resolves when the router knows of the interfaces that the store has now. */
  readonly routed: () => Promise<void>;
}

/** How long containers may take to end when the server does, whatever their stop time-outs are: its owner waits. */
const CLOSE_MS = 5000;

/** Programs that a container's first process can be, statically linked. */
const INITS = ["/usr/bin/tini-static", "/usr/bin/docker-init"];

/** Runs tasks as containers in a room. */
export class ContainerDriver implements TaskDriver {
  readonly name = "containers";
  readonly #options: ContainerDriverOptions;
  readonly #images: RoomImages;
  readonly #tasks = new Map<string, { task: RunningTask; gone: Promise<void> }>();
  readonly #openFiles = hardLimitOfOpenFiles();
  readonly #init = INITS.find(isExecutable);

  constructor(options: ContainerDriverOptions) {
    this.#options = options;
    const toolsPath = options.toolsPath ?? [dirname(process.execPath)];
    const bases = new BaseLayers(join(options.dataDir, "runtime", "bases"), toolsPath);
    this.#images = new RoomImages(options.room, bases);
  }

  async start(spec: TaskSpec, observer: TaskObserver, signal?: AbortSignal): Promise<void> {
    if (this.#tasks.has(spec.taskArn)) throw new Error(`${spec.taskArn} runs already`);
    const { clock, logger, room, routed } = this.#options;
    const task = new RunningTask(spec, observer, {
      clock,
      logger,
      open: async () => {
        const host = await ContainerHost.open(spec, {
          clock,
          room,
          images: this.#images,
          openFiles: this.#openFiles,
          init: this.#init,
        });
        await routed();
        return host;
      },
    });
    const started = task.start();
    const gone = task
      .ended()
      .catch((error: unknown) =>
        logger.error(`the files of ${spec.taskArn} were not removed`, error),
      )
      .then(() => void this.#tasks.delete(spec.taskArn));
    this.#tasks.set(spec.taskArn, { task, gone });
    const stop = () => void task.stop();
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) stop();
    await started.finally(() => signal?.removeEventListener("abort", stop));
  }

  unheeded({ containers }: TaskSpec): readonly string[] {
    return containers.flatMap(({ name, definition }) => {
      const what = terminalsOf(definition);
      return what.length === 0 ? [] : [`container "${name}": ${what.join(", ")}`];
    });
  }

  async stop(taskArn: string): Promise<void> {
    const running = this.#tasks.get(taskArn);
    if (!running) return;
    await running.task.stop();
    await running.gone;
  }

  endpoint(privateIpAddress: string, port: number): Endpoint | undefined {
    for (const { task } of this.#tasks.values())
      if (task.spec.privateIpAddress === privateIpAddress) return task.endpoint(port);
    return undefined;
  }

  async usage(taskArn: string): Promise<ReadonlyMap<string, ContainerUsage>> {
    return this.#tasks.get(taskArn)?.task.usage() ?? new Map<string, ContainerUsage>();
  }

  /** Nothing outlives a room: only what it wrote is left, and goes when the room is made. */
  async reap(): Promise<void> {
    await this.#images.prune();
  }

  async close(): Promise<void> {
    const kill = this.#options.clock.deadline(CLOSE_MS, () => {
      for (const { task } of this.#tasks.values()) task.kill();
    });
    await Promise.all(Array.from(this.#tasks.keys(), (taskArn) => this.stop(taskArn)));
    kill.cancel();
    await this.#images.close();
  }
}

/** More than that this process cannot give away. */
function hardLimitOfOpenFiles(): number {
  const limits = readFileSync("/proc/self/limits", "utf8");
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  return hard === undefined || hard === "unlimited" ? Number.MAX_SAFE_INTEGER : Number(hard);
}
