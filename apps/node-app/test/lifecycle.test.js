import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { startApp } from "./start-app.js";

test("SIGTERM finishes the request in flight, refuses new ones, and exits 0", async (t) => {
  // /info is in flight for as long as the metadata endpoint keeps it waiting.
  let answer;
  const asked = new Promise((resolve) => {
    const endpoint = createServer((_request, response) => {
      answer = () => response.end('{"TaskARN":"arn:aws:ecs:eu-west-1:123456789012:task/c/1"}');
      resolve(endpoint);
    });
    endpoint.listen(0, "127.0.0.1", () => listening(endpoint.address().port));
    t.after(() => endpoint.close());
  });
  let listening;
  const port = await new Promise((resolve) => (listening = resolve));
  const app = startApp(t, { ECS_CONTAINER_METADATA_URI_V4: `http://127.0.0.1:${port}` });
  const url = await app.url();
  const idle = connect(Number(new URL(url).port), "127.0.0.1");
  await once(idle, "connect");
  const inFlight = fetch(`${url}/info`);
  await asked;

  app.child.kill("SIGTERM");
  await once(idle.resume(), "close");
  await assert.rejects(fetch(url), (error) => error.cause.code === "ECONNREFUSED");
  answer();
  const response = await inFlight;
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("connection"), "close");
  assert.equal((await response.json()).taskArn, "arn:aws:ecs:eu-west-1:123456789012:task/c/1");
  assert.deepEqual(await app.exited, { code: 0, signal: null });
});

test("SIGTERM during the start delay exits 0 at once", async (t) => {
  const app = startApp(t, { START_DELAY_SECONDS: "1000" });
  await app.logged((line) => line.message === "waiting before the start");
  app.child.kill("SIGTERM");
  assert.deepEqual(await app.exited, { code: 0, signal: null });
});

test("START_DELAY_SECONDS postpones listening", async (t) => {
  const app = startApp(t, { START_DELAY_SECONDS: "0.3" });
  const waiting = await app.logged((line) => line.message === "waiting before the start");
  const listening = await app.logged((line) => line.message === "listening");
  assert.ok(Date.parse(listening.time) - Date.parse(waiting.time) >= 299);
});

test("CRASH_ON_START exits with its code and never listens", async (t) => {
  const app = startApp(t, { CRASH_ON_START: "42" });
  assert.deepEqual(await app.exited, { code: 42, signal: null });
  assert.equal(
    app.lines.some((line) => line.message === "listening"),
    false,
  );
});

test("CRASH_AFTER_SECONDS exits 1 after listening", async (t) => {
  const app = startApp(t, { CRASH_AFTER_SECONDS: "0.05" });
  await app.url();
  assert.deepEqual(await app.exited, { code: 1, signal: null });
});

test("a bad setting or a taken port exits 1 and says which", async (t) => {
  const bad = startApp(t, { PORT: "eighty" });
  assert.deepEqual(await bad.exited, { code: 1, signal: null });
  assert.match(bad.lines[0].error, /^PORT must be/);

  const taken = createServer().listen(0);
  await once(taken, "listening");
  t.after(() => taken.close());
  const second = startApp(t, { PORT: String(taken.address().port) });
  assert.deepEqual(await second.exited, { code: 1, signal: null });
  assert.match(second.lines[0].error, /EADDRINUSE/);
});
