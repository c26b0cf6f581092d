import * as ec2 from "@aws-sdk/client-ec2";
import * as ecs from "@aws-sdk/client-ecs";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ManualClock } from "../clock/manual-clock.ts";
import { Collection } from "../store/collection.ts";
import { startTestCloud, type TestCloud } from "../testing.ts";

const IP = { TargetType: "ip", Protocol: "HTTP", Port: 80 } as const;

let cloud: TestCloud;
let clock: ManualClock;
let network: ec2.EC2Client;
let tasks: ecs.ECSClient;
let balancers: elb.ElasticLoadBalancingV2Client;
beforeEach(async () => {
  clock = new ManualClock();
  cloud = await startTestCloud({ clock });
  network = new ec2.EC2Client(cloud.clientConfig);
  tasks = new ecs.ECSClient(cloud.clientConfig);
  balancers = new elb.ElasticLoadBalancingV2Client(cloud.clientConfig);
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const client of [network, tasks, balancers]) client.destroy();
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});

/** How many values of the store are looked at by `call` and by all that it sets off. */
async function work(call: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const counted = ["find", "filter", "values", "ids", "entries"] as const;
  const spies = counted.map((name) => {
    const real = Collection.prototype[name] as (...args: unknown[]) => unknown;
    return vi.spyOn(Collection.prototype, name).mockImplementation(function (
      this: Collection<object>,
      ...args: unknown[]
    ) {
      count += this.size;
      return real.apply(this, args) as never;
    });
  });
  const by = Collection.prototype.by;
  const byIndex = vi.spyOn(Collection.prototype, "by").mockImplementation(function (
    this: Collection<object>,
    ...args
  ) {
    const found = by.apply(this, args);
    count += 1 + found.length;
    return found;
  });
  await call();
  await clock.advance(10);
  for (const spy of [...spies, byIndex]) spy.mockRestore();
  return count;
}

/** The cluster `c`, and the task definition `t`. */
async function createCluster(): Promise<void> {
  await tasks.send(new ecs.CreateClusterCommand({ clusterName: "c" }));
  await tasks.send(
    new ecs.RegisterTaskDefinitionCommand({
      family: "t",
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      containerDefinitions: [{ name: "main", image: "busybox" }],
    }),
  );
}

async function subnetIds(): Promise<{ vpcId: string; subnets: string[] }> {
  const { Subnets } = await network.send(new ec2.DescribeSubnetsCommand({}));
  return { vpcId: Subnets![0]!.VpcId!, subnets: Subnets!.map(({ SubnetId }) => SubnetId!) };
}

test("a change of one target costs the same however many groups and targets there are", async () => {
  const { vpcId: VpcId, subnets } = await subnetIds();
  const { LoadBalancers } = await balancers.send(
    new elb.CreateLoadBalancerCommand({ Name: "web", Subnets: subnets.slice(0, 2) }),
  );
  const [{ LoadBalancerArn }] = LoadBalancers as [elb.LoadBalancer];
  const { Listeners } = await balancers.send(
    new elb.CreateListenerCommand({
      LoadBalancerArn,
      Port: 80,
      Protocol: "HTTP",
      DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } }],
    }),
  );
  const [{ ListenerArn }] = Listeners as [elb.Listener];
  await clock.advance(120_000);
  const targets = [1, 2, 3].map((host) => ({ Id: `172.31.0.${host + 10}`, Port: 80 }));
  const addGroup = async (index: number): Promise<string> => {
    const { TargetGroups } = await balancers.send(
      new elb.CreateTargetGroupCommand({
        Name: `g${index}`,
        ...IP,
        VpcId,
      }),
    );
    const TargetGroupArn = TargetGroups![0]!.TargetGroupArn!;
    const mine = targets.map(({ Port }, at) => ({ Id: `172.31.${index}.${at + 10}`, Port }));
    await balancers.send(new elb.RegisterTargetsCommand({ TargetGroupArn, Targets: mine }));
    await balancers.send(
      new elb.CreateRuleCommand({
        ListenerArn,
        Priority: index + 1,
        Conditions: [{ Field: "path-pattern", Values: [`/${index}`] }],
        Actions: [{ Type: "forward", TargetGroupArn }],
      }),
    );
    await clock.advance(10);
    return TargetGroupArn;
  };
  const costs = async (TargetGroupArn: string) => ({
    tags: await work(() =>
      balancers.send(
        new elb.AddTagsCommand({
          ResourceArns: [TargetGroupArn],
          Tags: [{ Key: "k", Value: String(clock.now()) }],
        }),
      ),
    ),
    target: await work(() =>
      balancers.send(
        new elb.RegisterTargetsCommand({
          TargetGroupArn,
          Targets: [{ Id: "172.31.15.99", Port: clock.now() % 60_000 }],
        }),
      ),
    ),
    create: await work(() =>
      balancers.send(
        new elb.CreateTargetGroupCommand({
          Name: `c${clock.now() % 60_000}`,
          ...IP,
          VpcId,
        }),
      ),
    ),
  });
  const [few] = [await addGroup(0), await addGroup(1)];
  const before = await costs(few!);
  for (let index = 2; index < 40; index++) await addGroup(index);
  // The group itself has one target more than before.
  const after = await costs(few!);
  expect(after.tags).toBe(before.tags);
  expect(after.create).toBe(before.create);
  expect(after.target - before.target).toBeLessThan(30);
});

test("a commit costs tasks that wait for something else nothing", async () => {
  const { subnets } = await subnetIds();
  await createCluster();
  // Without a way out a task waits for the registry.
  const awsvpcConfiguration = { subnets: subnets.slice(0, 1) };
  const run = () =>
    tasks.send(
      new ecs.RunTaskCommand({
        cluster: "c",
        taskDefinition: "t",
        count: 10,
        launchType: "FARGATE",
        networkConfiguration: { awsvpcConfiguration },
      }),
    );
  const { store } = cloud.cloud;
  const listeners = vi.spyOn(store, "onCommit");
  await run();
  const tag = (key: string) => () =>
    tasks.send(
      new ecs.TagResourceCommand({
        resourceArn: "arn:aws:ecs:ap-northeast-1:123456789012:cluster/c",
        tags: [{ key, value: "v" }],
      }),
    );
  const before = await work(tag("a"));
  for (let count = 0; count < 5; count++) await run();
  expect(await work(tag("b"))).toBe(before);
  expect(listeners).not.toHaveBeenCalled();
});

test("a deleted service is described for an hour, and forgotten then", async () => {
  const { subnets } = await subnetIds();
  await createCluster();
  await tasks.send(
    new ecs.CreateServiceCommand({
      cluster: "c",
      serviceName: "s",
      taskDefinition: "t",
      desiredCount: 0,
      launchType: "FARGATE",
      networkConfiguration: { awsvpcConfiguration: { subnets: subnets.slice(0, 1) } },
    }),
  );
  await tasks.send(new ecs.DeleteServiceCommand({ cluster: "c", service: "s" }));
  const describe = () =>
    tasks.send(new ecs.DescribeServicesCommand({ cluster: "c", services: ["s"] }));
  await clock.advance(50 * 60_000);
  expect((await describe()).services).toMatchObject([{ status: "INACTIVE" }]);
  await clock.advance(30 * 60_000);
  expect(await describe()).toMatchObject({ services: [], failures: [{ reason: "MISSING" }] });
});
