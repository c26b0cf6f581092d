import * as ec2 from "@aws-sdk/client-ec2";
import * as ecr from "@aws-sdk/client-ecr";
import * as ecs from "@aws-sdk/client-ecs";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import * as iam from "@aws-sdk/client-iam";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as s3 from "@aws-sdk/client-s3";
import * as sts from "@aws-sdk/client-sts";
import { TASKS_TRUST } from "../../../testing.ts";
import type { Actor } from "./actors.ts";

export const HERE = "ap-northeast-1:123456789012";
export const IAM = "arn:aws:iam::123456789012";
export const CLUSTER = `arn:aws:ecs:${HERE}:cluster`;
export const TASK_ROLE = `${IAM}:role/app/task`;

/** What all cases find: two buckets, a cluster, a repository, a log group, a role of tasks and what they are started from. */
export async function furnish(as: Actor): Promise<void> {
  const S3 = new s3.S3Client(as);
  for (const Bucket of ["mine", "open"]) await S3.send(new s3.CreateBucketCommand({ Bucket }));
  for (const Key of ["a", "users/ann/a", "tags/blue/a"])
    await S3.send(new s3.PutObjectCommand({ Bucket: "mine", Key, Body: "x" }));
  await S3.send(new s3.PutObjectCommand({ Bucket: "open", Key: "a", Body: "x" }));
  const AssumeRolePolicyDocument = TASKS_TRUST;
  await new iam.IAMClient(as).send(
    new iam.CreateRoleCommand({ RoleName: "task", Path: "/app/", AssumeRolePolicyDocument }),
  );
  const ECS = new ecs.ECSClient(as);
  const tags = [{ key: "team", value: "blue" }];
  await ECS.send(new ecs.CreateClusterCommand({ clusterName: "blue", tags }));
  await ECS.send(new ecs.CreateClusterCommand({ clusterName: "red" }));
  await ECS.send(new ecs.RegisterTaskDefinitionCommand(definition("job", TASK_ROLE)));
  await new ecr.ECRClient(as).send(new ecr.CreateRepositoryCommand({ repositoryName: "app" }));
  await new logs.CloudWatchLogsClient(as).send(
    new logs.CreateLogGroupCommand({ logGroupName: "/app" }),
  );
}

const definition = (family: string, taskRoleArn?: string) => ({
  family,
  taskRoleArn,
  networkMode: "awsvpc" as const,
  requiresCompatibilities: ["FARGATE" as const],
  cpu: "256",
  memory: "512",
  containerDefinitions: [{ name: "app", image: "app" }],
});

/** Something that an actor tries. */
export type Call = (as: Actor) => Promise<unknown>;

export const get =
  (Key: string, Bucket = "mine"): Call =>
  (as) =>
    new s3.S3Client(as).send(new s3.GetObjectCommand({ Bucket, Key }));
export const list =
  (Prefix?: string): Call =>
  (as) =>
    new s3.S3Client(as).send(new s3.ListObjectsV2Command({ Bucket: "mine", Prefix }));
export const put =
  (more: Partial<s3.PutObjectCommandInput> = {}): Call =>
  (as) =>
    new s3.S3Client(as).send(
      new s3.PutObjectCommand({ Bucket: "mine", Key: "put", Body: "x", ...more }),
    );
export const cluster =
  (name: string): Call =>
  (as) =>
    new ecs.ECSClient(as).send(new ecs.DescribeClustersCommand({ clusters: [name] }));
export const register =
  (taskRoleArn?: string): Call =>
  (as) =>
    new ecs.ECSClient(as).send(
      new ecs.RegisterTaskDefinitionCommand(definition("new", taskRoleArn)),
    );
export const onEcs =
  <T>(command: () => T): Call =>
  (as) =>
    new ecs.ECSClient(as).send(command() as never);
export const onLogs =
  <T>(command: () => T): Call =>
  (as) =>
    new logs.CloudWatchLogsClient(as).send(command() as never);
export const onIam =
  <T>(command: () => T): Call =>
  (as) =>
    new iam.IAMClient(as).send(command() as never);
export const describeVpcs: Call = (as) =>
  new ec2.EC2Client(as).send(new ec2.DescribeVpcsCommand({}));
export const runTask = onEcs(
  () => new ecs.RunTaskCommand({ cluster: "blue", taskDefinition: "job", launchType: "FARGATE" }),
);

export const onEcr =
  <T>(command: () => T): Call =>
  (as) =>
    new ecr.ECRClient(as).send(command() as never);
export const onElb =
  <T>(command: () => T): Call =>
  (as) =>
    new elb.ElasticLoadBalancingV2Client(as).send(command() as never);
export const onEc2 =
  <T>(command: () => T): Call =>
  (as) =>
    new ec2.EC2Client(as).send(command() as never);
export const onS3 =
  <T>(command: () => T): Call =>
  (as) =>
    new s3.S3Client(as).send(command() as never);
export const onSts =
  <T>(command: () => T): Call =>
  (as) =>
    new sts.STSClient(as).send(command() as never);
