import {
  CreateServiceCommand,
  DeleteServiceCommand,
  ListServicesCommand,
  UpdateServiceCommand,
  type CreateServiceCommandInput,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TaskCloud } from "./testing/task-cloud.ts";
import { createWeb, Load, WEB_IMAGE, WEB_PORT, webContainer, type Web } from "./testing/web.ts";

let cloud: TaskCloud;
let image: string;
let webs = 0;

beforeAll(async () => {
  cloud = await TaskCloud.start();
  image = await cloud.push("web", WEB_IMAGE);
}, 60_000);
afterAll(async () => {
  expect(cloud.test.errors).toEqual([]);
  await cloud.stop();
}, 60_000);

const define = (family: string, variables: Record<string, string>) =>
  cloud.define(family, [webContainer(image, variables)]);

/** A service of two tasks behind a load balancer. */
async function create(
  name: string,
  variables: Record<string, string>,
  more: Partial<CreateServiceCommandInput> = {},
): Promise<Web> {
  const web = await createWeb(cloud, name, 8000 + ++webs);
  await cloud.ecs.send(
    new CreateServiceCommand({
      cluster: "c",
      serviceName: name,
      taskDefinition: await define(name, variables),
      desiredCount: 2,
      launchType: "FARGATE",
      networkConfiguration: web.network,
      healthCheckGracePeriodSeconds: 60,
      loadBalancers: [
        { targetGroupArn: web.targetGroupArn, containerName: "web", containerPort: WEB_PORT },
      ],
      ...more,
    }),
  );
  return web;
}

const steady = (name: string) =>
  vi.waitFor(
    async () => {
      const service = await cloud.service(name);
      expect(service.deployments).toHaveLength(1);
      expect(service.deployments![0]).toMatchObject({
        status: "PRIMARY",
        rolloutState: "COMPLETED",
      });
      expect(service.runningCount).toBe(service.desiredCount);
      expect(service.events![0]!.message).toBe(`(service ${name}) has reached a steady state.`);
      return service;
    },
    { timeout: 40_000, interval: 50 },
  );

const remove = (service: string) =>
  cloud.ecs.send(new DeleteServiceCommand({ cluster: "c", service, force: true }));

test("a service reaches its desired count, over two zones, and says what it did", async () => {
  const web = await create("first", { VERSION: "one" });
  const service = await steady("first");
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
  await remove("first");
}, 60_000);

test("a task whose process is killed is replaced at once, with few requests lost", async () => {
  const web = await create("killed", { VERSION: "one" });
  await steady("killed");
  const load = new Load(web.url);
  await vi.waitUntil(() => load.answers.size >= 2);
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
    { timeout: 20_000, interval: 20 },
  );
  await steady("killed");
  await load.stop();
  expect(load.failed).toBeLessThanOrEqual(8);
  await remove("killed");
}, 60_000);

test("a deployment under load drops no request and ends with the new version alone", async () => {
  const web = await create("rolled", { VERSION: "one" });
  await steady("rolled");
  const load = new Load(web.url);
  await vi.waitUntil(() => load.count > 20);
  await cloud.ecs.send(
    new UpdateServiceCommand({
      cluster: "c",
      service: "rolled",
      taskDefinition: await define("rolled", { VERSION: "two" }),
    }),
  );
  const { deployments } = await cloud.service("rolled");
  expect(deployments!.map(({ status }) => status)).toEqual(["PRIMARY", "ACTIVE"]);
  await steady("rolled");
  await load.stop();
  expect(load.failures).toEqual([]);
  expect([...load.answers.keys()].some((answer) => answer.startsWith("200 two"))).toBe(true);
  expect(await (await fetch(web.url)).text()).toMatch(/^two /);
  const reasons = (await cloud.tasks("rolled", "STOPPED")).map((task) => task.stoppedReason);
  expect(reasons).toEqual(
    Array(2).fill(`Scaling activity initiated by (deployment ${deployments![1]!.id})`),
  );
  await remove("rolled");
}, 90_000);

