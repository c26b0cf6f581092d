import { DiffIdError, LayerError } from "@workbook/image-layers";
import type { Clock } from "../../clock/clock.ts";
import type { Logger } from "../../ground/logger.ts";
import { CannotStartError } from "../cannot-start-error.ts";
import {
  CannotOpenTerminalError,
  type ContainerSpec,
  type ContainerUsage,
  type Endpoint,
  type TaskObserver,
  type TaskSpec,
  type Terminal,
  type TerminalRequest,
} from "./driver.ts";
import { allOf, ContainerStarts } from "./container-starts.ts";
import { MemoryWatch } from "./memory-watch.ts";
import { badImage, badLayer, stoppedWhileStarting, wrongDiffId } from "./reasons.ts";
import type { RunningContainer } from "./running-container.ts";
import type { PreparedContainer, TaskHost } from "./task-host.ts";

export interface RunningTaskParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Makes the place where the task runs. @throws CannotStartError naming what the task needs and cannot have here */
  open(spec: TaskSpec): Promise<TaskHost>;
}

/** One task's containers, from its start to the end of the last. */
export class RunningTask {
  readonly spec: TaskSpec;
  readonly #observer: TaskObserver;
  readonly #parts: RunningTaskParts;
  readonly #containers = new Map<string, RunningContainer>();
  #host: TaskHost | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  readonly #stopRequest = new AbortController();
  readonly #memoryWatch: MemoryWatch;

  constructor(spec: TaskSpec, observer: TaskObserver, parts: RunningTaskParts) {
    this.spec = spec;
    this.#observer = observer;
    this.#parts = parts;
    this.#memoryWatch = new MemoryWatch({
      clock: parts.clock,
      task: spec,
      usage: () => this.usage(),
      kill: (name) => this.#containers.get(name)!.killForMemory(),
      failed: (error) => parts.logger.error(`the memory of ${spec.taskArn} cannot be read`, error),
    });
  }

  /** Starts all containers; where one cannot start, ends the others, cleans up and rejects with CannotStartError. */
  start(): Promise<void> {
    this.#starting = this.#startAll();
    return this.#starting;
  }

  /** Resolves when every container that was started has ended and the task's files are gone. */
  async ended(): Promise<void> {
    // A start that failed has cleaned up already.
    const started = await this.#starting!.then(
      () => true,
      () => false,
    );
    if (!started) return;
    await this.#allEnded();
    await this.#cleanUp();
  }

  /** Asks the containers to end, those that others depend on last; kills them after their stop time-outs. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    this.#stopRequest.abort(new CannotStartError(stoppedWhileStarting()));
    await this.#stopping;
    await this.#starting?.catch(() => {});
  }

  /** Ends the containers at once. */
  kill(): void {
    for (const container of this.#containers.values()) container.kill();
  }

  endpoint(port: number): Endpoint {
    return (
      this.#host?.endpoint(port) ?? {
        refused: true,
        why: "the task's containers have not started",
      }
    );
  }

  /** What each container that runs uses. */
  async usage(): Promise<ReadonlyMap<string, ContainerUsage>> {
    const running = [...this.#containers.values()].filter(({ handle }) => handle.isRunning);
    return this.#host?.usage(running.map(({ spec }) => spec.name)) ?? new Map<string, never>();
  }

  /** @throws CannotOpenTerminalError */
  async openTerminal(name: string, request: TerminalRequest): Promise<Terminal> {
    const handle = this.#containers.get(name)?.handle;
    if (!handle?.isRunning) throw new CannotOpenTerminalError(`container ${name} does not run`);
    return handle.openTerminal(request);
  }

  async #startAll(): Promise<void> {
    try {
      const host = await this.#parts.open(this.spec);
      this.#host = host;
      // Everything that can fail by the image or the definition does so before the first process runs.
      const prepared = await allOf(this.spec.containers.map((c) => this.#prepare(c, host)));
      const starts = new ContainerStarts({
        ...this.#parts,
        spec: this.spec,
        observer: this.#observer,
        host,
        started: (container) => this.#containers.set(container.spec.name, container),
      });
      await starts.all(prepared, this.#stopRequest.signal);
      this.#stopRequest.signal.throwIfAborted();
      if (!host.keepsMemory) this.#memoryWatch.start();
    } catch (error) {
      // Containers of a task that is being stopped have the time that they are given to end.
      await this.#stopping;
      this.kill();
      await this.#allEnded();
      await this.#cleanUp();
      throw error;
    }
  }

  async #prepare(container: ContainerSpec, host: TaskHost): Promise<PreparedContainer> {
    const { signal } = this.#stopRequest;
    try {
      return await host.prepare(container, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof CannotStartError) throw error;
      throw new CannotStartError(pullReason(error, container.image.reference), { cause: error });
    }
  }

  async #stopAll(): Promise<void> {
    const stops = new Map<string, Promise<void>>();
    const stopOne = (name: string): Promise<void> => {
      let stop = stops.get(name);
      if (!stop) {
        const dependents = this.spec.containers.filter(({ definition }) =>
          definition.dependsOn?.some(({ containerName }) => containerName === name),
        );
        stop = Promise.all(dependents.map((dependent) => stopOne(dependent.name))).then(() =>
          this.#containers.get(name)?.stop(),
        );
        stops.set(name, stop);
      }
      return stop;
    };
    await Promise.all(this.spec.containers.map(({ name }) => stopOne(name)));
  }

  async #allEnded(): Promise<void> {
    await Promise.all(Array.from(this.#containers.values(), ({ ended }) => ended));
  }

  async #cleanUp(): Promise<void> {
    this.#memoryWatch.stop();
    await this.#host?.close();
  }
}

/** Why an image could not be laid down, as ECS says that it could not be pulled. */
function pullReason(error: unknown, reference: string): string {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof DiffIdError) return wrongDiffId(detail);
  return error instanceof LayerError ? badLayer(detail) : badImage(reference, detail);
}
