import { describe, expect, test } from "vitest";
import type { Deployment } from "../../services/ecs/deployment.ts";
import type { EcsService } from "../../services/ecs/state.ts";
import { failureThreshold } from "../../services/ecs/failure-threshold.ts";
import { planService, type Phase, type PlannedTask } from "./plan.ts";

const deployment = (id: string, more: Partial<Deployment> = {}): Deployment => ({
  id,
  status: "PRIMARY",
  taskDefinitionArn: "arn",
  desiredCount: 2,
  failedTasks: 0,
  capacityProviderStrategy: [],
  loadBalancers: [],
  rolloutState: "IN_PROGRESS",
  rolloutStateReason: "",
  createdAt: 0,
  updatedAt: 0,
  ...more,
});

function service(
  desiredCount: number,
  percents: readonly [min: number, max: number] = [100, 200],
  more: Partial<EcsService> = {},
): EcsService {
  return {
    status: "ACTIVE",
    desiredCount,
    deploymentConfiguration: {
      minimumHealthyPercent: percents[0],
      maximumPercent: percents[1],
      deploymentCircuitBreaker: { enable: false, rollback: false },
      strategy: "ROLLING",
      bakeTimeInMinutes: 0,
    },
    deployments: [deployment("new"), deployment("old", { status: "ACTIVE" })],
    ...more,
  } as EcsService;
}

/** Tasks of a deployment, named after it: `new1`, `new2`, …, in zones a and c by turns. */
const tasksOf = (deploymentId: string, ...phases: Phase[]): PlannedTask[] =>
  phases.map((phase, index) => ({
    arn: `${deploymentId}${index + 1}`,
    deploymentId,
    phase,
    availabilityZone: index % 2 === 0 ? "a" : "c",
  }));

const plan = (of: EcsService, tasks: readonly PlannedTask[], mayStart = true) =>
  planService({ service: of, tasks, mayStart });

const stopped = (of: ReturnType<typeof plan>) => of.stop.map(({ arn }) => arn);

describe("keeping the desired count", () => {
  test("starts what is missing", () => {
    expect(plan(service(2), []).start).toEqual({ count: 2, replacing: 0 });
  });

  test("replaces a task at once when it begins to leave", () => {
    expect(plan(service(2), tasksOf("new", "ready", "leaving")).start.count).toBe(1);
  });

  test("starts nothing while start failures are waited out", () => {
    expect(plan(service(2), [], false)).toMatchObject({ start: { count: 0 }, stuck: false });
  });

  test("stops the newest of the fullest zone when there are too many", () => {
    expect(stopped(plan(service(2), tasksOf("new", "ready", "ready", "ready")))).toEqual(["new3"]);
  });

  test("stops those that are not ready first", () => {
    expect(stopped(plan(service(1), tasksOf("new", "starting", "ready")))).toEqual(["new1"]);
  });
});

describe("zones", () => {
  const done = service(4, [100, 200], {
    deployments: [deployment("new", { rolloutState: "COMPLETED" })],
  });
  const inZones = (...zones: readonly string[]): PlannedTask[] =>
    zones.map((zone, index) => ({
      arn: `${zone}${index + 1}`,
      deploymentId: "new",
      phase: "ready",
      availabilityZone: zone,
    }));
  const even = (tasks: readonly PlannedTask[], of = done) =>
    planService({ service: of, tasks, mayStart: true, zones: ["a", "c"] });

  test("are made even: another task comes first, then one of the fullest zone goes", () => {
    const uneven = inZones("a", "a", "a", "c");
    expect(even(uneven)).toMatchObject({ start: { count: 1 }, stop: [], rebalances: true });
    const coming = { ...inZones("c")[0]!, arn: "c5", phase: "starting" as const };
    expect(even([...uneven, coming])).toMatchObject({ start: { count: 0 }, stop: [] });
    expect(stopped(even([...uneven, { ...coming, phase: "ready" }]))).toEqual(["a3"]);
    // Where that is not even yet, the next one comes after one has gone.
    const [third] = inZones("d");
    const more = planService({
      service: done,
      tasks: [...inZones("a", "a", "a"), third!, { ...third!, arn: "d9" }],
      mayStart: true,
      zones: ["a", "c", "d"],
    });
    expect(more).toMatchObject({ start: { count: 0 }, stop: [{ arn: "a3" }] });
    expect(even(inZones("a", "a", "c", "c"))).toMatchObject({ steady: true, rebalances: false });
  });

  test("stay as they are where the maximum leaves no room, or a deployment is under way", () => {
    const full = { ...done, deploymentConfiguration: service(4, [0, 100]).deploymentConfiguration };
    expect(even(inZones("a", "a", "a", "c"), full).start.count).toBe(0);
    const deploying = service(4, [100, 200], { deployments: [deployment("new")] });
    expect(even(inZones("a", "a", "a", "c"), deploying).start.count).toBe(0);
  });
});

