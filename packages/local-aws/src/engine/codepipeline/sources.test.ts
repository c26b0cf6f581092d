import {
  CreatePipelineCommand,
  ListActionExecutionsCommand,
  StartPipelineExecutionCommand,
} from "@aws-sdk/client-codepipeline";
import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { policyOf } from "../../services/iam/testing/role-session.ts";
import { pushImage } from "../scheduler/testing/push-tiny-image.ts";
import { createBlueGreenService } from "./testing/blue-green-service.ts";
import { action, definitions, PipelineCloud, POLL } from "./testing/pipeline-cloud.ts";
import { DEPLOYS, STATEMENTS } from "./testing/statements.ts";

const OBJECTS = {
  Effect: "Allow",
  Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:GetBucketVersioning", "s3:ListBucket"],
  Resource: ["arn:aws:s3:::source", "arn:aws:s3:::source/*"],
};
const IMAGES = {
  Effect: "Allow",
  Action: ["ecr:DescribeRepositories", "ecr:DescribeImages"],
  Resource: "*",
};

let cloud: PipelineCloud;
let ecr: ECRClient;
let events: EventBridgeClient;

beforeAll(async () => {
  cloud = await PipelineCloud.start();
  ecr = new ECRClient(cloud.test.clientConfig);
  events = new EventBridgeClient(cloud.test.clientConfig);
  await cloud.s3.send(new CreateBucketCommand({ Bucket: "source" }));
  await cloud.s3.send(
    new PutBucketVersioningCommand({
      Bucket: "source",
      VersioningConfiguration: { Status: "Enabled" },
    }),
  );
  await cloud.allow(...Object.values(STATEMENTS), OBJECTS, IMAGES, DEPLOYS);
}, 120_000);
afterAll(async () => {
  ecr.destroy();
  events.destroy();
  await cloud.stop();
}, 60_000);

/** Puts a ZIP of these files into the bucket of sources; its version. */
async function put(Key: string, files: Readonly<Record<string, string>>): Promise<string> {
  const zipped = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const);
  const { VersionId } = await cloud.s3.send(
    new PutObjectCommand({
      Bucket: "source",
      Key,
      Body: zipSync(Object.fromEntries(zipped)),
    }),
  );
  return VersionId!;
}

const objectSource = (S3ObjectKey: string, artifact: string, more: object = {}) =>
  action("Object", "Source", "S3", {
    outputArtifacts: [{ name: artifact }],
    namespace: "Object",
    configuration: { S3Bucket: "source", S3ObjectKey, ...more },
  });

/** What ended an action of the newest execution, and what it has said. */
async function ended(pipelineName: string, actionName: string) {
  const [newest] = await cloud.executions(pipelineName);
  const { actionExecutionDetails = [] } = await cloud.pipelines.send(
    new ListActionExecutionsCommand({
      pipelineName,
      filter: { pipelineExecutionId: newest!.pipelineExecutionId! },
    }),
  );
  return actionExecutionDetails.find((it) => it.actionName === actionName);
}

test("a new version of an object starts a pipeline, which deploys what that version says", async () => {
  const stages = [
    { name: "Source", actions: [objectSource("app.zip", "Code")] },
    { name: "Deploy", actions: [cloud.deploy] },
  ];
  await cloud.pipelines.send(
    new CreatePipelineCommand({ pipeline: cloud.pipeline("object", [], { stages }) }),
  );
  await cloud.until("object", "Failed");
  expect((await ended("object", "Object"))?.output?.executionResult?.errorDetails).toMatchObject({
    code: "ConfigurationError",
    message: expect.stringContaining(
      "The object with key 'app.zip' in the Amazon S3 bucket 'source' cannot be read",
    ),
  });
  const version = await put("app.zip", { "imagedefinitions.json": definitions("web:object") });
  await cloud.until("object", "Succeeded");
  const [newest] = await cloud.executions("object");
  expect(newest).toMatchObject({
    trigger: { triggerType: "PollForSourceChanges" },
    sourceRevisions: [{ actionName: "Object", revisionId: version }],
  });
  expect((await ended("object", "Object"))?.output?.outputVariables).toMatchObject({
    BucketName: "source",
    ObjectKey: "app.zip",
    VersionId: version,
  });
  const { services } = await cloud.ecs.send(
    new DescribeServicesCommand({ cluster: "c", services: ["web"] }),
  );
  const { taskDefinition } = await cloud.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: services![0]!.taskDefinition }),
  );
  expect(taskDefinition?.containerDefinitions?.[0]?.image).toBe("web:object");
});

test("an earlier version that somebody starts a pipeline with is what it takes", async () => {
  const earlier = await put("asked.zip", { "imagedefinitions.json": definitions("web:earlier") });
  await put("asked.zip", { "imagedefinitions.json": definitions("web:later") });
  const source = objectSource("asked.zip", "Code", { PollForSourceChanges: "false" });
  const stages = [
    { name: "Source", actions: [source] },
    { name: "Deploy", actions: [cloud.deploy] },
  ];
  await cloud.pipelines.send(
    new CreatePipelineCommand({ pipeline: cloud.pipeline("asked", [], { stages }) }),
  );
  await cloud.until("asked", "Succeeded");
  const { pipelineExecutionId } = await cloud.pipelines.send(
    new StartPipelineExecutionCommand({
      name: "asked",
      sourceRevisions: [
        {
          actionName: "Object",
          revisionType: "S3_OBJECT_VERSION_ID",
          revisionValue: earlier,
        },
      ],
    }),
  );
  await vi.waitFor(async () => {
    const [newest] = await cloud.executions("asked");
    expect(newest).toMatchObject({ pipelineExecutionId, status: "Succeeded" });
  }, POLL);
  expect((await cloud.executions("asked"))[0]?.sourceRevisions?.[0]?.revisionId).toBe(earlier);
});

