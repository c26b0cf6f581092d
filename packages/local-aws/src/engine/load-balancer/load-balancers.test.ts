import { createServer } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { targetRegistrations } from "../../services/elbv2/state.ts";
import { deregisterTarget } from "../../services/elbv2/targets.ts";
import {
  type BalancedCloud,
  HOME,
  startBalancedCloud,
  type TestTarget,
} from "./testing/balanced-cloud.ts";

let cloud: BalancedCloud;
beforeEach(async () => {
  cloud = await startBalancedCloud();
});
afterEach(async () => {
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});

/** Waits until the targets of a group are in these states. */
async function reach(group: string, ...states: string[]) {
  await vi.waitFor(() => expect(cloud.states(group)).toEqual(states), { timeout: 60_000 });
  await cloud.balancers.settled();
}

/** Moves time from check to check until the targets of a group are in these states. */
async function checkUntil(group: string, ...states: string[]) {
  await vi.waitFor(
    async () => {
      await cloud.clock.advance(30_000);
      expect(cloud.states(group)).toEqual(states);
    },
    { timeout: 60_000 },
  );
  await cloud.balancers.settled();
}

const health = (group: string) =>
  cloud
    .call<{ TargetHealthDescriptions: { TargetHealth: object }[] }>("DescribeTargetHealth", {
      TargetGroupArn: group,
    })
    .TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth);

function deregister(group: string, { address, port }: TestTarget) {
  cloud.store.transaction(() =>
    deregisterTarget(cloud.scope, {
      targetGroupArn: group,
      id: address,
      port,
      now: cloud.clock.now(),
    }),
  );
}

test("a request goes to the target and its answer comes back", async () => {
  const group = cloud.targetGroup();
  const listener = cloud.listener(await cloud.balancer("web"), 80, group);
  await cloud.target(group, (request, response) => {
    response.end(`${request.url} for ${request.headers["x-forwarded-for"]}`);
  });
  await reach(group, "healthy");
  const answer = await cloud.fetch(listener, { path: "/a?b=c" });
  expect(answer).toMatchObject({ status: 200, body: `/a?b=c for ${HOME}` });
});

test("a load balancer answers once it is active", async () => {
  const { LoadBalancers } = cloud.call<{ LoadBalancers: { LoadBalancerArn: string }[] }>(
    "CreateLoadBalancer",
    { Name: "web", Subnets: cloud.subnetIds.slice(0, 2) },
  );
  const state = () =>
    cloud.call<{ LoadBalancers: { State: { Code: string } }[] }>("DescribeLoadBalancers", {})
      .LoadBalancers[0]!.State.Code;
  cloud.listener(LoadBalancers[0]!.LoadBalancerArn, 80, {
    Type: "fixed-response",
    FixedResponseConfig: { StatusCode: "200" },
  });
  await cloud.balancers.settled();
  expect(state()).toBe("provisioning");
  expect(cloud.balancers.effectiveListeners()).toEqual([]);
  await cloud.clock.advance(60_000);
  await cloud.balancers.settled();
  expect(state()).toBe("active");
  expect(cloud.balancers.effectiveListeners()).toMatchObject([
    { port: 80, addresses: [{ host: "127.0.0.1" }, {}, {}] },
  ]);
});

