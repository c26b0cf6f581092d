import type { Clock } from "../../clock/clock.ts";
import type { Logger } from "../../ground/logger.ts";
import { awaitDependencies, DependencyError, type Dependency, type Start } from "./dependencies.ts";
import type { ContainerSpec, TaskObserver, TaskSpec } from "./driver.ts";
import { NEVER_STARTED_EXIT_CODE } from "./reasons.ts";
import { RunningContainer } from "./running-container.ts";
import type { PreparedContainer, TaskHost } from "./task-host.ts";

export interface ContainerStartsParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly spec: TaskSpec;
  readonly observer: TaskObserver;
  readonly host: TaskHost;
  /** Told of each container that runs, before the observer is. */
  started(container: RunningContainer): void;
}

/** Starts the containers of one task: each as soon as what it depends on allows it. */
export class ContainerStarts {
  readonly #parts: ContainerStartsParts;
  readonly #starts = new Map<string, Start>();

  constructor(parts: ContainerStartsParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when each has started, or is known never to; where one cannot, none that still waits does.
   * @throws CannotStartError; the signal's reason
   */
  async all(prepared: readonly PreparedContainer[], stop: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const signal = AbortSignal.any([stop, failed.signal]);
    // In the order of start: what one depends on is there before it.
    for (const [index, spec] of this.#parts.spec.containers.entries()) {
      const started = this.#start(spec, prepared[index]!, signal);
      started.catch((error: unknown) => failed.abort(error));
      this.#starts.set(spec.name, { spec, started });
    }
    await allOf(Array.from(this.#starts.values(), ({ started }) => started));
  }

  async #start(
    spec: ContainerSpec,
    prepared: PreparedContainer,
    signal: AbortSignal,
  ): Promise<Dependency | undefined> {
    const { clock, observer } = this.#parts;
    try {
      await awaitDependencies(spec, this.#starts, { clock, signal });
    } catch (error) {
      if (!(error instanceof DependencyError)) throw error;
      this.#tell(() => observer.exited(spec.name, NEVER_STARTED_EXIT_CODE, error.message));
      return undefined;
    }
    const { failure } = prepared;
    return failure === undefined ? this.#run(spec, prepared) : this.#fail(spec, failure);
  }

  async #run(spec: ContainerSpec, prepared: PreparedContainer): Promise<RunningContainer> {
    const { name } = spec;
    const { clock, logger, observer, host, started } = this.#parts;
    await observer.starting?.(name);
    const container = await RunningContainer.start(spec, prepared, {
      clock,
      output: (stream, line) => this.#tell(() => observer.output(name, stream, line)),
      health: (status) => this.#tell(() => observer.health(name, status)),
      ending: async () => {
        try {
          await observer.ending?.(name);
        } catch (error) {
          logger.error(`the observer of ${this.#parts.spec.taskArn} failed`, error);
        }
      },
      restarted: (count) => this.#tell(() => observer.restarted(name, count)),
      exited: (code, reason) => this.#tell(() => observer.exited(name, code, reason)),
      failed: (what, error) =>
        logger.error(`${name} of ${this.#parts.spec.taskArn} ${what}`, error),
    });
    started(container);
    const bindings = host.bindings(name);
    this.#tell(() => observer.started(name, spec.runtimeId, bindings));
    return container;
  }

  /** A file that the kernel would not run: in a container that shows after the start, as a line and an exit code. */
  #fail(spec: ContainerSpec, line: string): Dependency {
    const { clock, observer } = this.#parts;
    const { name } = spec;
    this.#tell(() => observer.started(name, spec.runtimeId, []));
    this.#tell(() => observer.output(name, "stderr", line));
    const { promise: ended, resolve } = Promise.withResolvers<number>();
    // Later, as with a real process: the caller knows of the start before it hears of the end.
    setImmediate(() => {
      this.#tell(() => observer.exited(name, 1));
      resolve(1);
    });
    return { spec, startedAt: clock.now(), ended, healthy: new Promise<never>(() => {}) };
  }

  /** An observer's fault must not end the task. */
  #tell<R>(call: () => R): R | undefined {
    try {
      return call();
    } catch (error) {
      this.#parts.logger.error(`the observer of ${this.#parts.spec.taskArn} failed`, error);
      return undefined;
    }
  }
}

/** Waits for all, then throws the first error, so that nothing is still under way when the caller cleans up. */
export async function allOf<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason as Error;
    return result.value;
  });
}
