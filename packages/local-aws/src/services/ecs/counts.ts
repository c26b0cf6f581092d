import type { Task } from "./state.ts";

/** Whether a task counts in `runningCount`. */
export const isRunning = (task: Task) => task.lastStatus === "RUNNING";

/** Whether a task counts in `pendingCount`: it is on its way to RUNNING. */
export const isPending = (task: Task) =>
  task.desiredStatus === "RUNNING" &&
  (task.lastStatus === "PROVISIONING" ||
    task.lastStatus === "PENDING" ||
    task.lastStatus === "ACTIVATING");
