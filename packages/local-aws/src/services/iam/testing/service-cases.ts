import * as codebuild from "@aws-sdk/client-codebuild";
import * as codedeploy from "@aws-sdk/client-codedeploy";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ecr from "@aws-sdk/client-ecr";
import * as ecs from "@aws-sdk/client-ecs";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import * as iam from "@aws-sdk/client-iam";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as s3 from "@aws-sdk/client-s3";
import * as sts from "@aws-sdk/client-sts";
import { allow } from "./actors.ts";
import * as calls from "./calls.ts";
import { when, type Case } from "./case.ts";

const { HERE, IAM, TASK_ROLE, onEc2, onEcr, onEcs, onElb, onIam, onLogs, onS3, onSts } = calls;
const MINE = "arn:aws:s3:::mine";
const token = onEcr(() => new ecr.GetAuthorizationTokenCommand({}));
const balancers = onElb(() => new elb.DescribeLoadBalancersCommand({}));
const listRoles = onIam(() => new iam.ListRolesCommand({}));
const listClusters = onEcs(() => new ecs.ListClustersCommand({}));
const logGroups = onLogs(() => new logs.DescribeLogGroupsCommand({}));
const decode = onSts(() => new sts.DecodeAuthorizationMessageCommand({ EncodedMessage: "x" }));

const listApplications: calls.Call = (as) =>
  new codedeploy.CodeDeployClient(as).send(new codedeploy.ListApplicationsCommand({}));
const getApplication: calls.Call = (as) =>
  new codedeploy.CodeDeployClient(as).send(
    new codedeploy.GetApplicationCommand({ applicationName: "none" }),
  );
const retryBuild: calls.Call = (as) =>
  new codebuild.CodeBuildClient(as).send(new codebuild.RetryBuildCommand({}));

/** A role without a policy may do nothing, but ask who it is. */
export const NOTHING_CASES: readonly Case[] = [
  ["read an object", [], calls.get("a"), "s3:GetObject"],
  ["list buckets", [], onS3(() => new s3.ListBucketsCommand({})), "s3:ListAllMyBuckets"],
  ["list clusters", [], listClusters, "ecs:ListClusters"],
  ["look at networks", [], calls.describeVpcs, "ec2:DescribeVpcs"],
  ["list roles", [], listRoles, "iam:ListRoles"],
  ["look at log groups", [], logGroups, "logs:DescribeLogGroups"],
  ["get a token for images", [], token, "ecr:GetAuthorizationToken"],
  ["look at load balancers", [], balancers, "elasticloadbalancing:DescribeLoadBalancers"],
  ["list what is deployed", [], listApplications, "codedeploy:ListApplications"],
  ["ask for what is not there", [], getApplication, "codedeploy:GetApplication"],
  ["build again what it does not name", [], retryBuild, "codebuild:RetryBuild"],
  ["decode what EC2 says", [], decode, "sts:DecodeAuthorizationMessage"],
];

const passing = (to: string) =>
  allow("iam:PassRole", TASK_ROLE, when("StringEquals", "iam:PassedToService", to));
const TASKS = "ecs-tasks.amazonaws.com";
const STREAM = { logGroupName: "/app", logStreamName: "s" };
const createStream = onLogs(() => new logs.CreateLogStreamCommand(STREAM));
const copy = onS3(
  () => new s3.CopyObjectCommand({ Bucket: "open", Key: "c", CopySource: "mine/a" }),
);
const images = onEcr(() => new ecr.ListImagesCommand({ repositoryName: "app" }));
const vpc = (Tags?: ec2.Tag[]) =>
  onEc2(
    () =>
      new ec2.CreateVpcCommand({
        CidrBlock: "10.9.0.0/16",
        ...(Tags && { TagSpecifications: [{ ResourceType: "vpc", Tags }] }),
      }),
  );
const listUsers = onIam(() => new iam.ListUsersCommand({ PathPrefix: "/a/" }));

