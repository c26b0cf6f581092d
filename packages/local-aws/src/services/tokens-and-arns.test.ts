import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-ecr";
import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListClustersCommand,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import {
  CreateUserCommand,
  DeleteUserCommand,
  IAMClient,
  ListUsersCommand,
} from "@aws-sdk/client-iam";
import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { DescribeSubnetsCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../testing.ts";

let cloud: TestCloud;
let ecs: ECSClient;
let ecr: ECRClient;
let iam: IAMClient;
let elb: ElasticLoadBalancingV2Client;
beforeAll(async () => {
  cloud = await startTestCloud();
  ecs = new ECSClient(cloud.clientConfig);
  ecr = new ECRClient(cloud.clientConfig);
  iam = new IAMClient(cloud.clientConfig);
  elb = new ElasticLoadBalancingV2Client(cloud.clientConfig);
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

const NAMES = ["a", "b", "c", "d"];

describe("what is deleted between two pages skips nothing", () => {
  test("clusters, also the one that the token names", async () => {
    for (const clusterName of NAMES) await ecs.send(new CreateClusterCommand({ clusterName }));
    const first = await ecs.send(new ListClustersCommand({ maxResults: 2 }));
    for (const cluster of first.clusterArns!) await ecs.send(new DeleteClusterCommand({ cluster }));
    const { nextToken } = first;
    const second = await ecs.send(new ListClustersCommand({ maxResults: 2, nextToken }));
    expect(second.clusterArns).toEqual([
      expect.stringMatching(/cluster\/c$/),
      expect.stringMatching(/cluster\/d$/),
    ]);
  });

  test("users", async () => {
    for (const UserName of NAMES) await iam.send(new CreateUserCommand({ UserName }));
    const { Marker } = await iam.send(new ListUsersCommand({ MaxItems: 2 }));
    await iam.send(new DeleteUserCommand({ UserName: "a" }));
    const { Users } = await iam.send(new ListUsersCommand({ MaxItems: 2, Marker }));
    expect(Users!.map(({ UserName }) => UserName)).toEqual(["c", "d"]);
  });

  test("target groups", async () => {
    const ec2 = new EC2Client(cloud.clientConfig);
    const [vpc] = (await ec2.send(new DescribeVpcsCommand({}))).Vpcs!;
    const group = { Protocol: "HTTP", Port: 80, VpcId: vpc!.VpcId, TargetType: "ip" } as const;
    for (const Name of NAMES) await elb.send(new CreateTargetGroupCommand({ Name, ...group }));
    const page = (Marker?: string) =>
      elb.send(new DescribeTargetGroupsCommand({ PageSize: 2, Marker }));
    const first = await page();
    await elb.send(
      new DeleteTargetGroupCommand({ TargetGroupArn: first.TargetGroups![0]!.TargetGroupArn }),
    );
    const { TargetGroups } = await page(first.NextMarker);
    expect(TargetGroups!.map(({ TargetGroupName }) => TargetGroupName)).toEqual(["c", "d"]);
  });
});

test("a token that was not given is the service's own error", async () => {
  const ec2 = new EC2Client(cloud.clientConfig);
  const token = "eA";
  await expect(ecs.send(new ListClustersCommand({ nextToken: token }))).rejects.toMatchObject({
    name: "InvalidParameterException",
  });
  await expect(
    ecr.send(new DescribeRepositoriesCommand({ nextToken: token })),
  ).rejects.toMatchObject({ name: "InvalidParameterException" });
  await expect(iam.send(new ListUsersCommand({ Marker: token }))).rejects.toMatchObject({
    name: "ValidationError",
  });
  await expect(elb.send(new DescribeTargetGroupsCommand({ Marker: token }))).rejects.toMatchObject({
    name: "ValidationError",
  });
  await expect(ec2.send(new DescribeSubnetsCommand({ NextToken: token }))).rejects.toMatchObject({
    name: "InvalidNextToken",
  });
});

test("an ARN of another account, region or service names nothing here", async () => {
  const family = "web";
  const containerDefinitions = [{ name: "c", image: "i", memory: 128 }];
  const registered = await ecs.send(
    new RegisterTaskDefinitionCommand({ family, containerDefinitions }),
  );
  const arn = registered.taskDefinition!.taskDefinitionArn!;
  const account = cloud.cloud.credentials.accountId;
  const describeIt = (taskDefinition: string) =>
    ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
  expect((await describeIt(arn)).taskDefinition!.family).toBe(family);
  for (const other of [
    arn.replace(account, "999999999999"),
    arn.replace(cloud.clientConfig.region, "eu-west-1"),
    arn.replace(":ecs:", ":iam:"),
    arn.replace("task-definition/", "cluster/"),
    `${arn}:2`,
    "web:1:2",
  ])
    await expect(describeIt(other), other).rejects.toMatchObject({ name: "ClientException" });
  const provider = `arn:aws:ecs:${cloud.clientConfig.region}:${account}:capacity-provider/FARGATE`;
  const create = (name: string, capacityProvider: string) =>
    ecs.send(
      new CreateClusterCommand({ clusterName: name, capacityProviders: [capacityProvider] }),
    );
  expect((await create("own", provider)).cluster!.capacityProviders).toEqual(["FARGATE"]);
  await expect(create("foreign", provider.replace(account, "999999999999"))).rejects.toMatchObject({
    name: "ClientException",
  });
  const { repository } = await ecr.send(
    new CreateRepositoryCommand({ repositoryName: "team/app" }),
  );
  const resourceArn = repository!.repositoryArn!.replace(account, "999999999999");
  await expect(ecr.send(new ListTagsForResourceCommand({ resourceArn }))).rejects.toMatchObject({
    name: "RepositoryNotFoundException",
  });
});
