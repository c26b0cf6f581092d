import { mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { EC2 } from "@aws-sdk/client-ec2";
import { ECS } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { S3 } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";
import type { LocalAwsOptions } from "../local-aws.ts";
import { startTestCloud, type TestCloud } from "../testing.ts";

async function start(options?: LocalAwsOptions): Promise<TestCloud> {
  const cloud = await startTestCloud(options);
  onTestFinished(() => cloud.stop());
  return cloud;
}

async function revisionOf({ endpoint }: Pick<TestCloud, "endpoint">): Promise<string> {
  const response = await fetch(`${endpoint}/_local/revision`);
  return ((await response.json()) as { revision: string }).revision;
}

test("changes with what is configured, and comes back with it", async () => {
  const cloud = await start();
  const ecs = new ECS(cloud.clientConfig);
  const { cluster } = await ecs.createCluster({ clusterName: "web" });
  const resourceArn = cluster!.clusterArn!;
  const before = await revisionOf(cloud);
  await ecs.tagResource({ resourceArn, tags: [{ key: "team", value: "blue" }] });
  expect(await revisionOf(cloud)).not.toBe(before);
  await ecs.untagResource({ resourceArn, tagKeys: ["team"] });
  expect(await revisionOf(cloud)).toBe(before);
});

test("stays what it is while a service starts and stops tasks and they log", async () => {
  const cloud = await start();
  const ecs = new ECS(cloud.clientConfig);
  const ec2 = new EC2(cloud.clientConfig);
  const logs = new CloudWatchLogs(cloud.clientConfig);
  const { Subnets } = await ec2.describeSubnets({});
  await ecs.createCluster({ clusterName: "web" });
  await ecs.registerTaskDefinition({
    family: "web",
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    containerDefinitions: [{ name: "web", image: "web" }],
  });
  await logs.createLogGroup({ logGroupName: "/web" });
  const subnets = [Subnets![0]!.SubnetId!];
  const awsvpcConfiguration = { subnets, assignPublicIp: "ENABLED" } as const;
  const run = { cluster: "web", taskDefinition: "web", launchType: "FARGATE" } as const;
  const before = await revisionOf(cloud);
  const { tasks } = await ecs.runTask({ ...run, networkConfiguration: { awsvpcConfiguration } });
  expect(await revisionOf(cloud)).toBe(before);
  await ecs.stopTask({ cluster: "web", task: tasks![0]!.taskArn! });
  await logs.createLogStream({ logGroupName: "/web", logStreamName: "one" });
  expect(await revisionOf(cloud)).toBe(before);
});

test("counts a target that a person registered", async () => {
  const cloud = await start();
  const ec2 = new EC2(cloud.clientConfig);
  const elb = new ElasticLoadBalancingV2(cloud.clientConfig);
  const { Vpcs } = await ec2.describeVpcs({});
  const { TargetGroups } = await elb.createTargetGroup({
    Name: "web",
    Protocol: "HTTP",
    Port: 80,
    TargetType: "ip",
    VpcId: Vpcs![0]!.VpcId!,
  });
  const TargetGroupArn = TargetGroups![0]!.TargetGroupArn!;
  const before = await revisionOf(cloud);
  await elb.registerTargets({ TargetGroupArn, Targets: [{ Id: "172.31.0.77" }] });
  expect(await revisionOf(cloud)).not.toBe(before);
});

test("counts objects, so a state that was written is seen, and survives a restart", async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), "revision-"));
  const first = await startTestCloud({ dataDir: folder.path });
  const s3 = new S3(first.clientConfig);
  await s3.createBucket({ Bucket: "states" });
  const empty = await revisionOf(first);
  await s3.putObject({ Bucket: "states", Key: "web.tfstate", Body: "{}" });
  const written = await revisionOf(first);
  expect(written).not.toBe(empty);
  await first.stop();
  const second = await start({ dataDir: folder.path });
  expect(await revisionOf(second)).toBe(written);
});
