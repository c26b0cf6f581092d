import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
} from "@aws-sdk/client-ecr";
import {
  CreateClusterCommand,
  DescribeClustersCommand,
  ECSClient,
  ListClustersCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import {
  CreateTargetGroupCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateRoleCommand, IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../testing.ts";

const OTHER = "222222222222";

let cloud: TestCloud;
/** Clients of the account that owns everything, and of another one. */
let mine: TestCloud["clientConfig"];
let theirs: TestCloud["clientConfig"];

beforeAll(async () => {
  cloud = await startTestCloud();
  mine = cloud.clientConfig;
  theirs = { ...mine, credentials: cloud.cloud.account(OTHER) };
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

test("a key is its account's", async () => {
  const { Account, Arn } = await new STSClient(theirs).send(new GetCallerIdentityCommand({}));
  expect([Account, Arn]).toEqual([OTHER, `arn:aws:iam::${OTHER}:user/workbook`]);
});

test("EC2: another account sees its own default VPC alone", async () => {
  const { Vpc } = await new EC2Client(mine).send(
    new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }),
  );
  const other = new EC2Client(theirs);
  const { Vpcs } = await other.send(new DescribeVpcsCommand({}));
  expect(Vpcs).toMatchObject([{ IsDefault: true, OwnerId: OTHER }]);
  const { SecurityGroups } = await other.send(new DescribeSecurityGroupsCommand({}));
  expect(SecurityGroups).toMatchObject([{ GroupName: "default", OwnerId: OTHER }]);
  const { Subnets } = await other.send(new DescribeSubnetsCommand({}));
  expect(new Set(Subnets!.map(({ OwnerId }) => OwnerId))).toEqual(new Set([OTHER]));
  await expect(
    other.send(new DescribeVpcsCommand({ VpcIds: [Vpc!.VpcId!] })),
  ).rejects.toMatchObject({ name: "InvalidVpcID.NotFound" });
});

test("ECS: not even by ARN", async () => {
  const owner = new ECSClient(mine);
  const { cluster } = await owner.send(new CreateClusterCommand({ clusterName: "mine" }));
  await owner.send(
    new RegisterTaskDefinitionCommand({
      family: "mine",
      containerDefinitions: [{ name: "main", image: "busybox", memory: 64 }],
    }),
  );
  const other = new ECSClient(theirs);
  expect((await other.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
  expect((await other.send(new ListTaskDefinitionsCommand({}))).taskDefinitionArns).toEqual([]);
  const seen = await other.send(new DescribeClustersCommand({ clusters: [cluster!.clusterArn!] }));
  expect(seen).toMatchObject({ clusters: [], failures: [{ reason: "MISSING" }] });
});

test("Elastic Load Balancing, CloudWatch Logs, IAM", async () => {
  const { Vpcs } = await new EC2Client(mine).send(new DescribeVpcsCommand({}));
  const group = { Name: "mine", Protocol: "HTTP", Port: 80, VpcId: Vpcs![0]!.VpcId! } as const;
  await new ElasticLoadBalancingV2Client(mine).send(new CreateTargetGroupCommand(group));
  await new CloudWatchLogsClient(mine).send(new CreateLogGroupCommand({ logGroupName: "mine" }));
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: OTHER }, Action: "sts:AssumeRole" }],
  };
  await new IAMClient(mine).send(
    new CreateRoleCommand({ RoleName: "mine", AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const { TargetGroups } = await new ElasticLoadBalancingV2Client(theirs).send(
    new DescribeTargetGroupsCommand({}),
  );
  const { logGroups } = await new CloudWatchLogsClient(theirs).send(
    new DescribeLogGroupsCommand({}),
  );
  const { Roles } = await new IAMClient(theirs).send(new ListRolesCommand({}));
  expect({ TargetGroups, logGroups, Roles }).toEqual({
    TargetGroups: [],
    logGroups: [],
    Roles: [],
  });
});

test("S3: names are everybody's, what is in them is not", async () => {
  const owner = new S3Client(mine);
  const Bucket = "mine-alone";
  const CreateBucketConfiguration = { LocationConstraint: "ap-northeast-1" } as const;
  await owner.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  await owner.send(new PutObjectCommand({ Bucket, Key: "k", Body: "secret" }));
  const other = new S3Client(theirs);
  expect((await other.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
  const denied = { name: "AccessDenied", $metadata: { httpStatusCode: 403 } };
  await expect(other.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject(denied);
  await expect(other.send(new GetObjectCommand({ Bucket, Key: "k" }))).rejects.toMatchObject(
    denied,
  );
  await expect(
    other.send(new PutObjectCommand({ Bucket, Key: "k", Body: "" })),
  ).rejects.toMatchObject(denied);
  await expect(
    other.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration })),
  ).rejects.toMatchObject({ name: "BucketAlreadyExists" });
});

test("ECR: neither by the API nor by the registry", async () => {
  const password = async (config: TestCloud["clientConfig"]) => {
    const { authorizationData } = await new ECRClient(config).send(
      new GetAuthorizationTokenCommand({}),
    );
    return authorizationData![0]!.authorizationToken!;
  };
  await new ECRClient(mine).send(new CreateRepositoryCommand({ repositoryName: "mine" }));
  expect(
    (await new ECRClient(theirs).send(new DescribeRepositoriesCommand({}))).repositories,
  ).toEqual([]);
  const listTags = async (config: TestCloud["clientConfig"]) => {
    const headers = { authorization: `Basic ${await password(config)}` };
    const answer = await fetch(`${cloud.endpoint}/v2/mine/tags/list`, { headers });
    return [answer.status, await answer.text()];
  };
  expect(await listTags(mine)).toEqual([200, expect.stringContaining('"mine"')]);
  expect(await listTags(theirs)).toEqual([404, expect.stringContaining("NAME_UNKNOWN")]);
});
