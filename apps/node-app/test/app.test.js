import assert from "node:assert/strict";
import { createServer } from "node:http";
import { hostname } from "node:os";
import { test } from "node:test";
import { startApp } from "./start-app.js";

test("the root answers the greeting, as plain text, and nothing else", async (t) => {
  const app = startApp(t);
  const response = await fetch(await app.url());
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type"), /^text\/plain/);
  assert.equal(await response.text(), "Hello World from node.js");
});

test("/healthz answers 200, an unknown path 404, an unknown method 404", async (t) => {
  const url = await startApp(t).url();
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  assert.equal((await fetch(`${url}/nothing`)).status, 404);
  assert.equal((await fetch(url, { method: "POST" })).status, 404);
});

test("each request leaves one line, with the load balancer's client and trace id, without the query", async (t) => {
  const app = startApp(t);
  await fetch(`${await app.url()}/healthz?token=secret`, {
    headers: {
      "x-forwarded-for": "192.0.2.9, 203.0.113.7",
      "x-amzn-trace-id": "Root=1-67891233-abcdef012345678912345678",
    },
  });
  const { time, ms, ...line } = await app.logged((entry) => entry.path !== undefined);
  assert.deepEqual(line, {
    level: "info",
    method: "GET",
    path: "/healthz",
    status: 200,
    client: "203.0.113.7",
    traceId: "Root=1-67891233-abcdef012345678912345678",
  });
  assert.ok(!Number.isNaN(Date.parse(time)));
  assert.ok(ms >= 0);
});

test("/info shows nulls outside ECS", async (t) => {
  const response = await fetch(`${await startApp(t, { APP_VERSION: "1.2.3" }).url()}/info`);
  assert.deepEqual(await response.json(), {
    app: "node-app",
    version: "1.2.3",
    hostname: hostname(),
    taskArn: null,
    taskDefinition: null,
    availabilityZone: null,
  });
});

test("/info shows the task that the metadata endpoint describes, and says when it cannot be read", async (t) => {
  const taskArn =
    "arn:aws:ecs:ap-northeast-1:123456789012:task/workbook/0123456789abcdef0123456789abcdef";
  const task = {
    TaskARN: taskArn,
    Family: "nodejs-app",
    Revision: "3",
    AvailabilityZone: "ap-northeast-1a",
  };
  const endpoint = createServer((request, response) => {
    if (request.url !== "/v4/abc/task") response.writeHead(500);
    response.end(JSON.stringify(task));
  });
  await new Promise((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  t.after(() => endpoint.close());
  const base = `http://127.0.0.1:${endpoint.address().port}`;

  const good = startApp(t, { ECS_CONTAINER_METADATA_URI_V4: `${base}/v4/abc` });
  const info = await (await fetch(`${await good.url()}/info`)).json();
  assert.equal(info.taskArn, taskArn);
  assert.equal(info.taskDefinition, "nodejs-app:3");
  assert.equal(info.availabilityZone, "ap-northeast-1a");

  const bad = startApp(t, { ECS_CONTAINER_METADATA_URI_V4: `${base}/elsewhere` });
  const answer = await fetch(`${await bad.url()}/info`);
  assert.equal(answer.status, 502);
  assert.match((await answer.json()).error, /the task metadata endpoint answered 500/);
});
