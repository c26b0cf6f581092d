import type { Clock } from "../../clock/clock.ts";
import type { Logger } from "../../ground/logger.ts";
import {
  CannotOpenTerminalError,
  type ContainerUsage,
  type Endpoint,
  type InterfaceAddress,
  type TaskObserver,
  type TaskSpec,
  type Terminal,
  type TerminalRequest,
} from "./driver.ts";
import { RunningTask, type RunningTaskParts } from "./running-task.ts";

/** How long containers may take to end when the server does, whatever their stop time-outs are: its owner waits. */
const CLOSE_MS = 5000;

/** The tasks that a driver runs, by ARN: each stays until it has ended and its files are gone. */
export class RunningTasks {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #tasks = new Map<string, { task: RunningTask; gone: Promise<void> }>();

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /**
   * Starts a task in the place that `open` makes for it.
   * @throws CannotStartError naming what it needs and cannot have here
   */
  async start(
    spec: TaskSpec,
    observer: TaskObserver,
    open: RunningTaskParts["open"],
    signal?: AbortSignal,
  ): Promise<void> {
    const { taskArn } = spec;
    if (this.#tasks.has(taskArn)) throw new Error(`${taskArn} runs already`);
    const task = new RunningTask(spec, observer, {
      clock: this.#clock,
      logger: this.#logger,
      open,
    });
    const started = task.start();
    const gone = task
      .ended()
      .catch((error: unknown) =>
        this.#logger.error(`the files of ${taskArn} were not removed`, error),
      )
      .then(() => void this.#tasks.delete(taskArn));
    this.#tasks.set(taskArn, { task, gone });
    const stop = () => void task.stop();
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) stop();
    await started.finally(() => signal?.removeEventListener("abort", stop));
  }

  /** Ends a task, and resolves when it is gone. */
  async stop(taskArn: string): Promise<void> {
    const running = this.#tasks.get(taskArn);
    if (!running) return;
    await running.task.stop();
    await running.gone;
  }

  /** Where a port of an interface is reached; undefined where no task has it. */
  endpoint({ networkInterfaceId }: InterfaceAddress, port: number): Endpoint | undefined {
    for (const { task } of this.#tasks.values())
      if (task.spec.networkInterfaceId === networkInterfaceId) return task.endpoint(port);
    return undefined;
  }

  /** @throws CannotOpenTerminalError */
  async openTerminal(
    taskArn: string,
    container: string,
    request: TerminalRequest,
  ): Promise<Terminal> {
    const running = this.#tasks.get(taskArn);
    if (!running) throw new CannotOpenTerminalError(`${taskArn} does not run`);
    return running.task.openTerminal(container, request);
  }

  async usage(taskArn: string): Promise<ReadonlyMap<string, ContainerUsage>> {
    return this.#tasks.get(taskArn)?.task.usage() ?? new Map<string, ContainerUsage>();
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    const kill = this.#clock.deadline(CLOSE_MS, () => {
      for (const { task } of this.#tasks.values()) task.kill();
    });
    await Promise.all(Array.from(this.#tasks.keys(), (taskArn) => this.stop(taskArn)));
    kill.cancel();
  }
}
