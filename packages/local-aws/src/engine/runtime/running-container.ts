import type { Clock } from "../../clock/clock.ts";
import type { Dependency } from "./dependencies.ts";
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

/** ECS's default. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html */
const DEFAULT_RESTART_SECONDS = 300;

export type Health = "HEALTHY" | "UNHEALTHY";

export interface RunningContainerParts {
  readonly clock: Clock;
  readonly output: OutputListener;
  health(status: Health): void;
  /** Its restart policy is about to start it again, for the `count`th time. */
  restarted(count: number): void;
  /** It has ended for good, and so has its output. Never rejects. */
  ending(): Promise<void>;
  exited(code: number, reason: string | undefined): void;
  /** A fault of our own in a health check or in a restart. */
  failed(what: string, error: unknown): void;
}

/** A container that runs, what is known of its health, and how it ends: for good where its restart policy does not start it again. */
export class RunningContainer implements Dependency {
  readonly spec: ContainerSpec;
  readonly startedAt: number;
  /** Resolves to the exit code, after the observer has heard of it. */
  readonly ended: Promise<number>;
  readonly healthy: Promise<void>;
  readonly #prepared: PreparedContainer;
  readonly #parts: RunningContainerParts;
  readonly #becameHealthy: () => void;
  #handle: ContainerHandle;
  #monitor: HealthMonitor | undefined;
  #isOutOfMemory = false;
  #isEnding = false;
  #restarts = 0;
  #lastStartAt: number;

  private constructor(
    spec: ContainerSpec,
    prepared: PreparedContainer,
    handle: ContainerHandle,
    parts: RunningContainerParts,
  ) {
    this.spec = spec;
    this.#prepared = prepared;
    this.#handle = handle;
    this.#parts = parts;
    this.startedAt = parts.clock.now();
    this.#lastStartAt = this.startedAt;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.healthy = promise;
    this.#becameHealthy = resolve;
    this.#monitor = this.#monitorHealth();
    this.ended = this.#live();
  }

  /** @throws CannotStartError */
  static async start(
    spec: ContainerSpec,
    prepared: PreparedContainer,
    parts: RunningContainerParts,
  ): Promise<RunningContainer> {
    return new RunningContainer(spec, prepared, await prepared.start(parts.output), parts);
  }

  /** What runs now: another one after each restart. */
  get handle(): ContainerHandle {
    return this.#handle;
  }

  killForMemory(): void {
    this.#isOutOfMemory = true;
    this.#handle.signal("SIGKILL");
  }

  /** Ends it at once. */
  kill(): void {
    this.#isEnding = true;
    this.#handle.signal("SIGKILL");
  }

  /** Asks it to end, kills it after its stop time-out, and resolves when it has ended. */
  async stop(): Promise<void> {
    this.#isEnding = true;
    this.#monitor?.stop();
    this.#handle.signal(this.#stopSignal);
    const kill = this.#parts.clock.deadline(this.spec.stopTimeoutSeconds * 1000, () =>
      this.#handle.signal("SIGKILL"),
    );
    await this.ended;
    kill.cancel();
  }

  get #stopSignal(): NodeJS.Signals | number {
    return stopSignal(this.spec.image.config.StopSignal);
  }

  async #live(): Promise<number> {
    for (;;) {
      const code = await this.#handle.exited;
      this.#monitor?.stop();
      if (this.#mayRestart(code) && (await this.#restart())) continue;
      await this.#parts.ending();
      const isOutOfMemory = this.#isOutOfMemory || this.#handle.isOutOfMemory;
      this.#parts.exited(code, isOutOfMemory ? OUT_OF_MEMORY : undefined);
      return code;
    }
  }

  /**
   * A container is started again each time that it ends, whatever its exit code, but for those that are ignored, and unless it has run for less than
   * the attempt period since its last start.
   * @see https://github.com/aws/amazon-ecs-agent/blob/master/ecs-agent/api/container/restart/restart_tracker.go
   */
  #mayRestart(code: number): boolean {
    const { enabled, ignoredExitCodes, restartAttemptPeriod } =
      this.spec.definition.restartPolicy ?? {};
    if (!enabled || this.#isEnding || ignoredExitCodes?.includes(code)) return false;
    const seconds = restartAttemptPeriod ?? DEFAULT_RESTART_SECONDS;
    return this.#parts.clock.idleSince(this.#lastStartAt) >= seconds * 1000;
  }

  async #restart(): Promise<boolean> {
    const { clock, output, restarted, failed } = this.#parts;
    // Before there is a program, which may ask for the count at once: so it is with the agent.
    this.#lastStartAt = clock.now();
    restarted(++this.#restarts);
    try {
      this.#handle = await this.#prepared.start(output);
    } catch (error) {
      failed("could not be restarted", error);
      return false;
    }
    this.#isOutOfMemory = false;
    // It was told to end while it was starting.
    if (this.#isEnding) this.#handle.signal(this.#stopSignal);
    else this.#monitor = this.#monitorHealth();
    return true;
  }

  #monitorHealth(): HealthMonitor | undefined {
    const { clock, health, failed } = this.#parts;
    const { healthCheck } = this.spec.definition;
    const command = checkCommand(healthCheck);
    if (!healthCheck || !command) return undefined;
    const handle = this.#handle;
    return new HealthMonitor({
      clock,
      healthCheck,
      failed: (error) => failed("has a health check that failed to run", error),
      changed: (status) => {
        if (status === "HEALTHY") this.#becameHealthy();
        health(status);
      },
      check: (timeoutMs) => handle.check(command, timeoutMs),
    });
  }
}
