import type { Clock } from "../../clock/clock.ts";
import type { ContainerSpec } from "./driver.ts";
import { checkCommand, HealthMonitor } from "./health-check.ts";
import { OUT_OF_MEMORY } from "./reasons.ts";
import type { ContainerHandle, OutputListener, PreparedContainer } from "./task-host.ts";
import { constants } from "node:os";

/** A STOPSIGNAL as Dockerfiles write it (`SIGINT`, `INT`, `2`); SIGTERM where there is none, or none that this system has. */
function stopSignal(name: string | undefined): NodeJS.Signals | number {
  if (name && /^\d+$/.test(name)) return Number(name);
  const known = name && (`SIG${name.toUpperCase().replace(/^SIG/, "")}` as NodeJS.Signals);
  return known && known in constants.signals ? known : "SIGTERM";
}

export type Health = "HEALTHY" | "UNHEALTHY";

export interface RunningContainerParts {
  readonly clock: Clock;
  readonly output: OutputListener;
  health(status: Health): void;
  exited(code: number, reason: string | undefined): void;
  /** A fault of our own in a health check. */
  failed(error: unknown): void;
}

/** A container that runs, what is known of its health, and how it ends. */
export class RunningContainer {
  readonly spec: ContainerSpec;
  readonly handle: ContainerHandle;
  /** Resolves to the exit code, after the observer has heard of it. */
  readonly ended: Promise<number>;
  /** Resolves to the first word of the health check, for those that wait for it. */
  readonly firstHealth: Promise<Health>;
  readonly #parts: RunningContainerParts;
  readonly #monitor: HealthMonitor | undefined;
  #isOutOfMemory = false;

  private constructor(spec: ContainerSpec, handle: ContainerHandle, parts: RunningContainerParts) {
    this.spec = spec;
    this.handle = handle;
    this.#parts = parts;
    const { promise, resolve } = Promise.withResolvers<Health>();
    this.firstHealth = promise;
    this.#monitor = this.#monitorHealth(resolve);
    this.ended = handle.exited.then((code) => {
      this.#monitor?.stop();
      parts.exited(code, this.#isOutOfMemory ? OUT_OF_MEMORY : undefined);
      return code;
    });
  }

  /** @throws CannotStartError */
  static async start(
    spec: ContainerSpec,
    prepared: PreparedContainer,
    parts: RunningContainerParts,
  ): Promise<RunningContainer> {
    return new RunningContainer(spec, await prepared.start(parts.output), parts);
  }

  killForMemory(): void {
    this.#isOutOfMemory = true;
    this.handle.signal("SIGKILL");
  }

  /** Asks it to end, kills it after its stop time-out, and resolves when it has ended. */
  async stop(): Promise<void> {
    this.#monitor?.stop();
    this.handle.signal(stopSignal(this.spec.image.config.StopSignal));
    const kill = this.#parts.clock.deadline(this.spec.stopTimeoutSeconds * 1000, () =>
      this.handle.signal("SIGKILL"),
    );
    await this.ended;
    kill.cancel();
  }

  #monitorHealth(first: (status: Health) => void): HealthMonitor | undefined {
    const { spec } = this;
    const { clock, health, failed } = this.#parts;
    const { healthCheck } = spec.definition;
    const command = checkCommand(healthCheck);
    if (!healthCheck || !command) return undefined;
    return new HealthMonitor({
      clock,
      healthCheck,
      failed,
      changed: (status) => {
        first(status);
        health(status);
      },
      check: (timeoutMs) => this.handle.check(command, timeoutMs),
    });
  }
}
