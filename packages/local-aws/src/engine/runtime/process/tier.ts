import type { ContainerSpec, Endpoint, PortBinding, TaskSpec } from "../driver.ts";
import type { Program } from "./program.ts";

/**
 * How far a task's processes are apart from the machine they run on: the part of the process driver that differs
 * between plain processes (everywhere) and namespaces (Linux, where the kernel lets us).
 */
export interface Tier {
  readonly name: "portable" | "namespaces";
  /** What is enforced and what is not, in words for `doctor` and `status`. */
  info(): Readonly<Record<string, string>>;
  /** What the task asks for and goes without, in words for its service's events. */
  unheeded(task: TaskSpec): readonly string[];
  /**
   * Prepares what the containers of a task share.
   * @throws CannotStartError naming what the task needs and this tier does not have
   */
  openTask(task: TaskSpec): Promise<TierTask>;
}

/** What one running task has of its tier. */
export interface TierTask {
  /**
   * Tells how to start a container whose own copy of the image is in `root`.
   * @throws CannotStartError in ECS's words where its command cannot be run
   */
  launch(container: ContainerSpec, root: string): Promise<Launch>;
  /** As {@link launch}, for the command of the container's health check. */
  launchCheck(container: ContainerSpec, root: string, command: readonly string[]): Promise<Launch>;
  bindings(container: string): readonly PortBinding[];
  /** How `port` of the task is reached from this process. */
  endpoint(port: number): Endpoint;
  close(): void;
}

/** A process to start. */
export interface Launch extends Program {
  readonly workingDirectory: string;
  /** All of it: nothing of this process's own environment is added. */
  readonly environment: Readonly<Record<string, string>>;
}
