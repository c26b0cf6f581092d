import type { HealthCheck } from "@aws-sdk/client-ecs";
import type { Clock, Timer } from "../../clock/clock.ts";

/** ECS's defaults. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
const DEFAULT_INTERVAL_SECONDS = 30;
const DEFAULT_TIMEOUT_SECONDS = 5;
const DEFAULT_RETRIES = 3;

export interface HealthMonitorParts {
  readonly clock: Clock;
  readonly healthCheck: HealthCheck;
  /** Runs the command once; resolves to whether it ended with 0 in time. */
  check(timeoutMs: number): Promise<boolean>;
  /** Told of each change. */
  changed(status: "HEALTHY" | "UNHEALTHY"): void;
  failed(error: unknown): void;
}

/**
 * Runs a container's health check again and again. One success makes it healthy; so many failures in a row as `retries`
 * make it unhealthy, not counting those of the start period.
 *
 * The time between checks is idle and passes faster locally; so a program that has not been healthy yet is not called
 * unhealthy before it had as much real time as on AWS.
 */
export class HealthMonitor {
  readonly #parts: HealthMonitorParts;
  readonly #startedAt: number;
  #status: "HEALTHY" | "UNHEALTHY" | "UNKNOWN" = "UNKNOWN";
  #failures = 0;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(parts: HealthMonitorParts) {
    this.#parts = parts;
    this.#startedAt = parts.clock.now();
    this.#again();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #again(): void {
    if (this.#stopped) return;
    this.#timer = this.#parts.clock.idle(this.#intervalMs, () => void this.#look());
  }

  /** A check that breaks has not succeeded: it counts as one that failed, and the next one comes all the same. */
  async #passes(): Promise<boolean> {
    const { healthCheck, check, failed } = this.#parts;
    try {
      return await check((healthCheck.timeout ?? DEFAULT_TIMEOUT_SECONDS) * 1000);
    } catch (error) {
      // Its container ended under it.
      if (!this.#stopped) failed(error);
      return false;
    }
  }

  async #look(): Promise<void> {
    const healthy = await this.#passes();
    if (this.#stopped) return;
    if (healthy) this.#failures = 0;
    else if (!this.#isStarting) this.#failures += 1;
    if (healthy) this.#become("HEALTHY");
    else if (this.#failures >= this.#retries && this.#hadItsTime) this.#become("UNHEALTHY");
    this.#again();
  }

  #become(status: "HEALTHY" | "UNHEALTHY"): void {
    if (this.#status === status) return;
    this.#status = status;
    this.#parts.changed(status);
  }

  get #intervalMs(): number {
    return (this.#parts.healthCheck.interval ?? DEFAULT_INTERVAL_SECONDS) * 1000;
  }

  get #retries(): number {
    return this.#parts.healthCheck.retries ?? DEFAULT_RETRIES;
  }

  get #startPeriodMs(): number {
    return (this.#parts.healthCheck.startPeriod ?? 0) * 1000;
  }

  /** A success ends the start period early. */
  get #isStarting(): boolean {
    const { clock } = this.#parts;
    return this.#status === "UNKNOWN" && clock.now() - this.#startedAt < this.#startPeriodMs;
  }

  /** Whether as much time has passed as on AWS up to the last of the failures that count. */
  get #hadItsTime(): boolean {
    if (this.#status === "HEALTHY") return true;
    const checksBefore = Math.floor(this.#startPeriodMs / this.#intervalMs);
    const age = this.#parts.clock.now() - this.#startedAt;
    return age >= (checksBefore + this.#retries) * this.#intervalMs;
  }
}

/** The words that a health check runs; undefined where there is none (ECS does not look at the image's own). */
export function checkCommand(healthCheck: HealthCheck | undefined): readonly string[] | undefined {
  const [kind, ...words] = healthCheck?.command ?? [];
  if (kind === "CMD-SHELL") return ["/bin/sh", "-c", words.join(" ")];
  return kind === "CMD" && words.length > 0 ? words : undefined;
}
