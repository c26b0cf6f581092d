import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ecr from "@aws-sdk/client-ecr";
import * as ecs from "@aws-sdk/client-ecs";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ManualClock } from "../clock/manual-clock.ts";
import type { LocalAws } from "../local-aws.ts";
import { startTestCloud, type TestCloud } from "../testing.ts";
import { pushTinyImage } from "./scheduler/testing/push-tiny-image.ts";

let dir: string;
let clock: ManualClock;
let clouds: TestCloud[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "full-disk-"));
  clock = new ManualClock();
  clouds = [];
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const cloud of clouds) await cloud.stop();
  rmSync(dir, { recursive: true });
});

async function start() {
  const cloud = await startTestCloud({ dataDir: join(dir, "data"), clock });
  clouds.push(cloud);
  return {
    cloud,
    ec2: new ec2.EC2Client(cloud.clientConfig),
    ecr: new ecr.ECRClient(cloud.clientConfig),
    ecs: new ecs.ECSClient(cloud.clientConfig),
    elb: new elb.ElasticLoadBalancingV2Client(cloud.clientConfig),
  };
}
type Aws = Awaited<ReturnType<typeof start>>;

/** From now on the file system has no room for a commit, as SQLite tells it; returns how there is room again. */
function fill({ store }: LocalAws): () => void {
  const { sql } = store.database;
  const exec = sql.exec.bind(sql);
  const full = { code: "ERR_SQLITE_ERROR", errcode: 13 };
  const spy = vi.spyOn(sql, "exec").mockImplementation((text) => {
    if (text === "COMMIT") throw Object.assign(new Error("database or disk is full"), full);
    exec(text);
  });
  return () => spy.mockRestore();
}

const DAY_MS = 86_400_000;
const ip = { TargetType: "ip", Protocol: "HTTP", Port: 80 } as const;
const Targets = [{ Id: "172.31.0.9", Port: 80 }];
const EXPIRE_IN_A_DAY = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: {
        tagStatus: "any",
        countType: "sinceImagePushed",
        countUnit: "days",
        countNumber: 1,
      },
      action: { type: "expire" },
    },
  ],
});

/** Makes what the engine moves on by itself within minutes, each by a timer of its own. */
async function setUp(aws: Aws): Promise<void> {
  await pushTinyImage(aws.ecr, aws.cloud.endpoint, dir, "app", { files: {}, config: {} });
  await aws.ecr.send(
    new ecr.PutLifecyclePolicyCommand({
      repositoryName: "app",
      lifecyclePolicyText: EXPIRE_IN_A_DAY,
    }),
  );
  // Images are looked at once a day.
  await clock.advance(2 * DAY_MS - 5 * 60_000);
  const { Subnets } = await aws.ec2.send(new ec2.DescribeSubnetsCommand({}));
  const [subnet, other] = Subnets!.map(({ SubnetId }) => SubnetId!) as [string, string];
  const VpcId = Subnets![0]!.VpcId!;
  const { AllocationId } = await aws.ec2.send(new ec2.AllocateAddressCommand({}));
  await aws.ec2.send(new ec2.CreateNatGatewayCommand({ SubnetId: subnet, AllocationId }));
  await aws.elb.send(new elb.CreateLoadBalancerCommand({ Name: "a", Subnets: [subnet, other] }));
  const { TargetGroups } = await aws.elb.send(
    new elb.CreateTargetGroupCommand({ Name: "g", VpcId, ...ip }),
  );
  const { TargetGroupArn } = TargetGroups![0]!;
  await aws.elb.send(new elb.RegisterTargetsCommand({ TargetGroupArn, Targets }));
  await aws.ecs.send(new ecs.CreateClusterCommand({ clusterName: "c" }));
  const { taskDefinition } = await aws.ecs.send(
    new ecs.RegisterTaskDefinitionCommand({
      family: "t",
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      containerDefinitions: [{ name: "main", image: "busybox" }],
    }),
  );
  await aws.ecs.send(
    new ecs.CreateServiceCommand({
      cluster: "c",
      serviceName: "s",
      launchType: "FARGATE",
      taskDefinition: taskDefinition!.taskDefinitionArn,
      desiredCount: 1,
      networkConfiguration: { awsvpcConfiguration: { subnets: [subnet] } },
    }),
  );
}

/** How far all that is. */
async function read(aws: Aws) {
  const { NatGateways } = await aws.ec2.send(new ec2.DescribeNatGatewaysCommand({}));
  const { LoadBalancers } = await aws.elb.send(new elb.DescribeLoadBalancersCommand({}));
  const { TargetGroups } = await aws.elb.send(new elb.DescribeTargetGroupsCommand({}));
  const { TargetGroupArn } = TargetGroups![0]!;
  const health = await aws.elb.send(new elb.DescribeTargetHealthCommand({ TargetGroupArn }));
  const { imageIds } = await aws.ecr.send(new ecr.ListImagesCommand({ repositoryName: "app" }));
  const { services } = await aws.ecs.send(
    new ecs.DescribeServicesCommand({ cluster: "c", services: ["s"] }),
  );
  return {
    nat: NatGateways![0]!.State,
    balancer: LoadBalancers![0]!.State!.Code,
    targets: health.TargetHealthDescriptions!.map(({ TargetHealth }) => TargetHealth!.State),
    images: imageIds!.length,
    failedTasks: services![0]!.deployments![0]!.failedTasks!,
  };
}

test("what happens while the disk is full happens, and is written when there is room", async () => {
  const aws = await start();
  await setUp(aws);
  expect(await read(aws)).toMatchObject({ nat: "pending", balancer: "provisioning", images: 1 });
  const empty = fill(aws.cloud.cloud);
  const create = new ecs.CreateClusterCommand({ clusterName: "refused" });
  await expect(aws.ecs.send(create)).rejects.toMatchObject({ name: "DiskFull" });
  const isThrough = async () => {
    await clock.advance(60_000);
    const { failedTasks, ...rest } = await read(aws);
    return { ...rest, goesOn: failedTasks > 1 };
  };
  await expect.poll(isThrough, { timeout: 60_000 }).toEqual({
    nat: "available",
    balancer: "active",
    targets: ["unused"],
    images: 0,
    goesOn: true,
  });
  const health = (await (await fetch(`${aws.cloud.endpoint}/_local/health`)).json()) as object;
  expect(health).toMatchObject({ unwritten: expect.any(Number) });
  const { errors } = aws.cloud;
  expect(errors.filter((error) => !error.includes("database or disk is full"))).toEqual([]);
  expect(errors.filter((error) => error.includes("what happens is kept in memory"))).toHaveLength(
    1,
  );
  empty();
  await clock.advance(1_000);
  expect(aws.cloud.cloud.store.writer.unwritten).toBe(0);
  const before = await read(aws);
  await clouds.pop()!.stop();
  expect(await read(await start())).toMatchObject({ ...before, failedTasks: expect.any(Number) });
});