test("one success makes a new target healthy; failures in a row make it unhealthy, with AWS's reason", async () => {
  const group = cloud.targetGroup({
    HealthCheckPath: "/healthz",
    Matcher: { HttpCode: "200-204" },
    UnhealthyThresholdCount: 3,
    HealthyThresholdCount: 2,
  });
  cloud.listener(await cloud.balancer("web"), 80, group);
  let status = 204;
  const probes: (string | undefined)[] = [];
  const { address } = await cloud.target(group, (request, response) => {
    const probe = `${request.url} ${request.headers.host} ${request.headers["user-agent"]}`;
    // When its connection has ended, the check's outcome is on its way back: time may go on then.
    request.socket.once("close", () => probes.push(probe));
    response.writeHead(status).end();
  });
  await reach(group, "healthy");
  await vi.waitFor(() => expect(probes).toHaveLength(1), { timeout: 60_000 });
  expect(probes).toEqual([`/healthz ${address}:8080 ELB-HealthChecker/2.0`]);
  expect(health(group)).toEqual([{ State: "healthy", Reason: undefined, Description: undefined }]);
  status = 503;
  for (let failures = 1; failures <= 3; failures++) {
    expect(cloud.states(group)).toEqual(["healthy"]);
    await cloud.clock.advance(30_000);
    await vi.waitFor(() => expect(probes).toHaveLength(1 + failures), { timeout: 60_000 });
    await cloud.balancers.settled();
  }
  await reach(group, "unhealthy");
  expect(health(group)).toEqual([
    {
      State: "unhealthy",
      Reason: "Target.ResponseCodeMismatch",
      Description: "Health checks failed with these codes: [503]",
    },
  ]);
  status = 200;
  await cloud.clock.advance(30_000);
  await vi.waitFor(() => expect(probes).toHaveLength(5), { timeout: 60_000 });
  await cloud.balancers.settled();
  expect(cloud.states(group)).toEqual(["unhealthy"]);
  await checkUntil(group, "healthy");
  expect(cloud.events.filter(({ type }) => type === "elbv2.target-health")).toMatchObject([
    { state: "initial", reason: "Elb.InitialHealthChecking", id: address, port: 8080 },
    { state: "healthy" },
    { state: "unhealthy", reason: "Target.ResponseCodeMismatch" },
    { state: "healthy" },
  ]);
});

test("a target whose security group keeps the load balancer out times out", async () => {
  const open = cloud.openGroup("lb");
  const group = cloud.targetGroup();
  const listener = cloud.listener(await cloud.balancer("web", [open]), 80, group);
  await cloud.target(group, (_request, response) => response.end("reached"));
  await checkUntil(group, "unhealthy");
  expect(health(group)).toEqual([
    { State: "unhealthy", Reason: "Target.Timeout", Description: "Request timed out" },
  ]);
  cloud.authorize(cloud.defaultGroupId, { GroupId: open });
  await checkUntil(group, "healthy");
  expect((await cloud.fetch(listener)).body).toBe("reached");
});

test("a port on which nothing listens fails health checks", async () => {
  const group = cloud.targetGroup();
  cloud.listener(await cloud.balancer("web"), 80, group);
  const target = await cloud.target(group, (_request, response) => response.end());
  cloud.setEndpoint(target, { refused: true, why: "the container listens on 3000" });
  await checkUntil(group, "unhealthy");
  expect(health(group)).toMatchObject([
    { Reason: "Target.FailedHealthChecks", Description: "Health checks failed" },
  ]);
  expect(JSON.stringify(cloud.balancers.describe())).toContain("the container listens on 3000");
});

test("targets are unused while nothing forwards to their group, or while their zone is not enabled", async () => {
  const group = cloud.targetGroup();
  await cloud.target(group, (_request, response) => response.end());
  await cloud.balancers.settled();
  expect(health(group)).toEqual([
    {
      State: "unused",
      Reason: "Target.NotInUse",
      Description: "Target group is not configured to receive traffic from the load balancer",
    },
  ]);
  const balancer = await cloud.balancer("web");
  const listener = cloud.listener(balancer, 80, group);
  await reach(group, "healthy");
  cloud.call("SetSubnets", { LoadBalancerArn: balancer, Subnets: cloud.subnetIds.slice(1, 3) });
  await cloud.balancers.settled();
  expect(health(group)).toMatchObject([
    {
      State: "unused",
      Description: "Target is in an Availability Zone that is not enabled for the load balancer",
    },
  ]);
  expect((await cloud.fetch(listener)).status).toBe(503);
});

