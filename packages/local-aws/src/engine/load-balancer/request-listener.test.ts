import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { targetRegistrations } from "../../services/elbv2/state.ts";
import { type BalancedCloud, startBalancedCloud } from "./testing/balanced-cloud.ts";

let cloud: BalancedCloud;
beforeEach(async () => {
  cloud = await startBalancedCloud();
});
afterEach(async () => {
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});

async function reach(group: string, ...states: string[]) {
  await vi.waitFor(() => expect(cloud.states(group)).toEqual(states), { timeout: 60_000 });
  await cloud.balancers.settled();
}

test("the target that answered is known, whatever it says of itself", async () => {
  const group = cloud.targetGroup();
  const listener = cloud.listener(await cloud.balancer("web"), 80, group);
  const asked: string[] = [];
  for (const name of ["one", "two"])
    await cloud.target(group, (request, response) => {
      if (request.headers["x-amzn-trace-id"]?.includes("Root=1-")) asked.push(name);
      response.statusCode = request.url === "/" ? 200 : 404;
      response.end("it was somebody else");
    });
  await reach(group, "healthy", "healthy");
  const keys = cloud.scope
    .of(targetRegistrations)
    .values()
    .map(({ id, port }) => `${id}:${port}`);
  asked.length = 0;

  const answered: (string | undefined)[] = [];
  for (let turn = 0; turn < 4; turn++) {
    const answer = await cloud.balancers.request(listener, "/somewhere?x=1");
    expect(answer).toMatchObject({ status: 404, body: "it was somebody else" });
    answered.push(answer!.target);
  }
  expect(answered).toEqual(asked.map((name) => keys[name === "one" ? 0 : 1]));
  expect(new Set(answered)).toEqual(new Set(keys));
});

test("an answer of the load balancer's own has no target", async () => {
  const group = cloud.targetGroup();
  const listener = cloud.listener(await cloud.balancer("web"), 80, group);
  await cloud.balancers.settled();
  expect(await cloud.balancers.request(listener, "/")).toMatchObject({
    status: 503,
    target: undefined,
  });
});

test("no more than the first 2,000 characters of an answer are kept", async () => {
  const group = cloud.targetGroup();
  const listener = cloud.listener(await cloud.balancer("web"), 80, group);
  await cloud.target(group, (_request, response) => void response.end("あ".repeat(100_000)));
  await reach(group, "healthy");
  const answer = await cloud.balancers.request(listener, "/");
  expect(answer!.body).toBe("あ".repeat(2000));
});

test("where nobody is let in, the missing rule is named", async () => {
  const listener = cloud.listener(
    await cloud.balancer("shut", [cloud.defaultGroupId]),
    80,
    cloud.targetGroup(),
  );
  await cloud.balancers.settled();
  let answer: unknown;
  void cloud.balancers.request(listener, "/")!.then((given) => (answer = given));
  await vi.waitFor(
    async () => {
      await cloud.clock.advance(10_000);
      expect(answer).toBeDefined();
    },
    { timeout: 60_000 },
  );
  expect(answer).toMatchObject({
    status: null,
    target: undefined,
    body: expect.stringMatching(
      /^No answer within 10 s\. No ingress rule of sg-\w+ \(default\) lets tcp port 80 into /,
    ),
  });
});

test("a listener that is not there is not asked", () => {
  expect(cloud.balancers.request("arn:none", "/")).toBeUndefined();
});
