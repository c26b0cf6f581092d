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