test("a draining target finishes its requests and is given no new ones, then its registration ends", async () => {
  // Rarely checked: the time that a check has passes here while its answer is on its way.
  const group = cloud.targetGroup(
    { HealthCheckIntervalSeconds: 300 },
    { "deregistration_delay.timeout_seconds": "120" },
  );
  const listener = cloud.listener(await cloud.balancer("web"), 80, group);
  let release = () => {};
  const started = new Promise<void>((begun) => {
    void cloud.target(group, (request, response) => {
      if (request.url !== "/slow") return response.end("old");
      release = () => response.end("slow");
      begun();
    });
  });
  await reach(group, "healthy");
  const slow = cloud.fetch(listener, { path: "/slow" });
  await started;
  const [old] = cloud.scope.of(targetRegistrations).values();
  await cloud.target(group, (_request, response) => response.end("new"));
  await reach(group, "healthy", "healthy");
  deregister(group, { address: old!.id, port: old!.port } as TestTarget);
  await cloud.balancers.settled();
  expect(health(group)).toMatchObject([
    {
      State: "draining",
      Reason: "Target.DeregistrationInProgress",
      Description: "Target deregistration is in progress",
    },
    { State: "healthy" },
  ]);
  for (let count = 0; count < 4; count++) expect((await cloud.fetch(listener)).body).toBe("new");
  release();
  expect((await slow).body).toBe("slow");
  await cloud.clock.advance(119_000);
  expect(cloud.states(group)).toEqual(["draining", "healthy"]);
  await cloud.clock.advance(1000);
  expect(cloud.states(group)).toEqual(["healthy"]);
  expect(cloud.scope.of(targetRegistrations).size).toBe(1);
});

test("what has drained at one pace counts when the pace changes and the drain is looked at anew", async () => {
  const group = cloud.targetGroup({}, { "deregistration_delay.timeout_seconds": "120" });
  cloud.listener(await cloud.balancer("web"), 80, group);
  const target = await cloud.target(group, (_request, response) => response.end());
  await reach(group, "healthy");
  deregister(group, target);
  await cloud.balancers.settled();
  await cloud.clock.advance(60_000);
  cloud.clock.pace(10);
  await cloud.balancers.settled();
  await cloud.clock.advance(5_900);
  expect(cloud.states(group)).toEqual(["draining"]);
  await cloud.clock.advance(100);
  await vi.waitFor(() => expect(cloud.states(group)).toEqual([]), { timeout: 60_000 });
});

test("a request under way outlives a delay that passes faster than on AWS", async () => {
  const group = cloud.targetGroup({}, { "deregistration_delay.timeout_seconds": "300" });
  const listener = cloud.listener(await cloud.balancer("web"), 80, group);
  const begun = Promise.withResolvers<() => void>();
  const target = await cloud.target(group, (request, response) => {
    if (request.url === "/slow") begun.resolve(() => response.end("slow"));
    else response.end();
  });
  await reach(group, "healthy");
  cloud.clock.pace(60);
  const slow = cloud.fetch(listener, { path: "/slow" });
  const answer = await begun.promise;
  deregister(group, target);
  await cloud.balancers.settled();
  await cloud.clock.advance(12_000);
  await cloud.balancers.settled();
  expect(cloud.states(group)).toEqual(["draining"]);
  answer();
  expect((await slow).body).toBe("slow");
  await vi.waitFor(() => expect(cloud.states(group)).toEqual([]), { timeout: 60_000 });
});

test("requests that outlast the deregistration delay are cut off", async () => {
  const group = cloud.targetGroup({}, { "deregistration_delay.timeout_seconds": "10" });
  const listener = cloud.listener(await cloud.balancer("web"), 80, group);
  const begun = Promise.withResolvers<void>();
  const target = await cloud.target(group, (request, response) => {
    if (request.url === "/stuck") begun.resolve();
    else response.end();
  });
  await reach(group, "healthy");
  const stuck = cloud.fetch(listener, { path: "/stuck" });
  await begun.promise;
  deregister(group, target);
  await cloud.balancers.settled();
  await cloud.clock.advance(10_000);
  await cloud.balancers.settled();
  expect((await stuck).status).toBe(502);
});

