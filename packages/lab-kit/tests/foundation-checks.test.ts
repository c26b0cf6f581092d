import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import type { Check } from "../src/check.ts";
import { clusterIsActive } from "../src/checks/cluster-active.ts";
import { imagesArePushed } from "../src/checks/images-pushed.ts";
import { runsOneOffTask } from "../src/checks/one-off-task.ts";
import { reachesWhomItShould } from "../src/checks/reachability.ts";
import { revisionIsActive } from "../src/checks/revision.ts";
import { createRequester } from "../src/http-request.ts";
import type { AwsClients, LiveContext } from "../src/live.ts";
import { SynthReader } from "../src/synth-reader.ts";
import { NODE_APP } from "../src/web-app.ts";
import { buildNetwork, type BuiltNetwork } from "./support/build-network.ts";
import { REGION, startTestCloud, type TestCloud } from "./support/test-cloud.ts";

const HOME = "203.0.113.10/32";

let cloud: TestCloud;
let aws: AwsClients;
let context: LiveContext;

beforeAll(async () => {
  cloud = await startTestCloud({ tasks: "off" });
  aws = cloud.aws;
});

afterAll(async () => {
  await cloud.stop();
});

let number = 0;

/** Every test is another learner's. */
beforeEach(() => {
  number += 1;
  const owner = `owner${number}`;
  context = {
    owner,
    region: REGION,
    homeCidr: HOME,
    synth: new SynthReader([]),
    aws,
    images: [{ app: NODE_APP, image: `registry/nodejs-app-${owner}:0123456789ab` }],
    request: createRequester(),
    deadlineMs: 10_000,
  };
});

async function run(check: Check<"live">) {
  return check.run(context);
}

function network(): Promise<BuiltNetwork> {
  return buildNetwork(aws.ec2, context.owner, HOME);
}

const reachability = reachesWhomItShould("reachability", NODE_APP);

test("without a VPC of the owner's, nothing is deployed", async () => {
  expect(await run(reachability)).toMatchObject({ passed: false, fault: "not-deployed" });
});

test("a table tells who reaches whom, and why not", async () => {
  await network();
  const result = await run(reachability);
  expect(result.actual.en).not.toMatch(/\p{sc=Hiragana}|\p{sc=Katakana}/u);
  expect(result).toMatchObject({ passed: true });
  expect(result.actual.en.split("\n").slice(1)).toEqual([
    expect.stringMatching(/^ {2}from +to +reaches +why/),
    expect.stringMatching(/^ {2}you +load balancer:80 +yes +internet gateway to 2 public subnets/),
    expect.stringMatching(/^ {2}others +load balancer:80 +no +alb-owner\d+ does not admit 198/),
    expect.stringMatching(/^ {2}you +tasks:80 +no +no way leads from the internet gateway/),
    expect.stringMatching(/^ {2}load balancer +tasks:80 +yes .*node-app-owner\d+ admits alb-owner/),
    expect.stringMatching(/^ {2}tasks +the internet:443 +yes .*NAT gateway to internet gateway/),
  ]);
});

test("private subnets without a default route have no way out", async () => {
  const { privateTable } = await network();
  await aws.ec2.deleteRoute({ RouteTableId: privateTable, DestinationCidrBlock: "0.0.0.0/0" });
  expect(await run(reachability)).toMatchObject({
    passed: false,
    fault: "tasks-out",
    actual: { en: expect.stringMatching(/the internet:443 +no +subnet-\w+ has no default route/) },
  });
});

test("a NAT gateway that is gone is no way out", async () => {
  const { nat } = await network();
  await aws.ec2.deleteNatGateway({ NatGatewayId: nat });
  expect(await run(reachability)).toMatchObject({
    passed: false,
    fault: "tasks-out",
    actual: {
      en: expect.stringMatching(/the internet:443 +no +(?:nat-\w+ is delet|subnet-\w+ has no)/),
    },
  });
});

