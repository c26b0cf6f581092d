import { idleFor, type Clock } from "../../../clock/clock.ts";
import type { PulledImage } from "../../images/puller.ts";
import { CannotStartError } from "../../cannot-start-error.ts";
import {
  CannotOpenTerminalError,
  type TaskDriver,
  type TaskObserver,
  type TaskSpec,
} from "../../runtime/driver.ts";
import type { SchedulerNeeds } from "../task-start.ts";

/** What the program of an image does, by the last part of the image's name. */
const HABITS = ["good", "crashes", "never", "sick"] as const;
export type Habit = (typeof HABITS)[number];

const START_MS = 2000;
const STOP_MS = 1000;

/** One task that this machine runs. */
interface Running {
  readonly container: string;
  readonly habit: Habit;
  readonly observer: TaskObserver;
}

/** A machine whose programs do on a test's clock what the test, or the name of their image, says. */
export class Machine implements TaskDriver {
  readonly name = "process";
  readonly #clock: Clock;
  readonly #running = new Map<string, Running>();
  readonly #off = Promise.withResolvers<void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The ARNs of what runs. */
  get running(): string[] {
    return [...this.#running.keys()];
  }

  async start({ taskArn, containers }: TaskSpec, observer: TaskObserver, signal?: AbortSignal) {
    const [{ name: container, image }] = containers as [TaskSpec["containers"][number]];
    const habit = HABITS.find((it) => image.reference.endsWith(`/${it}`))!;
    await this.#wait(START_MS);
    signal?.throwIfAborted();
    if (habit === "never") throw new CannotStartError("CannotStartContainerError: no such program");
    this.#running.set(taskArn, { container, habit, observer });
    observer.started(container, taskArn, []);
    this.#clock.idle(START_MS, () => this.#live(taskArn));
  }

  /** The program of a task ends by itself. */
  crash(taskArn: string): void {
    const task = this.#running.get(taskArn);
    if (!task) return;
    this.#running.delete(taskArn);
    task.observer.exited(task.container, 1);
  }

  /** A task's health check says something. */
  health(taskArn: string, status: "HEALTHY" | "UNHEALTHY"): void {
    const task = this.#running.get(taskArn);
    task?.observer.health(task.container, status);
  }

  async stop(taskArn: string): Promise<void> {
    const task = this.#running.get(taskArn);
    if (!task) return;
    await this.#wait(STOP_MS);
    if (!this.#running.delete(taskArn)) return;
    task.observer.exited(task.container, 143);
  }

  unheeded = (): readonly string[] => [];
  endpoint = (): undefined => undefined;
  reap = async (): Promise<void> => {};
  usage = async () => new Map();

  async openTerminal(taskArn: string): Promise<never> {
    throw new CannotOpenTerminalError(`${taskArn} has no terminal`);
  }

  async close(): Promise<void> {
    this.#running.clear();
    this.#off.resolve();
  }

  /** Until time has passed, or the machine is off. */
  async #wait(ms: number): Promise<void> {
    await Promise.race([idleFor(this.#clock, ms), this.#off.promise]);
  }

  #live(taskArn: string): void {
    const habit = this.#running.get(taskArn)?.habit;
    if (habit === "crashes") this.crash(taskArn);
    else if (habit !== undefined) this.health(taskArn, habit === "good" ? "HEALTHY" : "UNHEALTHY");
  }
}

/** What a scheduler needs beside a machine, where programs write nothing and ask for nothing. */
export function needsOf(driver: Machine): SchedulerNeeds {
  const image = (reference: string): PulledImage => ({
    reference,
    digest: `sha256:${"0".repeat(64)}`,
    config: {},
    platform: "linux/amd64",
    base: undefined,
    layers: [],
  });
  return {
    driver,
    images: { pull: async ({ reference }) => image(reference), close: async () => {} },
    logs: { open: async () => ({ write: () => {}, close: async () => {} }) },
    metadata: { register: () => ({ environment: {} }), unregister: () => {} },
    apiEndpoint: "http://127.0.0.1",
  };
}
