import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequester } from "../http-request.ts";
import type { AwsClients, LiveContext } from "../live.ts";
import { SynthReader } from "../synth-reader.ts";
import { GO_APP } from "../web-app.ts";
import { pushIdleImage } from "./push-image.ts";
import { REGION, startTestCloud, type TestCloud } from "./test-cloud.ts";

const NAME = "go-app-hanako";
const POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
/** Longer than a test: ECS does not replace the tasks while they are looked at. */
const GRACE_PERIOD_S = 36_000;

/** The program that {@link deployIdleService} stands for. */
function idleServiceStack(): SynthReader {
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

/** A cloud in which the service runs, and what checks see of it. */
export interface IdleService {
  readonly cloud: TestCloud;
  readonly context: LiveContext;
  readonly targetGroup: string;
  readonly stop: () => Promise<void>;
}

/** Starts a cloud whose tasks run, and {@link deployIdleService} in it. */
export async function startIdleService(): Promise<IdleService> {
  const scratch = await mkdtemp(join(tmpdir(), "running-"));
  const cloud = await startTestCloud({ tasks: "process" });
  const context: LiveContext = {
    owner: "hanako",
    region: REGION,
    homeCidr: "203.0.113.10/32",
    synth: idleServiceStack(),
    aws: cloud.aws,
    images: [],
    request: createRequester(),
    deadlineMs: 60_000,
    pace: 60,
  };
  const stop = async () => {
    await cloud.stop();
    await rm(scratch, { recursive: true, force: true });
  };
  return { cloud, context, stop, ...(await deployIdleService(cloud.aws, scratch)) };
}

/**
 * Starts two tasks of an app that listens nowhere, in public subnets, behind a load balancer that may reach them.
 *
 * @param scratch an empty folder to build its image in
 * @returns the ARN of the target group that it registers in
 */
async function deployIdleService(
  aws: AwsClients,
  scratch: string,
): Promise<{ readonly targetGroup: string }> {
  const image = await pushIdleImage(aws, "golang-app-hanako", scratch);
  const { Vpcs = [] } = await aws.ec2.describeVpcs({
    Filters: [{ Name: "is-default", Values: ["true"] }],
  });
  const vpcId = Vpcs[0]!.VpcId!;
  const { Subnets = [] } = await aws.ec2.describeSubnets({
    Filters: [{ Name: "vpc-id", Values: [vpcId] }],
  });
  const subnets = Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId!);
  const targetGroup = await balancedGroup(aws, vpcId, subnets);
  await aws.ecs.createCluster({ clusterName: NAME });
  await aws.ecs.registerTaskDefinition({
    family: NAME,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    executionRoleArn: await executionRole(aws),
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
  return { targetGroup };
}

/** @returns the ARN of a target group that a listener leads to; all are in the VPC's default security group */
async function balancedGroup(aws: AwsClients, VpcId: string, Subnets: string[]): Promise<string> {
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

async function executionRole(aws: AwsClients): Promise<string> {
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
