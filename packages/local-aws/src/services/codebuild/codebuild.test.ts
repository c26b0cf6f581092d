import {
  BatchDeleteBuildsCommand,
  BatchGetBuildsCommand,
  BatchGetProjectsCommand,
  CodeBuildClient,
  CreateProjectCommand,
  CreateReportGroupCommand,
  DeleteProjectCommand,
  DeleteSourceCredentialsCommand,
  ImportSourceCredentialsCommand,
  ListBuildsForProjectCommand,
  ListCuratedEnvironmentImagesCommand,
  ListProjectsCommand,
  ListSourceCredentialsCommand,
  RetryBuildCommand,
  StartBuildCommand,
  UpdateProjectCommand,
  type CreateProjectCommandInput,
} from "@aws-sdk/client-codebuild";
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestCloud, type TestCloud } from "../../testing.ts";
import { refusal } from "../ecs/testing/control-plane.ts";

let cloud: TestCloud;
let codebuild: CodeBuildClient;
let serviceRole: string;
const POLL = { timeout: 60_000, interval: 50 };

beforeAll(async () => {
  cloud = await startTestCloud();
  codebuild = new CodeBuildClient(cloud.clientConfig);
  const iam = new IAMClient(cloud.clientConfig);
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: "build",
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "codebuild.amazonaws.com" },
            Action: "sts:AssumeRole",
          },
        ],
      }),
    }),
  );
  serviceRole = Role!.Arn!;
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

const project = (name: string, more: Partial<CreateProjectCommandInput> = {}) =>
  new CreateProjectCommand({
    name,
    source: { type: "NO_SOURCE", buildspec: "version: 0.2\nphases: {build: {commands: [date]}}\n" },
    artifacts: { type: "NO_ARTIFACTS" },
    environment: {
      type: "LINUX_CONTAINER",
      image: "aws/codebuild/standard:7.0",
      computeType: "BUILD_GENERAL1_SMALL",
    },
    serviceRole,
    ...more,
  });

/** Resolves with a build when it has ended. */
const ended = (id: string) =>
  vi.waitFor(async () => {
    const { builds } = await codebuild.send(new BatchGetBuildsCommand({ ids: [id] }));
    expect(builds![0]!.buildComplete, JSON.stringify(builds)).toBe(true);
    return builds![0]!;
  }, POLL);

test("a project is made, changed, listed and deleted, and what nobody says is filled in", async () => {
  const { project: made } = await codebuild.send(
    project("web", { tags: [{ key: "a", value: "1" }] }),
  );
  expect(made).toMatchObject({
    timeoutInMinutes: 60,
    queuedTimeoutInMinutes: 480,
    cache: { type: "NO_CACHE" },
    logsConfig: { cloudWatchLogs: { status: "ENABLED" }, s3Logs: { status: "DISABLED" } },
    encryptionKey: expect.stringMatching(/:alias\/aws\/s3$/),
    badge: { badgeEnabled: false },
  });
  expect(await refusal(codebuild.send(project("web")))).toEqual({
    name: "ResourceAlreadyExistsException",
    message: `Project already exists: ${made!.arn}`,
  });
  const { project: changed } = await codebuild.send(
    new UpdateProjectCommand({ name: "web", timeoutInMinutes: 10, concurrentBuildLimit: 1 }),
  );
  expect(changed).toMatchObject({ timeoutInMinutes: 10, tags: [{ key: "a", value: "1" }] });
  const found = await codebuild.send(new BatchGetProjectsCommand({ names: ["web", "none"] }));
  expect(found).toMatchObject({ projects: [{ name: "web" }], projectsNotFound: ["none"] });
  expect((await codebuild.send(new ListProjectsCommand({}))).projects).toContain("web");
  await codebuild.send(new DeleteProjectCommand({ name: "web" }));
  expect((await codebuild.send(new ListProjectsCommand({}))).projects).not.toContain("web");
});

test("what does not fit together, and what is not here, is refused in words", async () => {
  const wrong = async (more: Partial<CreateProjectCommandInput>) =>
    (await refusal(codebuild.send(project("wrong", more)))).message;
  expect(await wrong({ serviceRole: `${serviceRole}-none` })).toBe(
    `CodeBuild is not authorized to perform: sts:AssumeRole on ${serviceRole}-none`,
  );
  expect(await wrong({ source: { type: "S3", location: "bucket" } })).toBe(
    "Invalid project source: location must be a valid S3 source",
  );
  expect(await wrong({ source: { type: "CODEPIPELINE" } })).toContain("must both be CODEPIPELINE");
  expect(await wrong({ source: { type: "BITBUCKET", location: "x" } })).toContain(
    "Local AWS does not support sources of the type BITBUCKET",
  );
  expect(await wrong({ vpcConfig: { vpcId: "vpc-1" } })).toContain("vpcConfig");
  const report = new CreateReportGroupCommand({ name: "r", type: "TEST", exportConfig: {} });
  expect((await refusal(codebuild.send(report))).message).toContain("CreateReportGroup");
});