/** Which action a call needs, and on what: https://docs.aws.amazon.com/service-authorization/latest/reference/ */
export const SERVICE_CASES: readonly Case[] = [
  [
    "a head of a bucket lists it",
    [allow("s3:ListBucket", MINE)],
    onS3(() => new s3.HeadBucketCommand({ Bucket: "mine" })),
  ],
  [
    "a head of an object reads it",
    [allow("s3:GetObject", `${MINE}/*`)],
    onS3(() => new s3.HeadObjectCommand({ Bucket: "mine", Key: "a" })),
  ],
  [
    "listing needs the bucket, whatever may be read",
    [allow("s3:GetObject")],
    calls.list(),
    "s3:ListBucket",
  ],
  [
    "a version is read by an action of its own",
    [allow("s3:GetObject")],
    onS3(() => new s3.GetObjectCommand({ Bucket: "mine", Key: "a", VersionId: "null" })),
    "s3:GetObjectVersion",
  ],
  ["a copy reads where it comes from", [allow("s3:PutObject")], copy, "s3:GetObject"],
  ["and writes where it goes", [allow("s3:GetObject")], copy, "s3:PutObject"],
  [
    "tags of what is written need their own action",
    [allow("s3:PutObject")],
    calls.put({ Tagging: "a=b" }),
    "s3:PutObjectTagging",
  ],
  [
    "the rules of a bucket's lifecycle",
    [allow("s3:GetLifecycleConfiguration", MINE)],
    onS3(() => new s3.GetBucketLifecycleConfigurationCommand({ Bucket: "mine" })),
  ],
  [
    "what is not there is not told who may not list",
    [allow("s3:GetObject")],
    calls.get("none"),
    "s3:ListBucket",
  ],
  [
    "a stream needs its group's ARN with what follows",
    [allow("logs:*", `arn:aws:logs:${HERE}:log-group:/app:*`)],
    createStream,
  ],
  [
    "and the group's alone is not enough",
    [allow("logs:*", `arn:aws:logs:${HERE}:log-group:/app`)],
    createStream,
    "logs:CreateLogStream",
  ],
  ["a repository in words", [allow("ecr:*", `arn:aws:ecr:${HERE}:repository/app`)], images],
  [
    "a token has no repository",
    [allow("ecr:*", `arn:aws:ecr:${HERE}:repository/app`)],
    token,
    "ecr:GetAuthorizationToken",
  ],
  [
    "a definition of tasks passes its role on",
    [allow("ecs:*")],
    calls.register(TASK_ROLE),
    "iam:PassRole",
  ],
  ["to tasks of ECS", [allow("ecs:*"), passing(TASKS)], calls.register(TASK_ROLE)],
  [
    "and not where it may be passed to others alone",
    [allow("ecs:*"), passing("ec2.amazonaws.com")],
    calls.register(TASK_ROLE),
    "iam:PassRole",
  ],
  ["without a role nothing is passed on", [allow("ecs:*")], calls.register()],
  ["running tasks passes their role on too", [allow("ecs:*")], calls.runTask, "iam:PassRole"],
  [
    "a call says what it lacks itself before what it passes on",
    [passing(TASKS)],
    calls.register(TASK_ROLE),
    "ecs:RegisterTaskDefinition",
  ],
  [
    "a family of definitions",
    [allow("ecs:RunTask", `arn:aws:ecs:${HERE}:task-definition/job:*`), passing(TASKS)],
    calls.runTask,
  ],
  [
    "another family",
    [allow("ecs:RunTask", `arn:aws:ecs:${HERE}:task-definition/other:*`)],
    calls.runTask,
    "ecs:RunTask",
  ],
  ["networks are made by one who may make them", [allow("ec2:CreateVpc")], vpc()],
  [
    "and tagged by one who may tag",
    [allow("ec2:CreateVpc")],
    vpc([{ Key: "a", Value: "b" }]),
    "ec2:CreateTags",
  ],
  [
    "who may tag where something is made",
    [
      allow("ec2:CreateVpc"),
      allow("ec2:CreateTags", "*", when("StringEquals", "ec2:CreateAction", "CreateVpc")),
    ],
    vpc([{ Key: "a", Value: "b" }]),
  ],
  [
    "load balancers have the prefix that IAM knows",
    [allow("elasticloadbalancing:Describe*")],
    balancers,
  ],
  [
    "roles by their path",
    [allow("iam:GetRole", `${IAM}:role/app/*`)],
    onIam(() => new iam.GetRoleCommand({ RoleName: "task" })),
  ],
  [
    "roles of another path",
    [allow("iam:GetRole", `${IAM}:role/ops/*`)],
    onIam(() => new iam.GetRoleCommand({ RoleName: "task" })),
    "iam:GetRole",
  ],
  ["users by the path that is listed", [allow("iam:ListUsers", `${IAM}:user/a/*`)], listUsers],
];
