import {
  ContinueServiceDeploymentCommand,
  GetTaskProtectionCommand,
  PutClusterCapacityProvidersCommand,
  UpdateTaskProtectionCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { BlueGreen } from "../testing/blue-green.ts";
import { Load } from "../testing/web.ts";
import { WebServices } from "../testing/web-services.ts";

let services: WebServices;

beforeAll(async () => {
  services = await WebServices.start();
}, 60_000);
afterAll(() => services.stop(), 60_000);

const BREAKER = { deploymentCircuitBreaker: { enable: true, rollback: true } };

test("blue/green: tests see the new tasks first, production all at once, and no request fails", async () => {
  const app = await BlueGreen.prepare(services, "shift");
  await app.create("one", { strategy: "BLUE_GREEN", bakeTimeInMinutes: 0, ...BREAKER });
  const first = await app.ended("SUCCESSFUL");
  // The target group that served nobody before has the first tasks as well.
  expect(await app.weights()).toEqual({ one: 0, other: 100 });
  expect(first).toMatchObject({ sourceServiceRevisions: [], lifecycleStage: "CLEAN_UP" });
  const load = new Load(app.web.url);
  await vi.waitUntil(() => load.count > 20, { timeout: 60_000 });
  const seen = app.watch();
  await app.deploy(
    { VERSION: "two" },
    {
      bakeTimeInMinutes: 1,
      lifecycleHooks: [{ targetType: "PAUSE", lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT"] }],
    },
  );
  const paused = await app.until(({ lifecycleHookDetails: hooks }) =>
    expect(hooks).toEqual([expect.objectContaining({ status: "AWAITING_ACTION" })]),
  );
  expect(paused).toMatchObject({
    status: "IN_PROGRESS",
    lifecycleStage: "POST_TEST_TRAFFIC_SHIFT",
  });
  expect(paused.targetServiceRevision).toMatchObject({
    runningTaskCount: 2,
    requestedTestTrafficWeight: 100,
    requestedProductionTrafficWeight: 0,
  });
  expect(await app.weights()).toEqual({ one: 0, other: 100 });
  await vi.waitFor(async () => expect(await app.answer("test")).toBe("two"), { timeout: 60_000 });
  expect(await app.answer()).toBe("one");
  expect((await services.cloud.service("shift")).runningCount).toBe(4);
  await services.cloud.ecs.send(
    new ContinueServiceDeploymentCommand({
      serviceDeploymentArn: paused.serviceDeploymentArn!,
      hookId: paused.lifecycleHookDetails![0]!.hookId!,
    }),
  );
  const done = await app.ended("SUCCESSFUL");
  await load.stop();
  seen.stop();
  expect(load.failures).toEqual([]);
  expect(seen.stages).toEqual([
    "PRE_SCALE_UP",
    "SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
    "BAKE_TIME",
    "CLEAN_UP",
  ]);
  expect(seen.weights).toEqual([100]);
  expect(await app.weights()).toEqual({ one: 100, other: 0 });
  expect(await app.answer()).toBe("two");
  const service = await services.steady("shift");
  expect(service.runningCount).toBe(2);
  const { serviceRevisions } = await services.cloud.ecs.send(
    new DescribeServiceRevisionsCommand({
      serviceRevisionArns: [done.targetServiceRevision!.arn!, `${done.serviceArn}-none`],
    }),
  );
  expect(serviceRevisions).toEqual([
    expect.objectContaining({
      taskDefinition: service.taskDefinition,
      resolvedConfiguration: {
        loadBalancers: [
          { targetGroupArn: app.groups.one, productionListenerRule: app.productionRule },
        ],
      },
    }),
  ]);
  app.stop();
}, 120_000);

test("canary and linear: production goes over in shares, and back from any of them", async () => {
  const app = await BlueGreen.prepare(services, "shares");
  await app.create("one", { strategy: "BLUE_GREEN", bakeTimeInMinutes: 0 });
  await app.ended("SUCCESSFUL");
  await app.deploy(
    { VERSION: "two" },
    {
      strategy: "CANARY",
      canaryConfiguration: { canaryPercent: 12.5, canaryBakeTimeInMinutes: 1440 },
    },
  );
  await vi.waitFor(async () => expect(await app.weights()).toEqual({ one: 125, other: 875 }), {
    timeout: 60_000,
    interval: 20,
  });
  const { serviceDeploymentArn } = await app.until(({ targetServiceRevision: target }) =>
    expect(target!.requestedProductionTrafficWeight).toBe(12.5),
  );
  await services.cloud.ecs.send(
    new StopServiceDeploymentCommand({ serviceDeploymentArn: serviceDeploymentArn! }),
  );
  const back = await app.ended("ROLLBACK_SUCCESSFUL");
  expect(back.rollback!.serviceRevisionArn).toBe(back.sourceServiceRevisions![0]!.arn);
  expect(await app.weights()).toEqual({ one: 0, other: 100 });
  expect(await app.weights("test")).toEqual({ one: 0, other: 100 });
  expect(await app.answer()).toBe("one");
  const seen = app.watch();
  await app.deploy(
    { VERSION: "three" },
    { strategy: "LINEAR", linearConfiguration: { stepPercent: 40, stepBakeTimeInMinutes: 1 } },
  );
  await app.ended("SUCCESSFUL");
  seen.stop();
  expect(seen.weights).toEqual([40, 80, 100]);
  expect(await app.answer()).toBe("three");
  const { serviceDeployments } = await services.cloud.ecs.send(
    new ListServiceDeploymentsCommand({ cluster: "c", service: "shares" }),
  );
  expect(serviceDeployments!.map(({ status }) => status)).toEqual([
    "SUCCESSFUL",
    "ROLLBACK_SUCCESSFUL",
    "SUCCESSFUL",
  ]);
  app.stop();
}, 120_000);

test("tasks that do not start are rolled back from before production has seen them", async () => {
  const app = await BlueGreen.prepare(services, "broken");
  await app.create("one", { strategy: "BLUE_GREEN", bakeTimeInMinutes: 0, ...BREAKER });
  await app.ended("SUCCESSFUL");
  const load = new Load(app.web.url);
  await app.deploy({ VERSION: "two", EXIT: "1" });
  const back = await app.ended("ROLLBACK_SUCCESSFUL");
  await load.stop();
  expect(load.failures).toEqual([]);
  expect(back.statusReason).toBe(
    "Service deployment rolled back because the circuit breaker threshold was exceeded.",
  );
  const service = await services.steady("broken");
  expect(service.deployments).toHaveLength(1);
  expect(await app.answer()).toBe("one");
  app.stop();
}, 120_000);

test("a role that may not change rules brings a deployment back, and a newer deployment takes over an older one", async () => {
  const app = await BlueGreen.prepare(services, "denied", false);
  await app.create("one", { strategy: "BLUE_GREEN", bakeTimeInMinutes: 0 });
  const failed = await app.ended("ROLLBACK_FAILED");
  expect(failed.statusReason).toBe("No rollback candidate was found to run the rollback.");
  expect(await services.cloud.messages("denied")).toContainEqual(
    expect.stringContaining(
      "Service deployment rolled back because TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. User: arn:aws:sts::123456789012:assumed-role/denied-lb/ECSNetworkingWithELB is not authorized to perform: elasticloadbalancing:ModifyRule",
    ),
  );
  app.stop();
  const other = await BlueGreen.prepare(services, "newer");
  await other.create("one", { strategy: "BLUE_GREEN", bakeTimeInMinutes: 0 });
  await other.ended("SUCCESSFUL");
  await other.deploy({ VERSION: "two" }, { bakeTimeInMinutes: 1440 });
  await other.until(({ lifecycleStage }) => expect(lifecycleStage).toBe("BAKE_TIME"));
  const { serviceDeploymentArn: older } = await other.newest();
  await other.deploy({ VERSION: "three" }, { bakeTimeInMinutes: 0 });
  await other.ended("SUCCESSFUL");
  expect(await other.answer()).toBe("three");
  const { serviceDeployments } = await services.cloud.ecs.send(
    new ListServiceDeploymentsCommand({ cluster: "c", service: "newer", status: ["STOPPED"] }),
  );
  expect(serviceDeployments!.map((it) => it.serviceDeploymentArn)).toEqual([older]);
  other.stop();
}, 120_000);

test("a rolling update is stopped and goes back, and a deployment that has ended cannot be stopped", async () => {
  const web = await services.create("rolling", { VERSION: "one" });
  const { deployments } = await services.steady("rolling");
  const { ecs } = services.cloud;
  const newest = async () => {
    const { serviceDeployments: all } = await ecs.send(
      new ListServiceDeploymentsCommand({ cluster: "c", service: "rolling" }),
    );
    return all![0]!;
  };
  const stop = async () =>
    ecs.send(
      new StopServiceDeploymentCommand({
        serviceDeploymentArn: (await newest()).serviceDeploymentArn!,
      }),
    );
  expect((await newest()).status).toBe("SUCCESSFUL");
  await expect(stop()).rejects.toMatchObject({ name: "ConflictException" });
  await ecs.send(
    new UpdateServiceCommand({
      cluster: "c",
      service: "rolling",
      taskDefinition: await services.define("rolling", { VERSION: "two", HEALTH: "500" }),
    }),
  );
  expect((await services.cloud.service("rolling")).currentServiceDeployment).toBe(
    (await newest()).serviceDeploymentArn,
  );
  await stop();
  await vi.waitFor(async () => expect((await newest()).status).toBe("ROLLBACK_SUCCESSFUL"), {
    timeout: 60_000,
    interval: 20,
  });
  const after = await services.steady("rolling");
  expect(after.deployments![0]!.id).toBe(deployments![0]!.id);
  expect(await (await fetch(web.url)).text()).toMatch(/^one /);
}, 120_000);

test("a protected task is stopped neither by scaling in nor by a deployment", async () => {
  await services.create("protected", { VERSION: "one" });
  await services.steady("protected");
  const { ecs } = services.cloud;
  const [kept] = await services.cloud.tasks("protected");
  const arn = kept!.taskArn!;
  const protect = (protectionEnabled: boolean) =>
    ecs.send(new UpdateTaskProtectionCommand({ cluster: "c", tasks: [arn], protectionEnabled }));
  const { protectedTasks } = await protect(true);
  expect(protectedTasks).toEqual([
    { taskArn: arn, protectionEnabled: true, expirationDate: expect.any(Date) },
  ]);
  await ecs.send(
    new UpdateServiceCommand({
      cluster: "c",
      service: "protected",
      desiredCount: 1,
      taskDefinition: await services.define("protected", { VERSION: "two" }),
    }),
  );
  const runs = async () => (await services.cloud.tasks("protected")).map(({ taskArn }) => taskArn);
  await vi.waitFor(
    async () => {
      expect(await runs()).toHaveLength(2);
      expect(await runs()).toContain(arn);
      const { deployments } = await services.cloud.service("protected");
      expect(deployments!.map((it) => [it.runningCount, it.rolloutState])).toEqual([
        [1, "IN_PROGRESS"],
        [1, "COMPLETED"],
      ]);
    },
    { timeout: 60_000, interval: 20 },
  );
  const again = await protect(true);
  expect(again.failures).toEqual([expect.objectContaining({ arn, reason: "DEPLOYMENT_BLOCKED" })]);
  await protect(false);
  await services.steady("protected");
  expect(await runs()).not.toContain(arn);
  const told = await ecs.send(
    new GetTaskProtectionCommand({ cluster: "c", tasks: [(await runs())[0]!, "0".repeat(32)] }),
  );
  expect(told.protectedTasks).toEqual([expect.objectContaining({ protectionEnabled: false })]);
  expect(told.failures).toEqual([expect.objectContaining({ reason: "MISSING" })]);
}, 120_000);

test("Spot takes back a task's capacity: its program hears of it, and another task takes its place", async () => {
  const { cloud } = services;
  await cloud.ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: "c",
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      defaultCapacityProviderStrategy: [],
    }),
  );
  const capacityProviderStrategy = [{ capacityProvider: "FARGATE_SPOT", weight: 1 }];
  await services.create(
    "spot",
    { VERSION: "one" },
    { launchType: undefined, capacityProviderStrategy, desiredCount: 1 },
  );
  await services.steady("spot");
  const [task] = await cloud.tasks("spot");
  const interrupt = (of: string) =>
    fetch(`${cloud.test.endpoint}/_local/tasks/interrupt`, {
      method: "POST",
      headers: { authorization: `Bearer ${cloud.test.cloud.token}` },
      body: JSON.stringify({ task: of }),
    });
  const [other] = await cloud.tasks("rolling");
  expect((await interrupt(other!.taskArn!)).status).toBe(400);
  expect((await interrupt("0".repeat(32))).status).toBe(404);
  expect((await interrupt(task!.taskArn!.split("/").at(-1)!)).status).toBe(200);
  await vi.waitFor(
    async () =>
      expect(await cloud.task(task!.taskArn!)).toMatchObject({
        lastStatus: "STOPPED",
        stopCode: "SpotInterruption",
        stoppedReason: "Your Spot Task was interrupted.",
        containers: [{ exitCode: 0 }],
      }),
    { timeout: 60_000, interval: 20 },
  );
  const after = await services.steady("spot");
  expect(after.deployments![0]!.failedTasks).toBe(0);
}, 120_000);
