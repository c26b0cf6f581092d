import type { Task } from "../../services/ecs/state.ts";

/** What a task has used in a minute, and what it has for itself. */
export interface TaskUse {
  readonly task: Readonly<Task>;
  readonly family: string;
  /** In units: 1024 are one processor. Undefined where it has been seen for the first time. */
  readonly cpu: number | undefined;
  readonly memoryMiB: number;
  /** Bytes a second; undefined where nobody counts them, or nobody has before. */
  readonly network: { readonly received: number; readonly sent: number } | undefined;
  /** As its definition says; of a task without a size of its own, what its containers reserve together. */
  readonly reserved: { readonly cpu: number; readonly memoryMiB: number };
  /** How often containers were started again; undefined where none has a restart policy. */
  readonly restarts: number | undefined;
}

export const sumOf = (uses: readonly TaskUse[], of: (use: TaskUse) => number): number =>
  uses.reduce((total, use) => total + of(use), 0);
