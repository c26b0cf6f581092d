import { expect, test } from "vitest";
import { containerInstances, type ContainerInstance } from "../../services/ecs/instances/state.ts";
import type { Task } from "../../services/ecs/state.ts";
import { Store } from "../../store/store.ts";
import type { TaskUse } from "./task-use.ts";
import { utilization } from "./task-metrics.ts";

const CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/c";

const instance = (status: ContainerInstance["status"]) =>
  ({
    clusterArn: CLUSTER,
    status,
    registered: { cpu: 2048, memoryMiB: 4096, ports: [], udpPorts: [] },
  }) as unknown as ContainerInstance;

const use = (cpu: number | undefined): TaskUse => ({
  task: {
    clusterArn: CLUSTER,
    serviceArn: "arn:aws:ecs:us-east-1:123456789012:service/c/web",
    containerInstanceArn: "arn",
  } as unknown as Task,
  family: "web",
  cpu,
  memoryMiB: 256,
  reserved: { cpu: 256, memoryMiB: 1024 },
  network: undefined,
  restarts: undefined,
});

test("a cluster of instances uses and reserves a share of what they have registered together", () => {
  const store = Store.open(":memory:");
  const scope = store.scope("123456789012", "us-east-1");
  store.transaction(() => {
    for (const status of ["ACTIVE", "DRAINING", "INACTIVE"] as const)
      scope.of(containerInstances).put(status, instance(status));
  });
  const points = utilization(scope, { since: 0, now: 60_000 }, [use(128), use(undefined)]);
  const of = (dimensions: number) =>
    points
      .filter(({ metric }) => metric.dimensions.length === dimensions)
      .map(({ metric, sum }) => [metric.name, sum]);
  // Two instances of 2048 units and 4096 MiB; two tasks that reserve 256 units and 1024 MiB each.
  expect(Object.fromEntries(of(1))).toEqual({
    CPUUtilization: 3.125,
    CPUReservation: 12.5,
    MemoryUtilization: 6.25,
    MemoryReservation: 25,
  });
  expect(of(2)).toEqual([
    ["CPUUtilization", 50],
    ["MemoryUtilization", 25],
    ["MemoryUtilization", 25],
  ]);
  store.close();
});
