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
import {
  CloudWatchClient,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  BatchGetProjectsCommand,
  CodeBuildClient,
  CreateProjectCommand,
  DeleteProjectCommand,
  StartBuildCommand,
} from "@aws-sdk/client-codebuild";
import {
  CodeDeployClient,
  CreateApplicationCommand,
  ListTagsForResourceCommand as ListCodeDeployTags,
  TagResourceCommand,
} from "@aws-sdk/client-codedeploy";
import {
  CodePipelineClient,
  ListTagsForResourceCommand as ListPipelineTags,
} from "@aws-sdk/client-codepipeline";
import {
  AddTagsToResourceCommand,
  GetParameterCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { CreateRoleCommand } from "@aws-sdk/client-iam";
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

describe("what another account, region or service has is not found here:", () => {
  const own = (service: string, resource: string) =>
    `arn:aws:${service}:${cloud.clientConfig.region}:${cloud.cloud.credentials.accountId}:${resource}`;
  const foreign = (arn: string) => [
    arn.replace(cloud.cloud.credentials.accountId, "999999999999"),
    arn.replace(cloud.clientConfig.region, "eu-west-1"),
    arn.replace(/^arn:aws:[a-z]+:/, "arn:aws:ecs:"),
  ];
  const refused = async (
    arn: string,
    name: RegExp | string,
    call: (arn: string) => Promise<unknown>,
  ) => {
    for (const other of foreign(arn))
      await expect(call(other), other).rejects.toMatchObject({ name: expect.stringMatching(name) });
  };

  test("the ARN of a project of CodeBuild", async () => {
    const codebuild = new CodeBuildClient(cloud.clientConfig);
    const trust = { Effect: "Allow", Principal: { Service: "codebuild.amazonaws.com" } };
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: "builder",
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ ...trust, Action: "sts:AssumeRole" }],
        }),
      }),
    );
    const { project } = await codebuild.send(
      new CreateProjectCommand({
        name: "app",
        serviceRole: Role!.Arn!,
        source: { type: "NO_SOURCE", buildspec: "version: 0.2" },
        artifacts: { type: "NO_ARTIFACTS" },
        environment: {
          type: "LINUX_CONTAINER",
          image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
          computeType: "BUILD_GENERAL1_SMALL",
        },
      }),
    );
    const arn = project!.arn!;
    const get = (names: string[]) => codebuild.send(new BatchGetProjectsCommand({ names }));
    expect((await get(foreign(arn))).projectsNotFound).toEqual(foreign(arn));
    await refused(arn, "ResourceNotFoundException", (projectName) =>
      codebuild.send(new StartBuildCommand({ projectName })),
    );
    for (const name of foreign(arn)) await codebuild.send(new DeleteProjectCommand({ name }));
    expect((await get([arn])).projects).toHaveLength(1);
  });

  test("the ARN of an application of CodeDeploy", async () => {
    const codedeploy = new CodeDeployClient(cloud.clientConfig);
    await codedeploy.send(
      new CreateApplicationCommand({ applicationName: "app", computePlatform: "ECS" }),
    );
    const arn = own("codedeploy", "application:app");
    const Tags = [{ Key: "a", Value: "b" }];
    await refused(arn, "InvalidArnException", (ResourceArn) =>
      codedeploy.send(new TagResourceCommand({ ResourceArn, Tags })),
    );
    const tags = await codedeploy.send(new ListCodeDeployTags({ ResourceArn: arn }));
    expect(tags.Tags).toEqual([]);
  });

  test("the ARN of a pipeline", async () => {
    const codepipeline = new CodePipelineClient(cloud.clientConfig);
    const list = (resourceArn: string) => codepipeline.send(new ListPipelineTags({ resourceArn }));
    const arn = own("codepipeline", "app");
    await expect(list(arn)).rejects.toMatchObject({ name: "PipelineNotFoundException" });
    await refused(arn, /^(?:InvalidArn|Validation)Exception$/, list);
  });

  test("the ARN of an alarm, in the rule of another or as its suppressor", async () => {
    const cloudwatch = new CloudWatchClient(cloud.clientConfig);
    for (const AlarmName of ["a", "b"])
      await cloudwatch.send(
        new PutMetricAlarmCommand({
          AlarmName,
          Namespace: "N",
          MetricName: "M",
          Statistic: "Sum",
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: "GreaterThanThreshold",
        }),
      );
    const put = (rule: string, ActionsSuppressor: string) =>
      cloudwatch.send(
        new PutCompositeAlarmCommand({
          AlarmName: "both",
          AlarmRule: `ALARM("${rule}")`,
          ActionsSuppressor,
          ActionsSuppressorWaitPeriod: 60,
          ActionsSuppressorExtensionPeriod: 60,
        }),
      );
    const [a, b] = [own("cloudwatch", "alarm:a"), own("cloudwatch", "alarm:b")];
    await expect(put(a, b)).resolves.toBeDefined();
    await refused(a, "ValidationException", (arn) => put(arn, b));
    await refused(b, "ValidationException", (arn) => put(a, arn));
  });

  test("the ARN of a parameter", async () => {
    const ssm = new SSMClient(cloud.clientConfig);
    await ssm.send(new PutParameterCommand({ Name: "/app/name", Value: "v", Type: "String" }));
    const arn = own("ssm", "parameter/app/name");
    const get = (Name: string) => ssm.send(new GetParameterCommand({ Name }));
    expect((await get(`${arn}:1`)).Parameter!.Value).toBe("v");
    await refused(arn, "ParameterNotFound", get);
    const listed = await ssm.send(new GetParametersCommand({ Names: foreign(arn) }));
    expect(listed.InvalidParameters).toEqual(foreign(arn));
    await refused(arn, "InvalidResourceId", (ResourceId) =>
      ssm.send(
        new AddTagsToResourceCommand({
          ResourceType: "Parameter",
          ResourceId,
          Tags: [{ Key: "a", Value: "b" }],
        }),
      ),
    );
  });
});
