import { join } from "node:path";
import type { Clock } from "../../../clock/clock.ts";
import { CannotStartError, type ContainerSpec } from "../driver.ts";
import { ContainerProcess } from "./container-process.ts";
import { checkCommand, HealthMonitor } from "./health-check.ts";
import type { ProcessMarks } from "./process-marks.ts";
import { OUT_OF_MEMORY } from "./reasons.ts";
import { runCheck } from "./run-check.ts";
import { stopSignal } from "./stop-signal.ts";
import type { Strays } from "./strays.ts";
import type { Supervisor } from "./supervisor.ts";
import type { Launch, TierTask } from "./tier.ts";

export type Health = "HEALTHY" | "UNHEALTHY";

export interface RunningContainerParts {
  readonly clock: Clock;
  readonly supervisor: Supervisor;
  readonly marks: ProcessMarks;
  readonly strays: Strays;
  readonly tierTask: TierTask;
  /** The task's directory; the container's own copy of its image is in it, by name. */
  readonly directory: string;
  output(stream: "stdout" | "stderr", line: string): void | Promise<void>;
  health(status: Health): void;
  exited(code: number, reason: string | undefined): void;
  /** A fault of our own in a health check. */
  failed(error: unknown): void;
}

/** A container's process, what is known of its health, and how it ends. */
export class RunningContainer {
  readonly spec: ContainerSpec;
  readonly process: ContainerProcess;
  /** Resolves to the exit code, after the observer has heard of it. */
  readonly ended: Promise<number>;
  /** Resolves to the first word of the health check, for those that wait for it. */
  readonly firstHealth: Promise<Health>;
  readonly #parts: RunningContainerParts;
  readonly #monitor: HealthMonitor | undefined;
  #isOutOfMemory = false;

  private constructor(
    spec: ContainerSpec,
    process: ContainerProcess,
    parts: RunningContainerParts,
  ) {
    this.spec = spec;
    this.process = process;
    this.#parts = parts;
    const { promise, resolve } = Promise.withResolvers<Health>();
    this.firstHealth = promise;
    this.#monitor = this.#monitorHealth(resolve);
    this.ended = process.exited.then((code) => {
      this.#monitor?.stop();
      parts.exited(code, this.#isOutOfMemory ? OUT_OF_MEMORY : undefined);
      return code;
    });
  }

  /** @throws CannotStartError */
  static async start(
    spec: ContainerSpec,
    launch: Launch,
    parts: RunningContainerParts,
  ): Promise<RunningContainer> {
    const process = await ContainerProcess.start(launch, { ...parts, name: spec.name });
    return new RunningContainer(spec, process, parts);
  }

  killForMemory(): void {
    this.#isOutOfMemory = true;
    this.process.signal("SIGKILL");
  }

  /** Asks it to end, kills it after its stop time-out, and resolves when it has ended. */
  async stop(): Promise<void> {
    this.#monitor?.stop();
    this.process.signal(stopSignal(this.spec.image.config.StopSignal));
    const kill = this.#parts.clock.deadline(this.spec.stopTimeoutSeconds * 1000, () =>
      this.process.signal("SIGKILL"),
    );
    await this.ended;
    kill.cancel();
  }

  #monitorHealth(first: (status: Health) => void): HealthMonitor | undefined {
    const { spec } = this;
    const { clock, supervisor, tierTask, directory, health, failed } = this.#parts;
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
      check: async (timeoutMs) => {
        try {
          const launch = await tierTask.launchCheck(spec, join(directory, spec.name), command);
          return await runCheck(launch, timeoutMs, { clock, supervisor });
        } catch (error) {
          // No shell, no such program: the check has failed, as it would in a container.
          if (error instanceof CannotStartError) return false;
          throw error;
        }
      },
    });
  }
}