test("clients whom the security group keeps out hear nothing", async () => {
  const shut = cloud.call<{ GroupId: string }>("CreateSecurityGroup", {
    GroupName: "shut",
    Description: "shut",
    VpcId: cloud.vpcId,
  }).GroupId;
  const listener = cloud.listener(await cloud.balancer("web", [shut]), 80, {
    Type: "fixed-response",
    FixedResponseConfig: { StatusCode: "200", MessageBody: "in" },
  });
  await cloud.balancers.settled();
  const giveUp = new AbortController();
  const refused = cloud.fetch(listener, { signal: giveUp.signal });
  const late = cloud.fetch(listener);
  let heard = false;
  void late.then(() => (heard = true));
  await cloud.balancers.settled();
  await cloud.balancers.metrics();
  expect(heard).toBe(false);
  giveUp.abort();
  await expect(refused).rejects.toThrow("aborted");
  expect(JSON.stringify(cloud.balancers.describe())).toContain(shut);
  cloud.authorize(shut, { CidrIp: `${HOME}/32` });
  await cloud.balancers.settled();
  expect((await late).body).toBe("in");
});

test("an internal load balancer is not reached from home", async () => {
  const { LoadBalancers } = cloud.call<{
    LoadBalancers: { LoadBalancerArn: string; DNSName: string }[];
  }>("CreateLoadBalancer", {
    Name: "inside",
    Scheme: "internal",
    Subnets: cloud.subnetIds.slice(0, 2),
    SecurityGroups: [cloud.openGroup("open")],
  });
  expect(LoadBalancers[0]!.DNSName).toMatch(
    /^internal-inside-\d+\.ap-northeast-1\.elb\.localhost$/,
  );
  cloud.listener(LoadBalancers[0]!.LoadBalancerArn, 80, {
    Type: "fixed-response",
    FixedResponseConfig: { StatusCode: "200" },
  });
  await cloud.balancers.settled();
  await cloud.clock.advance(60_000);
  await cloud.balancers.settled();
  expect(cloud.balancers.describe()["access"]).toMatchObject([
    { open: false, why: expect.any(String) },
  ]);
});

test("a target that dies under load costs next to nothing, and a replaced one nothing", async () => {
  const group = cloud.targetGroup({}, { "deregistration_delay.timeout_seconds": "5" });
  const listener = cloud.listener(await cloud.balancer("web"), 80, group);
  const targets: TestTarget[] = [];
  for (let count = 0; count < 2; count++)
    targets.push(await cloud.target(group, (_request, response) => response.end("ok")));
  await reach(group, "healthy", "healthy");
  let failed = 0;
  let succeeded = 0;
  let running = true;
  const client = async () => {
    while (running) {
      const answer = await cloud.fetch(listener).catch(() => undefined);
      if (answer?.status === 200) succeeded++;
      else failed++;
    }
  };
  const clients = Array.from({ length: 8 }, client);
  const pass = (more: number) => {
    const enough = succeeded + more;
    return vi.waitFor(() => expect(succeeded).toBeGreaterThan(enough), { timeout: 60_000 });
  };
  await pass(100);
  // The process is gone at once; the scheduler hears of it a little later.
  const [dead, drained] = targets as [TestTarget, TestTarget];
  dead.server.closeAllConnections();
  dead.server.close();
  await pass(100);
  cloud.setEndpoint(dead, { refused: true, why: "the task has stopped" });
  deregister(group, dead);
  await pass(100);
  expect(failed).toBeLessThanOrEqual(8);
  failed = 0;
  await cloud.target(group, (_request, response) => response.end("ok"));
  await vi.waitFor(() => expect(cloud.states(group).at(-1)).toBe("healthy"), { timeout: 60_000 });
  deregister(group, drained);
  await pass(100);
  await cloud.clock.advance(5000);
  cloud.removeInterface(drained);
  await pass(100);
  running = false;
  await Promise.all(clients);
  expect(failed).toBe(0);
});

