import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type BalancedCloud, HOME, startBalancedCloud } from "./testing/balanced-cloud.ts";

let cloud: BalancedCloud;
beforeEach(async () => {
  cloud = await startBalancedCloud();
});
afterEach(async () => {
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});

/** Waits until all targets of a group are in `state`. */
const healthy = (group: string, count = 1) =>
  vi.waitFor(() =>
    expect(cloud.states(group)).toEqual(Array.from({ length: count }, () => "healthy")),
  );

test("a request goes to the target and its answer comes back", async () => {
  const balancer = await cloud.balancer("web");
  const group = cloud.targetGroup();
  const listener = cloud.listener(balancer, 80, group);
  await cloud.target(group, (request, response) => {
    response.setHeader("X-Seen", JSON.stringify(request.rawHeaders));
    response.end(`Hello from ${request.url}`);
  });
  await cloud.balancers.settled();
  await healthy(group);
  const answer = await cloud.fetch(listener, {
    path: "/a?b=c",
    headers: { Host: "example.com:81" },
  });
  expect(answer.status).toBe(200);
  expect(answer.body).toBe("Hello from /a?b=c");
  const seen = answer.headers["x-seen"] as string;
  expect(JSON.parse(seen)).toEqual([
    "X-Forwarded-For",
    HOME,
    "X-Forwarded-Proto",
    "http",
    "X-Forwarded-Port",
    "80",
    "Host",
    "example.com",
    "X-Amzn-Trace-Id",
    expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
  ]);
});
