import { resolve } from "node:path";
import {
  ListServiceDeploymentsCommand,
  UpdateServiceCommand,
  type DeploymentConfiguration,
  type LoadBalancer,
  type ServiceDeploymentStatus,
} from "@aws-sdk/client-ecs";
import {
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeTargetGroupsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AttachRolePolicyCommand, CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { until, type Stack } from "../attack/stack.ts";
import type { Web } from "../attack/web.ts";
import { Traffic } from "../bench/traffic.ts";
import { SpawnedCloud } from "../tests/support/spawned-cloud.ts";
import { askedMeanwhile, BROKEN, checkBounds, type Field, LOAD, TASKS } from "./asked-meanwhile.ts";
import { TaskCounts } from "./task-counts.ts";
import { withStack, type Course, type Trial } from "./trial.ts";

const SERVICE = "rolled";

/** One deployment under load, and what has to come of it. */
interface Rollout {
  readonly name: string;
  readonly configuration: DeploymentConfiguration;
  readonly version: Readonly<Record<string, string>>;
  readonly ends: ServiceDeploymentStatus;
}

const BREAKER = { deploymentCircuitBreaker: { enable: true, rollback: true } };
const BOUNDS = { minimumHealthyPercent: 100, maximumPercent: 200 };

const ROLLOUTS: readonly Rollout[] = [
  {
    name: "rolling",
    configuration: { strategy: "ROLLING", ...BOUNDS, ...BREAKER },
    version: { VERSION: "2" },
    ends: "SUCCESSFUL",
  },
  {
    name: "rolling, broken",
    configuration: { strategy: "ROLLING", ...BOUNDS, ...BREAKER },
    version: BROKEN,
    ends: "ROLLBACK_SUCCESSFUL",
  },
  {
    name: "blue/green",
    configuration: { strategy: "BLUE_GREEN", bakeTimeInMinutes: 5, ...BREAKER },
    version: { VERSION: "3" },
    ends: "SUCCESSFUL",
  },
  {
    name: "blue/green, broken",
    configuration: { strategy: "BLUE_GREEN", bakeTimeInMinutes: 5, ...BREAKER },
    version: BROKEN,
    ends: "ROLLBACK_SUCCESSFUL",
  },
  {
    name: "canary",
    configuration: {
      strategy: "CANARY",
      bakeTimeInMinutes: 2,
      canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 5 },
      ...BREAKER,
    },
    version: { VERSION: "4" },
    ends: "SUCCESSFUL",
  },
];

/** 300 requests a second, each of which takes up to half a minute, through each kind of deployment. */
export const rollouts: Trial = {
  name: "rollouts",
  what: `${LOAD} through rolling, blue/green and canary deployments, broken ones too`,
  run: async (course) => {
    const root = resolve(import.meta.dirname, "../../..");
    const client = await Traffic.build(root, course.scratch);
    const cloud = await SpawnedCloud.spawn(`${course.scratch}/data`, { stderr: "pipe" });
    await withStack(cloud, course, async (stack) => {
      await using counts = await TaskCounts.watch(cloud.endpoint);
      const image = await stack.push("patient");
      const first = await stack.define(SERVICE, image, { VERSION: "1" });
      const web = await stack.serve(SERVICE, first, TASKS);
      await shiftTraffic(stack, web);
      for (const rollout of ROLLOUTS) {
        counts.begin();
        await deploy({ stack, web, image, client }, rollout, course);
        checkBounds(rollout.name, counts, course);
      }
    });
  },
};

function deploy(field: Field, rollout: Rollout, course: Course): Promise<void> {
  const { stack, image } = field;
  return askedMeanwhile(field, rollout.name, course, async () => {
    await stack.ecs.send(
      new UpdateServiceCommand({
        cluster: "c",
        service: SERVICE,
        taskDefinition: await stack.define(SERVICE, image, rollout.version),
        deploymentConfiguration: rollout.configuration,
      }),
    );
    await until(async () => (await newest(stack)) === rollout.ends, rollout.ends, 300_000);
    await stack.steady(SERVICE);
  });
}

async function newest({ ecs }: Stack): Promise<ServiceDeploymentStatus | undefined> {
  const { serviceDeployments } = await ecs.send(
    new ListServiceDeploymentsCommand({ cluster: "c", service: SERVICE, maxResults: 1 }),
  );
  return serviceDeployments![0]?.status;
}

/** Gives the service another target group, a rule for production, and the role by which ECS changes it. */
async function shiftTraffic(stack: Stack, web: Web): Promise<void> {
  const { targetGroupArn } = web;
  const { TargetGroups: own } = await stack.elb.send(
    new DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn] }),
  );
  const { TargetGroups } = await stack.elb.send(
    new CreateTargetGroupCommand({
      Name: `${SERVICE}-other`,
      Protocol: "HTTP",
      Port: 80,
      VpcId: own![0]!.VpcId!,
      TargetType: "ip",
      HealthCheckPath: "/healthz",
      HealthCheckIntervalSeconds: 10,
      HealthyThresholdCount: 2,
    }),
  );
  const alternateTargetGroupArn = TargetGroups![0]!.TargetGroupArn!;
  const groups = [
    { TargetGroupArn: targetGroupArn, Weight: 1 },
    { TargetGroupArn: alternateTargetGroupArn, Weight: 0 },
  ];
  const { Rules } = await stack.elb.send(
    new CreateRuleCommand({
      ListenerArn: web.listenerArn,
      Priority: 1,
      Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/*"] } }],
      Actions: [{ Type: "forward", ForwardConfig: { TargetGroups: groups } }],
    }),
  );
  const roleArn = await infrastructureRole(stack);
  const balancer: LoadBalancer = {
    targetGroupArn,
    containerName: "main",
    containerPort: 3000,
    advancedConfiguration: {
      alternateTargetGroupArn,
      productionListenerRule: Rules![0]!.RuleArn!,
      roleArn,
    },
  };
  await stack.ecs.send(
    new UpdateServiceCommand({ cluster: "c", service: SERVICE, loadBalancers: [balancer] }),
  );
  await stack.steady(SERVICE);
}

async function infrastructureRole({ cloud }: Stack): Promise<string> {
  const iam = new IAMClient(cloud.clientConfig);
  const RoleName = "infrastructure";
  const trust = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: "ecs.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  };
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const PolicyArn = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers";
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  iam.destroy();
  return Role!.Arn!;
}