test("a port that is taken is reported with its holder, and used when it is free", async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { port } = holder.address() as { port: number };
  const exact = await startBalancedCloud("exact");
  try {
    exact.listener(await exact.balancer("web"), port, {
      Type: "fixed-response",
      FixedResponseConfig: { StatusCode: "200", MessageBody: "mine" },
    });
    await exact.balancers.settled();
    const [taken] = exact.balancers.effectiveListeners();
    expect(taken!.problem).toContain(`port ${port} is taken by`);
    expect(taken!.problem).toContain(`(pid ${process.pid})`);
    expect(exact.errors.splice(0)).toHaveLength(1);
    await new Promise((resolve) => holder.close(resolve));
    await vi.waitFor(
      async () => {
        await exact.clock.advance(2000);
        await exact.balancers.settled();
        expect(exact.balancers.effectiveListeners()[0]!.problem).toBeUndefined();
      },
      { timeout: 60_000 },
    );
    const [free] = exact.balancers.effectiveListeners();
    expect(free!.addresses).toContainEqual({ host: "127.0.0.1", port });
  } finally {
    await exact.stop();
  }
});

test("counters can be read", async () => {
  const balancer = await cloud.balancer("web");
  const group = cloud.targetGroup();
  const listener = cloud.listener(balancer, 80, group);
  await cloud.target(group, (_request, response) => response.end());
  await reach(group, "healthy");
  for (let count = 0; count < 3; count++) await cloud.fetch(listener);
  const metrics = await cloud.balancers.metrics();
  expect(metrics.get(balancer)).toMatchObject({ RequestCount: 3 });
  expect(metrics.get(group)).toMatchObject({ RequestCount: 3, HTTPCode_Target_2XX_Count: 3 });
});

test("nothing of a deleted load balancer stays", async () => {
  const balancer = await cloud.balancer("web");
  const group = cloud.targetGroup();
  const listener = cloud.listener(balancer, 80, group);
  await cloud.target(group, (_request, response) => response.end("here"));
  await reach(group, "healthy");
  const port = cloud.portOf(listener);
  cloud.call("DeleteLoadBalancer", { LoadBalancerArn: balancer });
  await cloud.balancers.settled();
  expect(cloud.balancers.effectiveListeners()).toEqual([]);
  expect(cloud.states(group)).toEqual(["unused"]);
  const again = createServer();
  await new Promise<void>((resolve, reject) => {
    again.once("error", reject);
    again.listen(port, "127.0.0.1", resolve);
  });
  await new Promise((resolve) => again.close(resolve));
});

test("the data plane comes back on the same port when its process dies", async () => {
  const listener = cloud.listener(await cloud.balancer("web"), 80, {
    Type: "fixed-response",
    FixedResponseConfig: { StatusCode: "200", MessageBody: "up" },
  });
  await cloud.balancers.settled();
  const port = cloud.portOf(listener);
  const pid = () => (cloud.balancers.describe()["dataPlane"] as { pid: number | null }).pid;
  const before = pid()!;
  process.kill(before, "SIGKILL");
  await vi.waitFor(
    async () => {
      await cloud.clock.advance(1000);
      // No process for a moment, then another one.
      expect([null, before]).not.toContain(pid());
      expect((await cloud.fetch(listener)).body).toBe("up");
    },
    { timeout: 60_000 },
  );
  expect(cloud.portOf(listener)).toBe(port);
  expect(cloud.errors.splice(0)).toEqual([expect.stringContaining("SIGKILL")]);
});
