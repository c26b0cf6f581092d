import { expect, test } from "vitest";
import type { ContainerSpec, TaskSpec } from "../driver.ts";
import { TaskLimits } from "./task-limits.ts";

const MIB = 1024 * 1024;

/** A room whose scripts say this, one after the other, and in which nothing is left then. */
const roomSaying = (...said: string[]) => ({
  script: () =>
    said.length > 0 ? Promise.resolve(said.shift()!) : Promise.reject(new Error("gone")),
});

/** What is written into which file below the task's cgroup. */
function written(controllers: readonly string[], task: Partial<TaskSpec>): Record<string, string> {
  const spec = { taskId: "t", containers: [], ...task } as unknown as TaskSpec;
  const limits = new TaskLimits(spec, { tasks: "/room/tasks", controllers }, roomSaying());
  const lines = limits.openScript.matchAll(
    /echo '([^']*)' > \/sys\/fs\/cgroup\/room\/tasks\/t\/(\S+?);? ?(?:fi)?$/gm,
  );
  return Object.fromEntries(Array.from(lines, ([, value = "", file = ""]) => [file, value]));
}

const container = (definition: object, override?: object) =>
  ({ name: "web", definition, override }) as unknown as ContainerSpec;

test("a task has its memory without swap, and its part of the processors", () => {
  expect(written(["memory", "cpu"], { memoryMiB: 512, cpuUnits: 256 })).toEqual({
    "cgroup.subtree_control": "+memory +cpu",
    "memory.max": String(512 * MIB),
    "memory.swap.max": "0",
    "cpu.max": "25000 100000",
  });
});

test("a container has its own memory, what is kept for it, and its share of the task's time", () => {
  const definition = { memory: 128, memoryReservation: 64, cpu: 1024 };
  const { "web/memory.max": max, ...more } = written(["memory", "cpu"], {
    containers: [container(definition, { memory: 96 })],
  });
  expect(max).toBe(String(96 * MIB));
  expect(more).toMatchObject({ "web/memory.low": String(64 * MIB), "web/cpu.weight": "39" });
});

test("what this machine does not give away is not asked for", () => {
  expect(written(["memory"], { cpuUnits: 256, containers: [container({ cpu: 512 })] })).toEqual({
    "cgroup.subtree_control": "+memory",
    "web/cgroup.subtree_control": "+memory",
  });
});

test("only a death that is new is one of a container that has been restarted", async () => {
  const spec = { taskId: "t", containers: [] } as unknown as TaskSpec;
  const cgroup = { tasks: "/room/tasks", controllers: ["memory"] };
  const limits = new TaskLimits(spec, cgroup, roomSaying("1\n", "1\n", "2\n"));
  expect(await limits.hasKilled("web")).toBe(true);
  expect(await limits.hasKilled("web")).toBe(false);
  expect(await limits.hasKilled("web")).toBe(true);
  expect(await limits.hasKilled("web")).toBe(false);
});
