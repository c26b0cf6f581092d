import type { Clock, Timer } from "../../clock/clock.ts";
import type { ContainerUsage, TaskSpec } from "./driver.ts";

const MIB = 1024 * 1024;

/**
 * The containers to kill: each that is over the limit of its own definition; and where those that are left are together
 * over the task's limit, the largest of them, as the kernel does for a group of processes.
 */
export function overLimit(
  task: Pick<TaskSpec, "memoryMiB" | "containers">,
  usage: ReadonlyMap<string, ContainerUsage>,
): string[] {
  const used = (name: string) => usage.get(name)?.memoryBytes ?? 0;
  const isOver = (bytes: number, limitMiB: number | undefined) =>
    limitMiB !== undefined && limitMiB > 0 && bytes > limitMiB * MIB;
  const over = task.containers
    .filter(({ name, definition, override }) =>
      isOver(used(name), override?.memory ?? definition.memory),
    )
    .map(({ name }) => name);
  const rest = [...usage.keys()].filter((name) => !over.includes(name));
  const together = rest.reduce((total, name) => total + used(name), 0);
  if (!isOver(together, task.memoryMiB)) return over;
  const largest = rest.reduce((a, b) => (used(b) > used(a) ? b : a));
  return [...over, largest];
}

/**
 * A container that needs more than it may have takes it while it starts: it is looked at more often then, so that it dies
 * before a health check, which locally comes 60 times sooner than on AWS, calls it well.
 */
const STARTING_MS = 5000;
const STARTING_INTERVAL_MS = 50;
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

/** Kills what uses more memory than its container or the task may, looking every second, and more often at first. */
export class MemoryWatch {
  readonly #parts: MemoryWatchParts;
  #startedAt = 0;
  #stopped = false;
  #timer: Timer | undefined;

  constructor(parts: MemoryWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    const { memoryMiB, containers } = this.#parts.task;
    const isLimited =
      memoryMiB !== undefined || containers.some(({ definition }) => definition.memory);
    this.#startedAt = this.#parts.clock.now();
    if (isLimited) this.#again();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #again(): void {
    if (this.#stopped) return;
    const isStarting = this.#parts.clock.now() - this.#startedAt < STARTING_MS;
    const interval = isStarting ? STARTING_INTERVAL_MS : INTERVAL_MS;
    this.#timer = this.#parts.clock.deadline(interval, () => {
      this.#look().catch((error: unknown) => this.#parts.failed(error));
    });
  }

  async #look(): Promise<void> {
    const usage = await this.#parts.usage();
    for (const name of overLimit(this.#parts.task, usage)) this.#parts.kill(name);
    // On a busy machine nothing may be seen of a process yet: whether one is left is for the task to say.
    this.#again();
  }
}