describe("protected tasks", () => {
  const held = (tasks: readonly PlannedTask[]) => tasks.map((it) => ({ ...it, isProtected: true }));

  test("are stopped neither for being too many nor for being old", () => {
    const [first, ...more] = tasksOf("new", "ready", "ready", "ready");
    expect(stopped(plan(service(1), [...held([first!]), ...more]))).toEqual(["new3", "new2"]);
    const next = plan(service(2), [
      ...held(tasksOf("old", "ready", "ready")),
      ...tasksOf("new", "ready", "ready"),
    ]);
    expect(next).toMatchObject({ stop: [], complete: false });
  });

  test("are stopped with their service", () => {
    const draining = service(0, [100, 200], { status: "DRAINING" });
    expect(stopped(plan(draining, held(tasksOf("new", "ready"))))).toEqual(["new1"]);
  });
});

describe("unhealthy tasks", () => {
  test("are replaced and stopped together where the maximum leaves room", () => {
    const next = plan(service(2), tasksOf("new", "ready", "unhealthy"));
    expect(next.start).toEqual({ count: 1, replacing: 1 });
    expect(next.stop).toEqual([{ arn: "new2", cause: "unhealthy" }]);
  });

  test("are stopped one by one where the maximum leaves none", () => {
    const next = plan(service(2, [0, 100]), tasksOf("new", "unhealthy", "unhealthy"));
    expect(next.start.count).toBe(0);
    expect(stopped(next)).toEqual(["new1"]);
  });

  test("are all stopped when enough others are there", () => {
    expect(stopped(plan(service(1), tasksOf("new", "ready", "unhealthy")))).toEqual(["new2"]);
  });

  test("stay where back-off forbids a replacement", () => {
    expect(stopped(plan(service(2), tasksOf("new", "ready", "unhealthy"), false))).toEqual([]);
  });
});

describe("a rolling update", () => {
  const old2 = tasksOf("old", "ready", "ready");

  test("with 100/200 starts all new tasks and stops no old one", () => {
    const next = plan(service(2), old2);
    expect(next.start.count).toBe(2);
    expect(next.stop).toEqual([]);
  });

  test("with 100/200 stops an old task for each new one that is ready", () => {
    expect(stopped(plan(service(2), [...old2, ...tasksOf("new", "ready", "starting")]))).toEqual([
      "old2",
    ]);
  });

  test("with 50/100 stops half before it starts any", () => {
    const next = plan(service(2, [50, 100]), old2);
    expect(next.start.count).toBe(0);
    expect(stopped(next)).toEqual(["old2"]);
  });

  test("rounds the minimum up and the maximum down", () => {
    // 3 tasks, 50/150: at least 2 ready, at most 4 live.
    const next = plan(service(3, [50, 150]), tasksOf("old", "ready", "ready", "ready"));
    expect(next.start.count).toBe(1);
    expect(stopped(next)).toHaveLength(1);
  });

  test("never goes below the minimum, however few are ready", () => {
    const next = plan(service(4, [100, 150]), [
      ...tasksOf("old", "ready", "ready", "ready"),
      ...tasksOf("new", "starting", "starting"),
    ]);
    expect(next.stop).toEqual([]);
  });

  test("stops old tasks that are not ready at once", () => {
    expect(stopped(plan(service(2), tasksOf("old", "ready", "starting")))).toEqual(["old2"]);
  });

  test("says so where neither starting nor stopping is allowed", () => {
    expect(plan(service(1, [100, 100]), tasksOf("old", "ready")).stuck).toBe(true);
  });

  test("is complete when all new tasks are ready and no old one is left, leaving ones included", () => {
    const ready = tasksOf("new", "ready", "ready");
    expect(plan(service(2), [...ready, ...tasksOf("old", "leaving")])).toMatchObject({
      complete: false,
      steady: false,
    });
    expect(plan(service(2), ready)).toMatchObject({ complete: true, steady: true });
  });

  test("completes once: afterwards the service is steady alone", () => {
    const done = service(1, [100, 200], {
      deployments: [deployment("new", { rolloutState: "COMPLETED" })],
    });
    expect(plan(done, tasksOf("new", "ready"))).toMatchObject({ complete: false, steady: true });
  });
});

