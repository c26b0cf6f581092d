import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  DeleteServiceCommand,
  ListServicesCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { TaskCloud } from "./testing/task-cloud.ts";
import { WebServices } from "./testing/web-services.ts";
import { Load } from "./testing/web.ts";

let services: WebServices;
let cloud: TaskCloud;

beforeAll(async () => {
  services = await WebServices.start();
  cloud = services.cloud;
});
afterAll(() => services.stop(), 60_000);

test("a service reaches its desired count, over two zones, and says what it did", async () => {
  const web = await services.create("first", { VERSION: "one" });
  const service = await services.steady("first");
  expect(service).toMatchObject({ runningCount: 2, pendingCount: 0, status: "ACTIVE" });
  const tasks = await cloud.tasks("first");
  expect(new Set(tasks.map(({ availabilityZone }) => availabilityZone)).size).toBe(2);
  const id = service.deployments![0]!.id!;
  expect(service.deployments![0]!.rolloutStateReason).toBe(`ECS deployment ${id} completed.`);
  expect(await cloud.messages("first")).toEqual([
    expect.stringMatching(
      /^\(service first\) has started 2 tasks: \(task \w{32}\) \(task \w{32}\)\.$/,
    ),
    `(service first) registered 1 targets in (target-group ${web.targetGroupArn})`,
    `(service first) registered 1 targets in (target-group ${web.targetGroupArn})`,
    `(service first) (deployment ${id}) deployment completed.`,
    "(service first) has reached a steady state.",
  ]);
  await services.remove("first");
});

test("a task whose process is killed is replaced at once, with few requests lost", async () => {
  const web = await services.create("killed", { VERSION: "one" });
  await services.steady("killed");
  const load = new Load(web.url);
  await vi.waitUntil(() => load.answers.size >= 2, { timeout: 60_000 });
  const before = await cloud.tasks("killed");
  process.kill(Number([...load.answers.keys()][0]!.split(" ")[2]), "SIGKILL");
  await vi.waitFor(
    async () => {
      const after = await cloud.tasks("killed");
      expect(after.filter(({ lastStatus }) => lastStatus === "RUNNING")).toHaveLength(2);
      const gone = before.filter(({ taskArn }) => !after.some((it) => it.taskArn === taskArn));
      expect(gone).toHaveLength(1);
      const stopped = await cloud.task(gone[0]!.taskArn!);
      expect(stopped).toMatchObject({ stopCode: "EssentialContainerExited" });
      expect(stopped.containers![0]!.exitCode).toBe(137);
    },
    { timeout: 60_000, interval: 20 },
  );
  await services.steady("killed");
  await load.stop();
  expect(load.failed).toBeLessThanOrEqual(8);
  await services.remove("killed");
});

test("a deployment under load drops no request and ends with the new version alone", async () => {
  const web = await services.create("rolled", { VERSION: "one" });
  await services.steady("rolled");
  const load = new Load(web.url);
  await vi.waitUntil(() => load.count > 20, { timeout: 60_000 });
  await cloud.ecs.send(
    new UpdateServiceCommand({
      cluster: "c",
      service: "rolled",
      taskDefinition: await services.define("rolled", { VERSION: "two" }),
    }),
  );
  const { deployments } = await cloud.service("rolled");
  expect(deployments!.map(({ status }) => status)).toEqual(["PRIMARY", "ACTIVE"]);
  await services.steady("rolled");
  await load.stop();
  expect(load.failures).toEqual([]);
  expect([...load.answers.keys()].some((answer) => answer.startsWith("200 two"))).toBe(true);
  expect(await (await fetch(web.url)).text()).toMatch(/^two /);
  const reasons = (await cloud.tasks("rolled", "STOPPED")).map((task) => task.stoppedReason);
  expect(reasons).toEqual(
    Array(2).fill(`Scaling activity initiated by (deployment ${deployments![1]!.id})`),
  );
  await services.remove("rolled");
});

test("desiredCount alone scales without a deployment, and back", async () => {
  await services.create("scaled", { VERSION: "one" }, { desiredCount: 1 });
  const before = await services.steady("scaled");
  await cloud.ecs.send(
    new UpdateServiceCommand({ cluster: "c", service: "scaled", desiredCount: 3 }),
  );
  const after = await services.steady("scaled");
  expect(after.runningCount).toBe(3);
  expect(after.deployments![0]!.id).toBe(before.deployments![0]!.id);
  await cloud.ecs.send(
    new UpdateServiceCommand({ cluster: "c", service: "scaled", desiredCount: 1 }),
  );
  await vi.waitFor(async () => expect((await cloud.service("scaled")).runningCount).toBe(1), {
    timeout: 60_000,
  });
  await services.remove("scaled");
});