/** Pushes an image without layers, as `docker push` does; its digest. */
async function pushWithoutLayers(repository: string, tag: string): Promise<string> {
  await pushImage(ecr, cloud.test.endpoint, {
    repository,
    tag,
    layers: [],
    diffIds: [],
    config: { Cmd: ["true"] },
  });
  const { imageDetails } = await ecr.send(
    new DescribeImagesCommand({ repositoryName: repository, imageIds: [{ imageTag: tag }] }),
  );
  return imageDetails![0]!.imageDigest!;
}

/** Has pushes of a repository start a pipeline, as the console sets it up. */
async function startOnPush(repositoryName: string, pipelineName: string): Promise<void> {
  const arn = `arn:aws:codepipeline:ap-northeast-1:123456789012:${pipelineName}`;
  const RoleArn = await cloud.serviceRole("starter", "events.amazonaws.com");
  const start = { Effect: "Allow", Action: "codepipeline:StartPipelineExecution", Resource: arn };
  const PolicyDocument = policyOf(start);
  await cloud.iam.send(
    new PutRolePolicyCommand({ RoleName: "starter", PolicyName: "own", PolicyDocument }),
  );
  const EventPattern = JSON.stringify({
    source: ["aws.ecr"],
    "detail-type": ["ECR Image Action"],
    detail: {
      "action-type": ["PUSH"],
      result: ["SUCCESS"],
      "repository-name": [repositoryName],
      "image-tag": ["latest"],
    },
  });
  await events.send(new PutRuleCommand({ Name: "pushed", EventPattern }));
  await events.send(
    new PutTargetsCommand({ Rule: "pushed", Targets: [{ Id: "1", Arn: arn, RoleArn }] }),
  );
}

const TASK = JSON.stringify({
  family: "green",
  executionRoleArn: "arn:aws:iam::123456789012:role/execution",
  cpu: "256",
  memory: "512",
  networkMode: "awsvpc",
  requiresCompatibilities: ["FARGATE"],
  containerDefinitions: [{ name: "web", image: "<IMAGE>", portMappings: [{ containerPort: 80 }] }],
});
const APPSPEC = `
version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: <TASK_DEFINITION>
        LoadBalancerInfo: { ContainerName: web, ContainerPort: 80 }
`;

test("an image that is pushed starts a pipeline by a rule, and CodeDeploy deploys it by its digest", async () => {
  await createBlueGreenService(cloud);
  const { repository } = await ecr.send(new CreateRepositoryCommand({ repositoryName: "app" }));
  await put("files.zip", { "taskdef.json": TASK, "appspec.yaml": APPSPEC });
  const image = action("Image", "Source", "ECR", {
    outputArtifacts: [{ name: "Pushed" }],
    configuration: { RepositoryName: "app" },
  });
  const files = objectSource("files.zip", "Files", { PollForSourceChanges: "false" });
  const deploy = action("Deploy", "Deploy", "CodeDeployToECS", {
    inputArtifacts: [{ name: "Pushed" }, { name: "Files" }],
    configuration: {
      ApplicationName: "green",
      DeploymentGroupName: "green",
      TaskDefinitionTemplateArtifact: "Files",
      AppSpecTemplateArtifact: "Files",
      Image1ArtifactName: "Pushed",
      Image1ContainerName: "IMAGE",
    },
  });
  const stages = [
    { name: "Source", actions: [image, files] },
    { name: "Deploy", actions: [deploy] },
  ];
  await cloud.pipelines.send(
    new CreatePipelineCommand({ pipeline: cloud.pipeline("pushed", [], { stages }) }),
  );
  await cloud.until("pushed", "Failed");
  await startOnPush("app", "pushed");
  const digest = await pushWithoutLayers("app", "latest");
  await cloud.until("pushed", "Succeeded");
  const [newest] = await cloud.executions("pushed");
  expect(newest?.trigger?.triggerType).toBe("CloudWatchEvent");
  const deployed = await ended("pushed", "Deploy");
  expect(deployed?.output?.executionResult).toMatchObject({
    externalExecutionId: expect.stringMatching(/^d-/),
    externalExecutionSummary: "Deployment Succeeded",
  });
  const { taskDefinition } = await cloud.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: "green" }),
  );
  expect(taskDefinition?.containerDefinitions?.[0]?.image).toBe(
    `${repository!.repositoryUri}@${digest}`,
  );
  const { services } = await cloud.ecs.send(
    new DescribeServicesCommand({ cluster: "c", services: ["green"] }),
  );
  expect(services?.[0]?.taskSets).toMatchObject([
    { status: "PRIMARY", taskDefinition: taskDefinition!.taskDefinitionArn! },
  ]);
});
