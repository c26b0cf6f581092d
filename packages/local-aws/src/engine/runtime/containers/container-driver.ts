import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Clock } from "../../../clock/clock.ts";
import type { Logger } from "../../../ground/logger.ts";
import type {
  ContainerUsage,
  Endpoint,
  InterfaceAddress,
  TaskDriver,
  TaskObserver,
  TaskSpec,
  Terminal,
  TerminalRequest,
} from "../driver.ts";
import { CannotStartError } from "../../cannot-start-error.ts";
import { isExecutable } from "../process/base-tools.ts";
import { couldNotRun } from "../reasons.ts";
import { RunningTasks } from "../running-tasks.ts";
import { BaseLayers } from "./base-layers.ts";
import type { InstanceNetworks } from "./instance-networks.ts";
import { ContainerHost } from "./container-host.ts";
import type { Room } from "./room.ts";
import { RoomImages } from "./room-images.ts";
import { ROOM } from "./inside/messages.ts";
import { efsDirectory } from "./task-volumes.ts";

export interface ContainerDriverOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly room: Room;
  readonly instances: InstanceNetworks;
  /** Layers that stand in for base images go into its directory `runtime`. */
  readonly dataDir: string;
  /** Directories in which the runtime of images whose base was not fetched (`node`) is looked for. Default: where this Node is. */
  readonly toolsPath?: readonly string[] | undefined;
  /** Resolves when the router knows of the interfaces that the store has now, and of none that it had before. */
  readonly routed: () => Promise<void>;
}

/** Programs that a container's first process can be, statically linked. */
const INITS = ["/usr/bin/tini-static", "/usr/bin/docker-init"];

/** Runs tasks as containers in a room. */
export class ContainerDriver implements TaskDriver {
  readonly name = "containers";
  readonly #options: ContainerDriverOptions;
  readonly #images: RoomImages;
  readonly #tasks: RunningTasks;
  readonly #openFiles = hardLimitOfOpenFiles();
  readonly #init = INITS.find(isExecutable);

  constructor(options: ContainerDriverOptions) {
    this.#options = options;
    this.#tasks = new RunningTasks(options);
    const toolsPath = options.toolsPath ?? [dirname(process.execPath)];
    const bases = new BaseLayers(join(options.dataDir, "runtime", "bases"), toolsPath);
    this.#images = new RoomImages(options.room, bases);
  }

  start(spec: TaskSpec, observer: TaskObserver, signal?: AbortSignal): Promise<void> {
    return this.#tasks.start(spec, observer, () => this.#open(spec), signal);
  }

  async #open(spec: TaskSpec): Promise<ContainerHost> {
    const { clock, room, routed, instances } = this.#options;
    try {
      await routed();
    } catch (error) {
      throw new CannotStartError(couldNotRun((error as Error).message), { cause: error });
    }
    return ContainerHost.open(spec, {
      clock,
      room,
      images: this.#images,
      instances,
      openFiles: this.#openFiles,
      init: this.#init,
    });
  }

  unheeded({ taskArn, volumes = [], containers }: TaskSpec): readonly string[] {
    const files = volumes.flatMap(({ name, efsVolumeConfiguration: efs }) => {
      if (!efs) return [];
      const { root } = efsDirectory(taskArn, efs);
      const directory = join(this.#options.room.folder, root.slice(ROOM.length));
      return [`volume "${name}": EFS, whose ${efs.fileSystemId} is the directory ${directory}`];
    });
    const swap = containers.flatMap(({ name, definition }) => {
      const { maxSwap, swappiness } = definition.linuxParameters ?? {};
      return maxSwap === undefined && swappiness === undefined
        ? []
        : [`container "${name}": maxSwap, swappiness`];
    });
    return [...files, ...swap];
  }

  stop(taskArn: string): Promise<void> {
    return this.#tasks.stop(taskArn);
  }

  endpoint(at: InterfaceAddress, port: number): Endpoint | undefined {
    const { privateIpAddress: host } = at;
    // Whatever of an instance listens, or is published, is found by its packets.
    if (this.#options.instances.has(host)) return { host, port };
    return this.#tasks.endpoint(at, port);
  }

  openTerminal(taskArn: string, container: string, request: TerminalRequest): Promise<Terminal> {
    return this.#tasks.openTerminal(taskArn, container, request);
  }

  usage(taskArn: string): Promise<ReadonlyMap<string, ContainerUsage>> {
    return this.#tasks.usage(taskArn);
  }

  /** Nothing outlives a room: only what it wrote is left, and goes when the room is made. */
  async reap(): Promise<void> {
    await this.#images.prune();
  }

  async close(): Promise<void> {
    await this.#tasks.close();
    await this.#images.close();
  }
}

/** More than that this process cannot give away. */
function hardLimitOfOpenFiles(): number {
  const limits = readFileSync("/proc/self/limits", "utf8");
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  return hard === undefined || hard === "unlimited" ? Number.MAX_SAFE_INTEGER : Number(hard);
}