test("the circuit breaker fails a deployment that does not start and rolls back to the last one", async () => {
  const web = await services.create(
    "broken",
    { VERSION: "one" },
    {
      desiredCount: 1,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    },
  );
  const { deployments: before, taskDefinition } = await services.steady("broken");
  const good = before![0]!.id!;
  await cloud.ecs.send(
    new UpdateServiceCommand({
      cluster: "c",
      service: "broken",
      taskDefinition: await services.define("broken", { VERSION: "two", EXIT: "1" }),
    }),
  );
  const bad = (await cloud.service("broken")).deployments![0]!.id!;
  await vi.waitFor(
    async () =>
      expect(await cloud.messages("broken")).toEqual(
        expect.arrayContaining([
          `(service broken) (deployment ${bad}) deployment failed: tasks failed to start.`,
          `(service broken) rolling back to deployment ${good}.`,
        ]),
      ),
    { timeout: 60_000, interval: 50 },
  );
  const after = await services.steady("broken");
  expect(after.deployments![0]!.id).toBe(good);
  expect(after.taskDefinition).toBe(taskDefinition);
  expect(await (await fetch(web.url)).text()).toMatch(/^one /);
  await services.remove("broken");
});

test("an alarm fails a deployment that bakes, and one raised before it began does not", async () => {
  const alarms = new CloudWatchClient(cloud.test.clientConfig);
  const AlarmName = "watched-errors";
  // It looks back so far that no deployment has baked before the alarm is raised.
  const alarm = {
    AlarmName,
    Namespace: "Lab",
    MetricName: "Errors",
    Statistic: "Sum",
    Period: 3600,
    EvaluationPeriods: 24,
    Threshold: 1,
    ComparisonOperator: "GreaterThanThreshold",
    TreatMissingData: "ignore",
  } as const;
  await alarms.send(new PutMetricAlarmCommand(alarm));
  await services.create("watched", { VERSION: "one" }, { desiredCount: 1 });
  const { deployments: before, taskDefinition } = await services.steady("watched");
  const good = before![0]!.id!;
  const update = async (VERSION: string) => {
    const { service } = await cloud.ecs.send(
      new UpdateServiceCommand({
        cluster: "c",
        service: "watched",
        taskDefinition: await services.define("watched", { VERSION }),
        deploymentConfiguration: {
          alarms: { alarmNames: [AlarmName], enable: true, rollback: true },
        },
      }),
    );
    return service!.deployments![0]!.id!;
  };
  const bad = await update("two");
  await vi.waitFor(
    async () => {
      const { deployments } = await cloud.service("watched");
      expect(deployments).toMatchObject([
        { id: bad, runningCount: 1, desiredCount: 1, rolloutState: "IN_PROGRESS" },
      ]);
    },
    { timeout: 60_000, interval: 50 },
  );
  await alarms.send(
    new SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "a try" }),
  );
  const after = await services.steady("watched");
  expect(after.deployments![0]!.id).toBe(good);
  expect(after.taskDefinition).toBe(taskDefinition);
  expect(await cloud.messages("watched")).toEqual(
    expect.arrayContaining([
      `(service watched) (deployment ${bad}) deployment failed: alarm detected.`,
      `(service watched) rolling back to deployment ${good}.`,
    ]),
  );
  const fix = await update("three");
  expect((await services.steady("watched")).deployments![0]!.id).toBe(fix);
  await services.remove("watched");
  await alarms.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
  alarms.destroy();
});

test("a deleted service drains, then is INACTIVE: described still, listed no more", async () => {
  await services.create("deleted", { VERSION: "one" });
  await services.steady("deleted");
  await expect(
    cloud.ecs.send(new DeleteServiceCommand({ cluster: "c", service: "deleted" })),
  ).rejects.toMatchObject({ name: "InvalidParameterException" });
  const { service } = await cloud.ecs.send(
    new DeleteServiceCommand({ cluster: "c", service: "deleted", force: true }),
  );
  expect(service).toMatchObject({ status: "DRAINING", desiredCount: 0 });
  await vi.waitFor(
    async () => expect(await cloud.service("deleted")).toMatchObject({ status: "INACTIVE" }),
    { timeout: 60_000 },
  );
  expect((await cloud.service("deleted")).deployments).toEqual([]);
  const { serviceArns } = await cloud.ecs.send(new ListServicesCommand({ cluster: "c" }));
  expect(serviceArns).not.toContainEqual(expect.stringContaining("/deleted"));
});