test("where no containers are, a build fails and says where it would run; it is listed, tried again and deleted, and the bus hears of it", async () => {
  const sqs = new SQSClient(cloud.clientConfig);
  const events = new EventBridgeClient(cloud.clientConfig);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "builds" }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  const Arn = Attributes!["QueueArn"]!;
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: Arn,
      },
    ],
  });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const EventPattern = JSON.stringify({
    source: ["aws.codebuild"],
    "detail-type": ["CodeBuild Build State Change"],
    detail: { "build-status": ["FAILED"] },
  });
  await events.send(new PutRuleCommand({ Name: "builds", EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: "builds", Targets: [{ Id: "q", Arn }] }));

  await codebuild.send(project("closed"));
  const idempotencyToken = "once";
  const start = new StartBuildCommand({ projectName: "closed", idempotencyToken });
  const [{ build }, { build: same }] = [await codebuild.send(start), await codebuild.send(start)];
  expect(same!.id).toBe(build!.id);
  expect(build).toMatchObject({
    buildStatus: "IN_PROGRESS",
    currentPhase: "QUEUED",
    buildNumber: 1,
  });
  const failed = await ended(build!.id!);
  expect(failed.buildStatus).toBe("FAILED");
  expect(failed.phases!.find(({ phaseType }) => phaseType === "PROVISIONING")!.contexts).toEqual([
    {
      statusCode: "CLIENT_ERROR",
      message: expect.stringContaining("./workbook cloud up --tasks containers"),
    },
  ]);
  const { build: again } = await codebuild.send(new RetryBuildCommand({ id: build!.id! }));
  await ended(again!.id!);
  const { ids } = await codebuild.send(new ListBuildsForProjectCommand({ projectName: "closed" }));
  expect(ids).toEqual([again!.id, build!.id]);
  const deleted = await codebuild.send(
    new BatchDeleteBuildsCommand({ ids: [build!.id!, "closed:0"] }),
  );
  expect(deleted).toMatchObject({
    buildsDeleted: [build!.id],
    buildsNotDeleted: [{ id: "closed:0", statusCode: "BUILD_NOT_FOUND" }],
  });
  await vi.waitFor(async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    );
    const heard = Messages.map(({ Body = "" }) => JSON.parse(Body) as { detail: object });
    expect(heard).toContainEqual(
      expect.objectContaining({
        detail: expect.objectContaining({
          "build-id": failed.arn,
          "project-name": "closed",
          "current-phase": "COMPLETED",
        }),
      }),
    );
  }, POLL);
});

test("credentials are known by their server, and the images that AWS keeps are listed", async () => {
  const { arn } = await codebuild.send(
    new ImportSourceCredentialsCommand({
      token: "secret",
      serverType: "GITHUB",
      authType: "PERSONAL_ACCESS_TOKEN",
    }),
  );
  const listed = await codebuild.send(new ListSourceCredentialsCommand({}));
  expect(listed.sourceCredentialsInfos).toEqual([
    { arn, serverType: "GITHUB", authType: "PERSONAL_ACCESS_TOKEN" },
  ]);
  await codebuild.send(new DeleteSourceCredentialsCommand({ arn: arn! }));
  const { platforms } = await codebuild.send(new ListCuratedEnvironmentImagesCommand({}));
  expect(JSON.stringify(platforms)).toContain("aws/codebuild/standard:7.0");
});

test("an event begins a build of the project that is its rule's target, with what the target is sent", async () => {
  const events = new EventBridgeClient(cloud.clientConfig);
  const iam = new IAMClient(cloud.clientConfig);
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  });
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: "events", AssumeRolePolicyDocument }),
  );
  const PolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "codebuild:StartBuild", Resource: "*" }],
  });
  await iam.send(
    new PutRolePolicyCommand({ RoleName: "events", PolicyName: "start", PolicyDocument }),
  );
  const { project: made } = await codebuild.send(project("called"));
  await events.send(
    new PutRuleCommand({ Name: "call", EventPattern: JSON.stringify({ source: ["test"] }) }),
  );
  const Input = JSON.stringify({ timeoutInMinutesOverride: 7, other: 1 });
  await events.send(
    new PutTargetsCommand({
      Rule: "call",
      Targets: [{ Id: "b", Arn: made!.arn!, RoleArn: Role!.Arn!, Input }],
    }),
  );
  await events.send(
    new PutEventsCommand({ Entries: [{ Source: "test", DetailType: "t", Detail: "{}" }] }),
  );
  const id = await vi.waitFor(async () => {
    const { ids } = await codebuild.send(
      new ListBuildsForProjectCommand({ projectName: "called" }),
    );
    expect(ids).toHaveLength(1);
    return ids![0]!;
  }, POLL);
  expect(await ended(id)).toMatchObject({ initiator: "rule/call", timeoutInMinutes: 7 });
});