test("desiredCount alone scales without a deployment, and back", async () => {
  await create("scaled", { VERSION: "one" }, { desiredCount: 1 });
  const before = await steady("scaled");
  await cloud.ecs.send(
    new UpdateServiceCommand({ cluster: "c", service: "scaled", desiredCount: 3 }),
  );
  const after = await steady("scaled");
  expect(after.runningCount).toBe(3);
  expect(after.deployments![0]!.id).toBe(before.deployments![0]!.id);
  await cloud.ecs.send(
    new UpdateServiceCommand({ cluster: "c", service: "scaled", desiredCount: 1 }),
  );
  await vi.waitFor(async () => expect((await cloud.service("scaled")).runningCount).toBe(1), {
    timeout: 20_000,
  });
  await remove("scaled");
}, 60_000);

test("tasks that fail their health checks after the grace period are replaced for ever", async () => {
  const web = await create(
    "sick",
    { VERSION: "one", HEALTH: "404" },
    { desiredCount: 1, healthCheckGracePeriodSeconds: 0 },
  );
  await vi.waitFor(
    async () => {
      const stopped = await cloud.tasks("sick", "STOPPED");
      expect(stopped.length).toBeGreaterThanOrEqual(2);
      expect(stopped[0]!.stoppedReason).toBe(
        `Task failed ELB health checks in (target-group ${web.targetGroupArn})`,
      );
    },
    { timeout: 40_000, interval: 100 },
  );
  const messages = await cloud.messages("sick");
  expect(messages).toContainEqual(
    expect.stringMatching(
      /^\(service sick\) \(task \w+\) \(port 3000\) is unhealthy in \(target-group .*\) due to \(reason Health checks failed with these codes: \[404\]\)\.$/,
    ),
  );
  expect(messages).not.toContainEqual(expect.stringContaining("deployment completed"));
  await remove("sick");
}, 60_000);

test("a slow start is left alone within the grace period", async () => {
  await create("slow", { VERSION: "one", READY_MS: "3000" }, { desiredCount: 1 });
  await steady("slow");
  expect(await cloud.tasks("slow", "STOPPED")).toEqual([]);
  await remove("slow");
}, 60_000);

test("the circuit breaker fails a deployment that does not start and rolls back to the last one", async () => {
  const web = await create(
    "broken",
    { VERSION: "one" },
    {
      desiredCount: 1,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    },
  );
  const { deployments: before, taskDefinition } = await steady("broken");
  const good = before![0]!.id!;
  await cloud.ecs.send(
    new UpdateServiceCommand({
      cluster: "c",
      service: "broken",
      taskDefinition: await define("broken", { VERSION: "two", EXIT: "1" }),
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
    { timeout: 40_000, interval: 50 },
  );
  const after = await steady("broken");
  expect(after.deployments![0]!.id).toBe(good);
  expect(after.taskDefinition).toBe(taskDefinition);
  expect(await (await fetch(web.url)).text()).toMatch(/^one /);
  await remove("broken");
}, 90_000);

test("a deleted service drains, then is INACTIVE: described still, listed no more", async () => {
  await create("deleted", { VERSION: "one" });
  await steady("deleted");
  await expect(
    cloud.ecs.send(new DeleteServiceCommand({ cluster: "c", service: "deleted" })),
  ).rejects.toMatchObject({ name: "InvalidParameterException" });
  const { service } = await cloud.ecs.send(
    new DeleteServiceCommand({ cluster: "c", service: "deleted", force: true }),
  );
  expect(service).toMatchObject({ status: "DRAINING", desiredCount: 0 });
  await vi.waitFor(
    async () => expect(await cloud.service("deleted")).toMatchObject({ status: "INACTIVE" }),
    { timeout: 20_000 },
  );
  expect((await cloud.service("deleted")).deployments).toEqual([]);
  const { serviceArns } = await cloud.ecs.send(new ListServicesCommand({ cluster: "c" }));
  expect(serviceArns).not.toContainEqual(expect.stringContaining("/deleted"));
}, 60_000);
