import type { TaskRecord } from "./task-store.ts";

/** A task ends with its first essential container, or with its last one. */
export const hasEnded = ({ containers }: TaskRecord["task"]) =>
  containers.some((it) => it.essential && it.lastStatus === "STOPPED") ||
  containers.every((it) => it.lastStatus === "STOPPED");

/** Whether a container has been started at all. */
export const hasRun = ({ runtimeId }: TaskRecord["task"]["containers"][number]) =>
  runtimeId !== undefined;

/** What a task is from the moment when it has stopped. */
export function stoppedTask(task: TaskRecord["task"], now: number): Partial<TaskRecord["task"]> {
  return {
    lastStatus: "STOPPED",
    stoppingAt: task.stoppingAt ?? now,
    stoppedAt: now,
    executionStoppedAt: task.executionStoppedAt ?? (task.startedAt === undefined ? undefined : now),
    containers: task.containers.map((container) => ({ ...container, lastStatus: "STOPPED" })),
  };
}
