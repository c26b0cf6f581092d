import type { Clock, Timer } from "../../../clock/clock.ts";
import type { ContainerUsage, TaskSpec } from "../driver.ts";
import { overLimit } from "./memory-limit.ts";

const INTERVAL_MS = 1000;

export interface MemoryWatchParts {
  readonly clock: Clock;
  readonly task: TaskSpec;
  /** By container name, of those that run. */
  usage(): Promise<ReadonlyMap<string, ContainerUsage>>;
  kill(container: string): void;
  /** Where the use of memory could not be read. */
  failed(error: unknown): void;
}

/** Kills what uses more memory than its container or the task may, looking every second while something runs. */
export class MemoryWatch {
  readonly #parts: MemoryWatchParts;
  #timer: Timer | undefined;

  constructor(parts: MemoryWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    const { memoryMiB, containers } = this.#parts.task;
    const isLimited =
      memoryMiB !== undefined || containers.some(({ definition }) => definition.memory);
    if (isLimited) this.#again();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #again(): void {
    this.#timer = this.#parts.clock.deadline(INTERVAL_MS, () => {
      this.#look().catch((error: unknown) => this.#parts.failed(error));
    });
  }

  async #look(): Promise<void> {
    const usage = await this.#parts.usage();
    for (const name of overLimit(this.#parts.task, usage)) this.#parts.kill(name);
    if (usage.size > 0) this.#again();
  }
}
