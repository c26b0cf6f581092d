import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeSeed } from "./testing/world-seed.ts";
import { World } from "./testing/world.ts";

/** How many courses each property tries. */
const RUNS = Number(process.env["WORKBOOK_ALARM_RUNS"] ?? 15);
const SECOND_MS = 1000;
const LONGEST_MS = 60 * 60 * SECOND_MS;

const folder = mkdtempSync(join(tmpdir(), "alarms-seed-"));
let network: object;

beforeAll(async () => {
  network = await makeSeed(folder);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const METRIC = { Namespace: "App", MetricName: "Errors" };

const alarms = fc.record({
  Period: fc.constantFrom(10, 60, 300),
  EvaluationPeriods: fc.integer({ min: 1, max: 3 }),
  Statistic: fc.constantFrom("Sum", "Average", "Maximum"),
});

/** A service of some tasks whose deployments are held to an alarm, once its first is complete. */
async function watched(world: World, alarm: object, desiredCount: number): Promise<void> {
  world.call("PutMetricAlarm", {
    AlarmName: "errors",
    ...METRIC,
    Threshold: 0.9,
    ComparisonOperator: "GreaterThanThreshold",
    ActionsEnabled: false,
    ...alarm,
  });
  world.call("CreateService", {
    cluster: "c",
    serviceName: "s",
    taskDefinition: "good",
    launchType: "FARGATE",
    networkConfiguration: network,
    desiredCount,
    deploymentConfiguration: { alarms: { alarmNames: ["errors"], enable: true, rollback: true } },
  });
  await passUntil(world, () => stateOf(world) === "COMPLETED");
}

const primaryOf = ({ service }: World) =>
  service!.deployments.find(({ status }) => status === "PRIMARY")!;
const stateOf = (world: World) => primaryOf(world).rolloutState;

/** Begins a deployment. @returns its id */
function deploy(world: World): string {
  const input = { cluster: "c", service: "s", taskDefinition: "good", forceNewDeployment: true };
  world.call("UpdateService", input);
  return primaryOf(world).id;
}

/** A second after the other, until it is so. */
async function passUntil(
  world: World,
  isDone: () => boolean,
  each: () => void = () => {},
): Promise<void> {
  for (let ms = 0; !isDone(); ms += SECOND_MS) {
    if (ms > LONGEST_MS) throw new Error("nothing came of it in an hour");
    each();
    await world.pass(SECOND_MS);
  }
}

/** In steps of a second: what a task's start waits for is not on the clock alone. */
async function pass(world: World, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= SECOND_MS) await world.pass(Math.min(left, SECOND_MS));
}

/** How a deployment came out: `good` is what there was before it. */
const outcome = (world: World, bad: string, good: string) => {
  const said = world.service!.events.map(({ message }) => message);
  const isBack = primaryOf(world).id === good;
  const isTold = said.includes(
    `(service s) (deployment ${bad}) deployment failed: alarm detected.`,
  );
  return isBack && isTold ? "rolled back" : isBack || isTold ? "half" : "completed";
};

const inWorld = async (work: (world: World) => Promise<void>): Promise<void> => {
  const world = await World.open(join(folder, "cloud.db"));
  try {
    await work(world);
    expect([...world.rules.broken, ...world.errors]).toEqual([]);
  } finally {
    await world.close();
  }
};

test(
  "a revision whose errors raise an alarm never completes, whenever alarms are looked at",
  async () => {
    const courses = fc.record({
      alarm: alarms,
      desiredCount: fc.integer({ min: 1, max: 3 }),
      waitedMs: fc.integer({ min: 0, max: 70_000 }),
    });
    await fc.assert(
      fc.asyncProperty(courses, ({ alarm, desiredCount, waitedMs }) =>
        inWorld(async (world) => {
          await watched(world, alarm, desiredCount);
          const good = primaryOf(world).id;
          await pass(world, waitedMs);
          const bad = deploy(world);
          const isDone = () => primaryOf(world).id === good || stateOf(world) === "COMPLETED";
          // Each task that runs answers once a second: those of the new revision with an error.
          await passUntil(world, isDone, () => {
            for (const { startedBy, lastStatus } of world.tasks)
              if (lastStatus === "RUNNING")
                world.call("PutMetricData", {
                  Namespace: METRIC.Namespace,
                  MetricData: [{ MetricName: METRIC.MetricName, Value: startedBy === bad ? 1 : 0 }],
                });
          });
          expect(outcome(world, bad, good)).toBe("rolled back");
        }),
      ),
      { numRuns: RUNS, endOnFailure: process.env["CI"] !== undefined },
    );
  },
  60_000 + RUNS * 20_000,
);

test(
  "an alarm that is raised fails the deployment under way, and neither one that begins after it nor one that has ended",
  async () => {
    const courses = fc.record({
      alarm: alarms,
      desiredCount: fc.integer({ min: 1, max: 3 }),
      /** From the deployment's beginning. */
      raisedMs: fc.integer({ min: -20_000, max: 1_200_000 }),
    });
    await fc.assert(
      fc.asyncProperty(courses, ({ alarm, desiredCount, raisedMs }) =>
        inWorld(async (world) => {
          // Nobody measures anything: it stays as it is set.
          await watched(world, { ...alarm, TreatMissingData: "ignore" }, desiredCount);
          const good = primaryOf(world).id;
          const raise = () =>
            world.call("SetAlarmState", {
              AlarmName: "errors",
              StateValue: "ALARM",
              StateReason: "a try",
            });
          if (raisedMs < 0) {
            raise();
            await pass(world, -raisedMs);
          }
          const next = deploy(world);
          await pass(world, raisedMs);
          const isUnderWay = stateOf(world) === "IN_PROGRESS";
          const expected = isUnderWay && raisedMs >= 0 ? "rolled back" : "completed";
          if (raisedMs >= 0) raise();
          await world.pass(0);
          await passUntil(world, () => stateOf(world) === "COMPLETED");
          expect(outcome(world, next, good)).toBe(expected);
        }),
      ),
      { numRuns: RUNS, endOnFailure: process.env["CI"] !== undefined },
    );
  },
  60_000 + RUNS * 20_000,
);

test("a deployment that bakes completes when its alarm is deleted", () =>
  inWorld(async (world) => {
    await watched(world, { Period: 300, EvaluationPeriods: 3, Statistic: "Sum" }, 1);
    const next = deploy(world);
    await pass(world, 60 * SECOND_MS);
    expect(stateOf(world)).toBe("IN_PROGRESS");
    world.call("DeleteAlarms", { AlarmNames: ["errors"] });
    await world.pass(0);
    expect(primaryOf(world)).toMatchObject({ id: next, rolloutState: "COMPLETED" });
  }));
