import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateRepositoryCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
} from "@aws-sdk/client-ecr";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AttachRolePolicyCommand, CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { buildImage, pushImage } from "@workbook/image-builder";

import type { LiveNetwork } from "./live-network.ts";

export const TASK_PORT = 3000;
const NAME = "web";
const LOG_GROUP = "/ecs/web";
const EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
const TRUST = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "ecs-tasks.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
  ],
};
/** Says hello, and writes a line for each request that is not a health check. */
const APP = `
require("node:http").createServer((request, response) => {
  if (request.url !== "/healthz") console.log("asked for " + request.url);
  response.end("Hello from a task");
}).listen(process.env.PORT, () => console.log("listening"));
process.on("SIGTERM", () => process.exit(0));`;

/** What SDK clients need to talk to a cloud. */
export interface Connection {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Builds the app's image and pushes it. @returns the name to pull it by */
export async function pushApp(connection: Connection, scratch: string): Promise<string> {
  const context = join(scratch, "app");
  mkdirSync(context);
  writeFileSync(join(context, "main.js"), APP);
  const dockerfile = `FROM node:24\nENV PORT=${TASK_PORT}\nCOPY main.js /main.js\nCMD ["node", "/main.js"]\n`;
  writeFileSync(join(context, "Dockerfile"), dockerfile);
  const image = await buildImage({ context, outputDir: join(scratch, "images") });
  const ecr = new ECRClient(connection);
  const { repository } = await ecr.send(new CreateRepositoryCommand({ repositoryName: NAME }));
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const { authorizationToken, proxyEndpoint } = authorizationData![0]!;
  const authorization = `Basic ${authorizationToken}`;
  const push = { image, repository: NAME, tags: ["v1"], authorization };
  await pushImage({ ...push, registry: proxyEndpoint! });
  return `${repository!.repositoryUri}:v1`;
}

/** A load balancer whose port 80 leads to a target group. @returns the target group's ARN */
export async function makeLoadBalancer(
  connection: Connection,
  { vpcId, publicSubnets, balancerGroup }: LiveNetwork,
): Promise<string> {
  const elb = new ElasticLoadBalancingV2Client(connection);
  const Subnets = [...publicSubnets];
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: "alb", Subnets, SecurityGroups: [balancerGroup] }),
  );
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name: NAME,
      Protocol: "HTTP",
      Port: TASK_PORT,
      VpcId: vpcId,
      TargetType: "ip",
      HealthCheckPath: "/healthz",
    }),
  );
  const { TargetGroupArn } = TargetGroups![0]!;
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers![0]!.LoadBalancerArn,
      Port: 80,
      Protocol: "HTTP",
      DefaultActions: [{ Type: "forward", TargetGroupArn }],
    }),
  );
  return TargetGroupArn!;
}

/** The cluster, the log group, and the role that images are pulled with. @returns the role's ARN */
export async function makeCluster(connection: Connection): Promise<string> {
  const iam = new IAMClient(connection);
  const RoleName = "execution";
  const AssumeRolePolicyDocument = JSON.stringify(TRUST);
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: EXECUTION_POLICY }));
  const logs = new CloudWatchLogsClient(connection);
  await logs.send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP }));
  await new ECSClient(connection).send(new CreateClusterCommand({ clusterName: "main" }));
  return Role!.Arn!;
}

/** Registers another revision that runs the image. */
export async function register(
  connection: Connection,
  image: string,
  executionRoleArn: string,
): Promise<void> {
  const options = { "awslogs-group": LOG_GROUP, "awslogs-region": connection.region };
  await new ECSClient(connection).send(
    new RegisterTaskDefinitionCommand({
      family: NAME,
      cpu: "256",
      memory: "512",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      executionRoleArn,
      containerDefinitions: [
        {
          name: NAME,
          image,
          portMappings: [{ containerPort: TASK_PORT }],
          logConfiguration: {
            logDriver: "awslogs",
            options: { ...options, "awslogs-stream-prefix": NAME },
          },
        },
      ],
    }),
  );
}

/** A service of two tasks behind a target group. */
export async function makeService(
  connection: Connection,
  { privateSubnets, taskGroup }: LiveNetwork,
  targetGroupArn: string,
): Promise<void> {
  await new ECSClient(connection).send(
    new CreateServiceCommand({
      cluster: "main",
      serviceName: NAME,
      taskDefinition: NAME,
      desiredCount: 2,
      launchType: "FARGATE",
      healthCheckGracePeriodSeconds: 60,
      networkConfiguration: {
        awsvpcConfiguration: { subnets: [...privateSubnets], securityGroups: [taskGroup] },
      },
      loadBalancers: [{ targetGroupArn, containerName: NAME, containerPort: TASK_PORT }],
    }),
  );
}
