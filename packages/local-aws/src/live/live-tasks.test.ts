import {
  ApplicationAutoScalingClient,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebServices } from "../engine/scheduler/testing/web-services.ts";
import { WEB_PORT } from "../engine/scheduler/testing/web.ts";
import type { RequestMessage } from "./messages.ts";
import { LivePage } from "./testing/live-page.ts";

let services: WebServices;
let page: LivePage;

beforeAll(async () => {
  services = await WebServices.start();
  page = await LivePage.open(services.cloud.test.endpoint);
  await services.create("web", { VERSION: "1" });
  await services.steady("web");
});
afterAll(async () => {
  page.close();
  await services.stop();
});

function post(path: string, body: object, token = services.cloud.test.cloud.token) {
  return fetch(`${services.cloud.test.endpoint}/_local/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
}

const listenerArn = () => services.cloud.test.cloud.engine.effectiveListeners()[0]!.listenerArn;

test("a service that scales is drawn with its bounds, its tasks over time and its alarms", async () => {
  const client = new ApplicationAutoScalingClient(services.cloud.test.clientConfig);
  const target = {
    ServiceNamespace: "ecs",
    ResourceId: "service/c/web",
    ScalableDimension: "ecs:service:DesiredCount",
  } as const;
  await client.send(
    new RegisterScalableTargetCommand({ ...target, MinCapacity: 2, MaxCapacity: 4 }),
  );
  await client.send(
    new PutScalingPolicyCommand({
      ...target,
      PolicyName: "cpu",
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 60,
        PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
      },
    }),
  );
  client.destroy();
  const { clusters } = await page.message(
    "picture",
    (picture) => picture.clusters[0]?.services[0]?.scaling?.alarms.length === 2,
  );
  const { scaling } = clusters[0]!.services[0]!;
  expect(scaling).toMatchObject({ min: 2, max: 4 });
  expect(scaling!.running.at(-1)!.count).toBe(2);
  expect(
    scaling!.alarms.map(({ policy, direction, metric, threshold }) => [
      policy,
      direction,
      metric,
      threshold,
    ]),
  ).toEqual([
    ["cpu", "out", "CPUUtilization", 60],
    ["cpu", "in", "CPUUtilization", 54],
  ]);
  for (const { states } of scaling!.alarms) expect(states.length).toBeGreaterThan(0);
});

test("a page has many requests sent at once, and is told how many were lost", async () => {
  const many = (count: unknown) => post("load", { listenerArn: listenerArn(), count });
  const answer = await many(20);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ sent: 20, lost: 0 });
  expect((await many(0)).status).toBe(400);
  expect((await many(501)).status).toBe(400);
});

test("a service, its tasks and who reaches them are drawn", async () => {
  const { clusters, paths } = await page.message(
    "picture",
    (picture) => picture.clusters[0]?.services[0]?.deployments[0]?.rolloutState === "COMPLETED",
  );
  const [cluster] = clusters;
  expect(cluster!.services).toMatchObject([
    {
      name: "web",
      desiredCount: 2,
      runningCount: 2,
      pendingCount: 0,
      deployments: [{ status: "PRIMARY", taskDefinition: "web:1" }],
    },
  ]);
  expect(cluster!.services[0]!.events.length).toBeGreaterThan(0);
  expect(cluster!.tasks).toHaveLength(2);
  for (const task of cluster!.tasks)
    expect(task).toMatchObject({
      serviceName: "web",
      taskDefinition: "web:1",
      lastStatus: "RUNNING",
      desiredStatus: "RUNNING",
      address: expect.stringMatching(/^172\.31\./),
    });
  expect(paths.map(({ from, to, port, allowed }) => [from, to, port, allowed])).toEqual([
    ["home", "web", 8001, true],
    ["internet", "web", 8001, true],
    ["web", "web", WEB_PORT, true],
    ["home", "web", WEB_PORT, true],
    ["web", "internet", 443, true],
  ]);
});

test("lines that tasks write come with the task's id", async () => {
  const { events } = await page.message("log");
  const ids = (await services.cloud.tasks("web", "RUNNING")).map(({ taskArn }) =>
    taskArn!.split("/").at(-1),
  );
  expect(ids).toContain(events[0]!.taskId);
  expect(events[0]).toMatchObject({ message: expect.stringContaining("listening") });
});

test("a request that a page sends is told with the task that answered", async () => {
  const running = (await services.cloud.tasks("web", "RUNNING")).map(({ taskArn }) => taskArn);
  const answered = new Set<string | null>();
  for (let turn = 0; turn < 4; turn++) {
    const response = await post("requests", { listenerArn: listenerArn(), path: "/info" });
    expect(response.status).toBe(200);
    const message = (await response.json()) as RequestMessage;
    expect(message).toMatchObject({ type: "request", path: "/info", status: 200 });
    expect(message.body).toMatch(/^1 \d+$/);
    answered.add(message.taskArn);
    expect(await page.message("request", ({ at }) => at === message.at)).toEqual(message);
  }
  expect([...answered].sort()).toEqual(running.sort());
});

test("a task that a page stops is stopped as by StopTask, and replaced", async () => {
  const [task] = await services.cloud.tasks("web", "RUNNING");
  const taskArn = task!.taskArn!;
  expect((await post("tasks/stop", { taskArn })).status).toBe(200);
  await vi.waitFor(
    async () => {
      const stopped = await services.cloud.tasks("web", "STOPPED");
      expect(stopped).toMatchObject([
        { taskArn, stopCode: "UserInitiated", stoppedReason: "Task stopped by user" },
      ]);
    },
    { timeout: 60_000, interval: 50 },
  );
  const back = await page.message(
    "picture",
    ({ clusters: [cluster] }) =>
      cluster?.services[0]?.runningCount === 2 &&
      cluster.tasks.length === 2 &&
      cluster.tasks.every((each) => each.taskArn !== taskArn),
  );
  expect(back.clusters[0]!.tasks).toHaveLength(2);
});

test.each([
  ["requests", {}, 400, "listenerArn must be a text of 1 to 2048 characters."],
  ["requests", { listenerArn: "x", path: "no slash" }, 400, "path must begin with a slash"],
  ["requests", { listenerArn: "x", path: "/a b" }, 400, "path must begin with a slash"],
  ["requests", { listenerArn: "x" }, 404, "There is no listener x"],
  ["tasks/stop", { taskArn: 1 }, 400, "taskArn must be a text"],
  ["tasks/stop", { taskArn: "x" }, 404, "There is no task x."],
])("%s refuses %j by name", async (path, body, status, message) => {
  const response = await post(path, body);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ message: expect.stringContaining(message) });
});

test("without the token nothing is sent and nothing stopped", async () => {
  expect((await post("requests", { listenerArn: listenerArn() }, "wrong")).status).toBe(401);
  expect((await post("tasks/stop", {}, "wrong")).status).toBe(401);
});