describe("alarms", () => {
  const held = (raised: boolean, isBaked: boolean, tasks: readonly PlannedTask[]) =>
    planService({
      service: service(1, [100, 200], { deployments: [deployment("new")] }),
      tasks,
      mayStart: true,
      alarms: { raised, baked: () => isBaked },
    });
  const running = (phase: Phase) => tasksOf("new", phase).map((it) => ({ ...it, isRunning: true }));

  test("count once a task of the deployment runs", () => {
    expect(held(true, false, tasksOf("new", "starting")).failByAlarm).toBe(false);
    expect(held(true, false, running("starting")).failByAlarm).toBe(true);
    expect(held(false, false, running("ready")).failByAlarm).toBe(false);
  });

  test("hold a deployment for a while after it has all its tasks", () => {
    expect(held(false, false, running("ready"))).toMatchObject({ complete: false, steady: false });
    expect(held(false, true, running("ready"))).toMatchObject({ complete: true, steady: true });
  });
});

describe("the circuit breaker", () => {
  const breaking = (failedTasks: number, rolloutState: Deployment["rolloutState"]) =>
    service(2, [100, 200], {
      deploymentConfiguration: {
        ...service(2).deploymentConfiguration,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
      deployments: [deployment("new", { failedTasks, rolloutState })],
    });

  test("opens at the threshold", () => {
    expect(plan(breaking(2, "IN_PROGRESS"), []).fail).toBe(false);
    expect(plan(breaking(3, "IN_PROGRESS"), [])).toMatchObject({ fail: true, start: { count: 0 } });
  });

  test("leaves a completed deployment alone", () => {
    expect(plan(breaking(50, "COMPLETED"), [])).toMatchObject({ fail: false, start: { count: 2 } });
  });

  test("lets a failed deployment start nothing more", () => {
    expect(plan(breaking(3, "FAILED"), [])).toMatchObject({ fail: false, start: { count: 0 } });
  });

  test("leaves a failed deployment's tasks, of which there are never more than are desired", () => {
    const failed = (desiredCount: number) => ({ ...breaking(3, "FAILED"), desiredCount });
    const old = tasksOf("old", "ready", "ready");
    expect(plan(failed(2), old)).toMatchObject({ start: { count: 0 }, stop: [] });
    expect(stopped(plan(failed(1), old))).toEqual(["old2"]);
    expect(stopped(plan(failed(2), [...old, ...tasksOf("new", "starting")]))).toEqual(["new1"]);
    expect(stopped(plan(failed(0), [...old, ...tasksOf("new", "unhealthy", "leaving")]))).toEqual([
      "new1",
      "old2",
      "old1",
    ]);
  });

  test("takes half of the desired count, at least 3 and at most 200, or what the service says", () => {
    const off = { enable: true, rollback: false };
    expect(failureThreshold(off, 1)).toBe(3);
    expect(failureThreshold(off, 25)).toBe(13);
    expect(failureThreshold(off, 1000)).toBe(200);
    const count = { ...off, thresholdConfiguration: { type: "COUNT" as const, value: 7 } };
    expect(failureThreshold(count, 1)).toBe(7);
  });
});

describe("a deleted service", () => {
  test("stops all tasks and is inactive when none is left", () => {
    const draining = service(0, [100, 200], { status: "DRAINING" });
    const next = plan(draining, tasksOf("new", "ready", "leaving"));
    expect(stopped(next)).toEqual(["new1"]);
    expect(next.inactive).toBe(false);
    expect(plan(draining, []).inactive).toBe(true);
  });
});
