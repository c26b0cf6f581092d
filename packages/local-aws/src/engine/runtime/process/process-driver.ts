import { writeFileSync } from "node:fs";
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
import { BaseTools } from "./base-tools.ts";
import { ProcessMarks } from "./process-marks.ts";
import { PortPool } from "./port-pool.ts";
import { PortableTier } from "./portable-tier.ts";
import { ProcessHost } from "./process-host.ts";
import { reapTasks } from "./process-records.ts";
import { RunningTasks } from "../running-tasks.ts";
import { Strays } from "./strays.ts";
import { Supervisor } from "./supervisor.ts";
import type { Tier } from "./tier.ts";
import { UnpackedImages } from "./unpacked-images.ts";

export interface ProcessDriverOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Unpacked images and the files of running tasks go into its directory `runtime`. */
  readonly dataDir: string;
  /** Directories in which the images' interpreter (`node`) is looked for. Default: where this Node is. */
  readonly toolsPath?: readonly string[] | undefined;
  /** How far processes are kept apart. Default: not at all, which works everywhere. */
  readonly tier?: "portable";
}

/** Linux answers on all of 127.0.0.0/8; elsewhere only 127.0.0.1 is there. */
const TASK_ADDRESS = process.platform === "linux" ? "127.0.0.2" : "127.0.0.1";

/** Runs tasks as processes of this user. */
export class ProcessDriver implements TaskDriver {
  readonly name = "process";
  readonly terminalNote =
    "This task runs as plain processes: what you run now is your own user on this machine, in the task's folder, with the container's environment.";
  readonly #options: ProcessDriverOptions;
  readonly #tier: Tier;
  readonly #images: UnpackedImages;
  readonly #supervisor: Supervisor;
  readonly #marks = new ProcessMarks();
  readonly #strays = new Strays();
  readonly #tasksDirectory: string;
  readonly #tasks: RunningTasks;

  /** Use {@link createProcessDriver}. */
  constructor(options: ProcessDriverOptions, tier: Tier) {
    const runtime = join(options.dataDir, "runtime");
    this.#options = options;
    this.#tasks = new RunningTasks(options);
    this.#tier = tier;
    this.#tasksDirectory = join(runtime, "tasks");
    this.#images = new UnpackedImages(join(runtime, "images"));
    this.#supervisor = new Supervisor(options.logger, this.#marks.prefix);
  }

  /** How tasks are kept apart and limited here, for `doctor` and `status`. */
  info(): Readonly<Record<string, string>> {
    return { driver: this.name, tier: this.#tier.name, ...this.#tier.info() };
  }

  start(spec: TaskSpec, observer: TaskObserver, signal?: AbortSignal): Promise<void> {
    const open = () =>
      ProcessHost.open(spec, {
        clock: this.#options.clock,
        tier: this.#tier,
        images: this.#images,
        supervisor: this.#supervisor,
        marks: this.#marks,
        strays: this.#strays,
        directory: join(this.#tasksDirectory, spec.taskId),
      });
    return this.#tasks.start(spec, observer, open, signal);
  }

  unheeded(task: TaskSpec): readonly string[] {
    return this.#tier.unheeded(task);
  }

  stop(taskArn: string): Promise<void> {
    return this.#tasks.stop(taskArn);
  }

  endpoint(at: InterfaceAddress, port: number): Endpoint | undefined {
    return this.#tasks.endpoint(at, port);
  }

  openTerminal(taskArn: string, container: string, request: TerminalRequest): Promise<Terminal> {
    return this.#tasks.openTerminal(taskArn, container, request);
  }

  usage(taskArn: string): Promise<ReadonlyMap<string, ContainerUsage>> {
    return this.#tasks.usage(taskArn);
  }

  async reap(): Promise<void> {
    const killed = await reapTasks(this.#tasksDirectory, this.#strays);
    if (killed > 0) this.#options.logger.info(`ended ${killed} containers of a server that died`);
    await this.#images.prune();
  }

  async close(): Promise<void> {
    await this.#tasks.close();
    await this.#images.close();
    await this.#supervisor.close();
  }
}

/**
 * Makes the driver that runs tasks as processes. Call `reap` before the first start, `close` at the end.
 * Where no program of `toolsPath` is found, only images that bring their own can run.
 */
export function createProcessDriver(options: ProcessDriverOptions): ProcessDriver {
  const runtime = join(options.dataDir, "runtime");
  const toolsPath = options.toolsPath ?? [dirname(process.execPath)];
  const tools = new BaseTools(join(runtime, "tools"), toolsPath);
  // Node looks upwards for the kind of a module. Above a container's root there is nothing; here there may be a workspace.
  writeFileSync(join(runtime, "package.json"), "{}\n");
  const tier = new PortableTier({ tools, ports: new PortPool(), address: TASK_ADDRESS });
  return new ProcessDriver(options, tier);
}
