import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { targetsAreHealthy } from "../src/checks/targets-healthy.ts";
import { tasksSpreadOverZones } from "../src/checks/tasks-in-zones.ts";
import { createRequester } from "../src/http-request.ts";
import type { AwsClients, LiveContext } from "../src/live.ts";
import { pollUntil } from "../src/poll.ts";
import { SynthReader } from "../src/synth-reader.ts";
import { GO_APP } from "../src/web-app.ts";
import { pushIdleImage } from "./support/push-image.ts";
import { REGION, startTestCloud, type TestCloud } from "./support/test-cloud.ts";

const NAME = "go-app-hanako";
const POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
/** Longer than the test: ECS does not replace the tasks while it looks at them. */
const GRACE_PERIOD_S = 36_000;

let cloud: TestCloud;
let aws: AwsClients;
let scratch: string;
let context: LiveContext;
let targetGroup: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "running-"));
  cloud = await startTestCloud({ tasks: "process" });
  aws = cloud.aws;
  context = {
    owner: "hanako",
    region: REGION,
    homeCidr: "203.0.113.10/32",
    synth: stack(),
    aws,
    images: [],
    request: createRequester(),
    deadlineMs: 60_000,
    pace: 60,
  };
  await deploy();
}, 120_000);

afterAll(async () => {
  await cloud.stop();
  await rm(scratch, { recursive: true, force: true });
});

function stack(): SynthReader {
  const container = { name: "go-app", image: "golang-app-hanako:v1" };
  const resource = (type: string, attributes: Record<string, unknown>) => {
    const address = `${type}.go`;
    return { stack: "service", kind: "resource", type, name: "go", address, attributes } as const;
  };
  return new SynthReader([
    resource("aws_ecs_task_definition", { container_definitions: JSON.stringify([container]) }),
    resource("aws_ecs_service", {
      name: NAME,
      cluster: NAME,
      task_definition: "${aws_ecs_task_definition.go.arn}",
    }),
  ]);
}

/** Two tasks of an app that listens nowhere, in public subnets, behind a load balancer that may reach them. */
async function deploy(): Promise<void> {
  const image = await pushIdleImage(aws, "golang-app-hanako", scratch);
  const { Vpcs = [] } = await aws.ec2.describeVpcs({
    Filters: [{ Name: "is-default", Values: ["true"] }],
  });
  const vpcId = Vpcs[0]!.VpcId!;
  const { Subnets = [] } = await aws.ec2.describeSubnets({
    Filters: [{ Name: "vpc-id", Values: [vpcId] }],
  });
  const subnets = Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId!);
  targetGroup = await balancedGroup(vpcId, subnets);
  await aws.ecs.createCluster({ clusterName: NAME });
  await aws.ecs.registerTaskDefinition({
    family: NAME,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    executionRoleArn: await executionRole(),
    containerDefinitions: [
      { name: "go-app", image, portMappings: [{ containerPort: GO_APP.port }] },
    ],
  });
  await aws.ecs.createService({
    cluster: NAME,
    serviceName: NAME,
    taskDefinition: NAME,
    launchType: "FARGATE",
    desiredCount: 2,
    healthCheckGracePeriodSeconds: GRACE_PERIOD_S,
    networkConfiguration: { awsvpcConfiguration: { subnets, assignPublicIp: "ENABLED" } },
    loadBalancers: [
      { targetGroupArn: targetGroup, containerName: "go-app", containerPort: GO_APP.port },
    ],
  });
}

/** @returns the ARN of a target group that a listener leads to; all are in the VPC's default security group */
async function balancedGroup(VpcId: string, Subnets: string[]): Promise<string> {
  const { TargetGroups = [] } = await aws.elbv2.createTargetGroup({
    Name: NAME,
    VpcId,
    TargetType: "ip",
    Protocol: "HTTP",
    Port: GO_APP.port,
    HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 2,
  });
  const TargetGroupArn = TargetGroups[0]!.TargetGroupArn!;
  const { LoadBalancers = [] } = await aws.elbv2.createLoadBalancer({ Name: NAME, Subnets });
  await aws.elbv2.createListener({
    LoadBalancerArn: LoadBalancers[0]!.LoadBalancerArn,
    Port: GO_APP.port,
    Protocol: "HTTP",
    DefaultActions: [{ Type: "forward", TargetGroupArn }],
  });
  return TargetGroupArn;
}

async function executionRole(): Promise<string> {
  const Principal = { Service: "ecs-tasks.amazonaws.com" };
  const { Role } = await aws.iam.createRole({
    RoleName: NAME,
    AssumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }],
    }),
  });
  await aws.iam.attachRolePolicy({ RoleName: NAME, PolicyArn: POLICY });
  return Role!.Arn!;
}

test("targets on whose port nothing listens are told from those that a rule keeps out", async () => {
  await pollUntil(
    () => aws.elbv2.describeTargetHealth({ TargetGroupArn: targetGroup }),
    ({ TargetHealthDescriptions: targets = [] }) =>
      targets.length === 2 &&
      targets.every(({ TargetHealth }) => TargetHealth?.State === "unhealthy"),
    { deadlineMs: 90_000 },
  );
  expect(await targetsAreHealthy("healthy", [GO_APP]).run(context)).toMatchObject({
    passed: false,
    fault: "app-port",
    expected: { en: "go-app: 2 healthy targets" },
    actual: { en: expect.stringContaining("unhealthy (Target.FailedHealthChecks)") },
  });
}, 120_000);

test("the public addresses of tasks are found", async () => {
  expect(await tasksSpreadOverZones("zones", GO_APP).run(context)).toMatchObject({
    passed: false,
    fault: "public-address",
    actual: { en: expect.stringMatching(/public addresses: [\d.]+ and [\d.]+$/) },
  });
});