test("a load balancer's group that admits everybody is told", async () => {
  const { alb } = await network();
  await aws.ec2.authorizeSecurityGroupIngress({
    GroupId: alb,
    IpPermissions: [
      { IpProtocol: "tcp", FromPort: 0, ToPort: 100, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
    ],
  });
  expect(await run(reachability)).toMatchObject({ passed: false, fault: "others-to-alb" });
});

test("public subnets in one zone leave no place for a load balancer", async () => {
  const { publicAssociations } = await network();
  await aws.ec2.disassociateRouteTable({ AssociationId: publicAssociations[1] });
  expect(await run(reachability)).toMatchObject({ passed: false, fault: "you-to-alb" });
});

test("tasks that do not admit the load balancer's group are out of its reach", async () => {
  const { tasks, alb } = await network();
  await aws.ec2.revokeSecurityGroupIngress({
    GroupId: tasks,
    IpPermissions: [
      { IpProtocol: "tcp", FromPort: 80, ToPort: 80, UserIdGroupPairs: [{ GroupId: alb }] },
    ],
  });
  expect(await run(reachability)).toMatchObject({ passed: false, fault: "alb-to-tasks" });
});

const cluster = clusterIsActive("cluster-active");

test("a cluster that does not exist is not deployed", async () => {
  expect(await run(cluster)).toMatchObject({ passed: false, fault: "not-deployed" });
});

test("a cluster is looked at for insights, then for providers", async () => {
  const clusterName = `workbook-${context.owner}`;
  await aws.ecs.createCluster({ clusterName });
  expect(await run(cluster)).toMatchObject({ passed: false, fault: "insights" });
  await aws.ecs.updateClusterSettings({
    cluster: clusterName,
    settings: [{ name: "containerInsights", value: "enabled" }],
  });
  expect(await run(cluster)).toMatchObject({ passed: false, fault: "providers" });
  await aws.ecs.putClusterCapacityProviders({
    cluster: clusterName,
    capacityProviders: ["FARGATE", "FARGATE_SPOT"],
    defaultCapacityProviderStrategy: [],
  });
  expect(await run(cluster)).toMatchObject({
    passed: true,
    actual: { en: expect.stringContaining("0 container instances, 0 services, 0 tasks running") },
  });
});

const pushed = imagesArePushed("images-pushed", [NODE_APP]);

test("an image is looked for in a repository whose tags do not move", async () => {
  const repositoryName = `nodejs-app-${context.owner}`;
  expect(await run(pushed)).toMatchObject({ passed: false, fault: "no-repository" });
  await aws.ecr.createRepository({ repositoryName });
  expect(await run(pushed)).toMatchObject({ passed: false, fault: "tags-mutable" });
  await aws.ecr.putImageTagMutability({ repositoryName, imageTagMutability: "IMMUTABLE" });
  expect(await run(pushed)).toMatchObject({
    passed: false,
    fault: "not-pushed",
    actual: { en: `${repositoryName} has no image` },
  });
});

async function register(image: string): Promise<void> {
  await aws.ecs.registerTaskDefinition({
    family: `node-app-${context.owner}`,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    containerDefinitions: [{ name: "node-app", image }],
  });
}

const revision = revisionIsActive("newest-revision", NODE_APP);

test("revisions count up, and the newest one has to have the image that was built", async () => {
  expect(await run(revision)).toMatchObject({ passed: false, fault: "not-registered" });
  await register("registry/another:v1");
  expect(await run(revision)).toMatchObject({ passed: false, fault: "another-image" });
  await register(context.images[0]!.image);
  expect(await run(revision)).toMatchObject({
    passed: true,
    actual: { en: expect.stringContaining("revision 2 (active: 2 and 1)") },
  });
});

const oneOff = runsOneOffTask("one-off-task", NODE_APP);

test("a task needs a place to run in, a cluster, and a revision", async () => {
  expect(await run(oneOff)).toMatchObject({ passed: false, fault: "not-deployed" });
  await network();
  expect(await run(oneOff)).toMatchObject({
    passed: false,
    fault: "refused",
    actual: { en: "ClusterNotFoundException: Cluster not found." },
  });
});

test("a task that does not come to an end is stopped when the check gives up", async () => {
  await network();
  const cluster = `workbook-${context.owner}`;
  await aws.ecs.createCluster({ clusterName: cluster });
  await register("registry/nodejs-app:v1");
  context = { ...context, deadlineMs: 300 };
  expect(await run(oneOff)).toMatchObject({ passed: false, fault: "slow" });
  const { taskArns = [] } = await aws.ecs.listTasks({ cluster, desiredStatus: "STOPPED" });
  const { tasks = [] } = await aws.ecs.describeTasks({ cluster, tasks: taskArns });
  expect(tasks.map(({ stoppedReason }) => stoppedReason)).toEqual([
    "The check that started it gave up",
  ]);
});
