import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { runsOneOffTask } from "../checks/one-off-task.ts";
import {
  type AwsClients,
  createRequester,
  type LiveContext,
  NODE_APP,
  pollUntil,
  SynthReader,
} from "@workbook/lab-kit";
import {
  buildNetwork,
  type BuiltNetwork,
  pushIdleImage,
  REGION,
  startTestCloud,
  type TestCloud,
} from "@workbook/lab-kit/testing";

const OWNER = "hanako";
const HOME = "203.0.113.10/32";
const ROLE = "ecs-execution-hanako";
const POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

let cloud: TestCloud;
let aws: AwsClients;
let context: LiveContext;
let network: BuiltNetwork;
let image: string;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "one-off-"));
  cloud = await startTestCloud({ tasks: "process" });
  aws = cloud.aws;
  context = {
    owner: OWNER,
    region: REGION,
    homeCidr: HOME,
    synth: new SynthReader([]),
    aws,
    images: [],
    request: createRequester(),
  };
  network = await buildNetwork(aws.ec2, OWNER, HOME);
  await pollUntil(
    () => aws.ec2.describeNatGateways({ NatGatewayIds: [network.nat] }),
    ({ NatGateways = [] }) => NatGateways[0]?.State === "available",
    { deadlineMs: 30_000 },
  );
  await aws.ecs.createCluster({ clusterName: `workbook-${OWNER}` });
  // It could serve for ever, if nobody overrode its command.
  image = await pushIdleImage(aws, `nodejs-app-${OWNER}`, scratch);
});

afterAll(async () => {
  await cloud.stop();
  await rm(scratch, { recursive: true, force: true });
});

beforeEach(async () => {
  await register(image, await role("ecs-tasks.amazonaws.com", true));
});

let number = 0;

/** Makes a role that a service may take, with the permission to pull or without. @returns its ARN */
async function role(service: string, mayPull: boolean): Promise<string> {
  number += 1;
  const RoleName = `${ROLE}-${number}`;
  const { Role } = await aws.iam.createRole({
    RoleName,
    AssumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
    }),
  });
  if (mayPull) await aws.iam.attachRolePolicy({ RoleName, PolicyArn: POLICY });
  return Role!.Arn!;
}

async function register(ofImage: string, executionRoleArn: string): Promise<void> {
  await aws.ecs.registerTaskDefinition({
    family: `node-app-${OWNER}`,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    executionRoleArn,
    containerDefinitions: [{ name: "node-app", image: ofImage }],
  });
}

const check = runsOneOffTask("one-off-task", NODE_APP);

test("a task runs the command it is given and stops with its exit code", async () => {
  expect(await check.run(context)).toMatchObject({
    passed: true,
    actual: { en: expect.stringMatching(/node-app-hanako:\d+ stopped with exit code 7/) },
  });
});

test("a tag that nobody pushed is not found", async () => {
  await register(image.replace(/:[^:]*$/, ":v0"), await role("ecs-tasks.amazonaws.com", true));
  expect(await check.run(context)).toMatchObject({
    passed: false,
    fault: "image",
    actual: { en: expect.stringContaining("CannotPullContainerError") },
  });
});

test("a role that may not pull is named", async () => {
  await register(image, await role("ecs-tasks.amazonaws.com", false));
  expect(await check.run(context)).toMatchObject({
    passed: false,
    fault: "role",
    actual: { en: expect.stringContaining("AccessDeniedException") },
  });
});

test("a role that ECS cannot take is named", async () => {
  await register(image, await role("ec2.amazonaws.com", true));
  expect(await check.run(context)).toMatchObject({
    passed: false,
    fault: "role",
    actual: { en: expect.stringContaining("ECS was unable to assume the role") },
  });
});

test("a private subnet without a default route is no place to pull an image from", async () => {
  await aws.ec2.deleteRoute({
    RouteTableId: network.privateTable,
    DestinationCidrBlock: "0.0.0.0/0",
  });
  expect(await check.run(context)).toMatchObject({
    passed: false,
    fault: "no-way-out",
    actual: { en: expect.stringContaining("ResourceInitializationError") },
  });
});
