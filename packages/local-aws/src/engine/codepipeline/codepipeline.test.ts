import {
  BatchGetBuildsCommand,
  CodeBuildClient,
  CreateProjectCommand,
  ListBuildsForProjectCommand,
} from "@aws-sdk/client-codebuild";
import {
  CreatePipelineCommand,
  DeletePipelineCommand,
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
  PutApprovalResultCommand,
  RetryStageExecutionCommand,
  RollbackStageCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
  type ActionDeclaration,
  type PipelineDeclaration,
} from "@aws-sdk/client-codepipeline";
import { GetConnectionCommand } from "@aws-sdk/client-codestar-connections";
import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ROOT } from "../../services/iam/testing/role-session.ts";
import { action, definitions, PipelineCloud, POLL } from "./testing/pipeline-cloud.ts";
import { STATEMENTS } from "./testing/statements.ts";

let cloud: PipelineCloud;

beforeAll(async () => {
  cloud = await PipelineCloud.start();
}, 120_000);
afterAll(() => cloud.stop(), 60_000);

const stage = (name: string, ...actions: ActionDeclaration[]) => ({ name, actions });

/** The images of the definition that the service is on. */
async function images(): Promise<(string | undefined)[]> {
  const { services } = await cloud.ecs.send(
    new DescribeServicesCommand({ cluster: "c", services: ["web"] }),
  );
  const { taskDefinition } = await cloud.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: services![0]!.taskDefinition }),
  );
  return taskDefinition!.containerDefinitions!.map(({ image }) => image);
}

test("a connection is pending until it is accepted, and a push deploys the images that a file names", async () => {
  await cloud.push({ "imagedefinitions.json": definitions("web:2") });
  const pipeline = cloud.pipeline("web", [{ name: "Deploy", actions: [cloud.deploy] }]);
  delete pipeline.stages![0]!.actions![0]!.configuration!["DetectChanges"];
  await cloud.pipelines.send(new CreatePipelineCommand({ pipeline }));
  // A pipeline runs as soon as it is made.
  await cloud.until("web", "Failed");
  const [source] = await cloud.stages("web");
  expect(source?.actionStates?.[0]?.latestExecution).toMatchObject({
    status: "Failed",
    errorDetails: {
      code: "ConfigurationError",
      message: `Unable to use Connection: ${cloud.connectionArn}. The connection is in the status PENDING.`,
    },
  });
  await cloud.accept();
  const { Connection } = await cloud.connections.send(
    new GetConnectionCommand({ ConnectionArn: cloud.connectionArn }),
  );
  expect(Connection?.ConnectionStatus).toBe("AVAILABLE");
  const commit = await cloud.push(
    { "imagedefinitions.json": definitions("web:3") },
    "main",
    "Greet",
  );
  const id = await cloud.until("web", "Succeeded");
  const { pipelineExecution } = await cloud.pipelines.send(
    new GetPipelineExecutionCommand({ pipelineName: "web", pipelineExecutionId: id }),
  );
  expect(pipelineExecution).toMatchObject({
    trigger: { triggerType: "Webhook", triggerDetail: cloud.connectionArn },
    artifactRevisions: [{ name: "Code", revisionId: commit }],
    executionMode: "SUPERSEDED",
  });
  expect(await images()).toEqual(["web:3", "side:1"]);
  // It would deploy the same service as the pipelines of the other tests, at each of their pushes.
  await cloud.pipelines.send(new DeletePipelineCommand({ name: "web" }));
});

test("an approval waits for somebody's word, and a stage that failed goes on where it is retried", async () => {
  const approve = action("Approve", "Approval", "Manual", { configuration: {} });
  const deploy = {
    ...cloud.deploy,
    runOrder: 2,
    configuration: { ...cloud.deploy.configuration, FileName: "#{variables.FILE}" },
  };
  await cloud.push({
    "one.json": definitions("web:4"),
    "two.json": definitions("web:5", "nobody"),
  });
  const pipeline = cloud.pipeline("approved", [{ name: "Deploy", actions: [approve, deploy] }], {
    variables: [{ name: "FILE", defaultValue: "one.json" }],
  });
  await cloud.pipelines.send(new CreatePipelineCommand({ pipeline }));
  const first = await cloud.approve("approved", "Rejected");
  await cloud.until("approved", "Failed");
  const named = { pipelineName: "approved", stageName: "Deploy" };
  await cloud.pipelines.send(
    new RetryStageExecutionCommand({
      ...named,
      pipelineExecutionId: first,
      retryMode: "FAILED_ACTIONS",
    }),
  );
  await cloud.approve("approved", "Approved");
  await cloud.until("approved", "Succeeded");
  expect(await images()).toContain("web:4");
  const { pipelineExecutionId } = await cloud.pipelines.send(
    new StartPipelineExecutionCommand({
      name: "approved",
      variables: [{ name: "FILE", value: "two.json" }],
    }),
  );
  await cloud.approve("approved", "Approved");
  expect(await cloud.until("approved", "Failed")).toBe(pipelineExecutionId);
  const { actionExecutionDetails = [] } = await cloud.pipelines.send(
    new ListActionExecutionsCommand({ pipelineName: "approved", filter: { pipelineExecutionId } }),
  );
  expect(actionExecutionDetails.map(({ actionName, status }) => [actionName, status])).toEqual([
    ["Deploy", "Failed"],
    ["Approve", "Succeeded"],
    ["Source", "Succeeded"],
  ]);
  expect(actionExecutionDetails[0]).toMatchObject({
    input: { resolvedConfiguration: { FileName: "two.json" } },
    output: {
      executionResult: {
        errorDetails: {
          code: "ConfigurationError",
          message: "The AWS ECS container nobody does not exist",
        },
      },
    },
  });
  // Rolled back, the stage runs with what the first execution had.
  await cloud.pipelines.send(
    new RollbackStageCommand({ ...named, targetPipelineExecutionId: first }),
  );
  await cloud.approve("approved", "Approved");
  await cloud.until("approved", "Succeeded");
  const [newest] = await cloud.executions("approved");
  expect(newest).toMatchObject({
    executionType: "ROLLBACK",
    rollbackMetadata: { rollbackTargetPipelineExecutionId: first },
  });
});

test("a newer execution takes the place of one that waits for a closed transition; in a queue it does not", async () => {
  for (const [executionMode, older] of [
    ["SUPERSEDED", "Superseded"],
    ["QUEUED", "InProgress"],
  ] as const) {
    const name = `mode-${executionMode}`;
    const pipeline = cloud.pipeline(name, [{ name: "Deploy", actions: [cloud.deploy] }], {
      executionMode,
    });
    await cloud.push({ "imagedefinitions.json": definitions("web:6") });
    await cloud.close(pipeline, "Deploy");
    const begin = async () =>
      (await cloud.pipelines.send(new StartPipelineExecutionCommand({ name })))
        .pipelineExecutionId!;
    const one = await begin();
    await cloud.untilInbound(name, one);
    const two = await begin();
    await cloud.untilInbound(name, two);
    const all = await cloud.executions(name);
    expect(all.find((it) => it.pipelineExecutionId === one)?.status).toBe(older);
    await cloud.open(name, "Deploy");
    expect(await cloud.until(name, "Succeeded")).toBe(two);
  }
});

test("an execution that is stopped ends behind its action, or at once where that is abandoned", async () => {
  const approve = action("Approve", "Approval", "Manual", { configuration: {} });
  await cloud.pipelines.send(
    new CreatePipelineCommand({
      pipeline: cloud.pipeline("stopped", [{ name: "Approval", actions: [approve] }]),
    }),
  );
  const token = await cloud.token("stopped");
  const [{ pipelineExecutionId = "" } = {}] = await cloud.executions("stopped");
  const stop = { pipelineName: "stopped", pipelineExecutionId, reason: "enough" };
  await cloud.pipelines.send(new StopPipelineExecutionCommand(stop));
  await expect(cloud.pipelines.send(new StopPipelineExecutionCommand(stop))).rejects.toMatchObject({
    name: "DuplicatedStopRequestException",
  });
  expect((await cloud.executions("stopped"))[0]?.status).toBe("Stopping");
  await cloud.pipelines.send(new StopPipelineExecutionCommand({ ...stop, abandon: true }));
  await cloud.until("stopped", "Stopped");
  await expect(
    cloud.pipelines.send(
      new PutApprovalResultCommand({
        pipelineName: "stopped",
        stageName: "Approval",
        actionName: "Approve",
        token,
        result: { status: "Approved", summary: "" },
      }),
    ),
  ).rejects.toMatchObject({ name: "ApprovalAlreadyCompletedException" });
});

test.each([
  [
    "artifacts",
    "Source",
    "Unable to access the artifact with Amazon S3 object key 'rights-artifacts/Code/",
  ],
  ["connection", "Source", "Unable to use Connection: arn:aws:codestar-connections:"],
  ["ecs", "Deploy", "The provided role does not have sufficient permissions to access ECS."],
] as const)("without the rights of %s, %s fails and says so", async (lacking, stage, words) => {
  const { [lacking]: _, ...others } = STATEMENTS;
  await cloud.allow(...Object.values(others));
  const name = `rights-${lacking}`;
  await cloud.pipelines.send(
    new CreatePipelineCommand({
      pipeline: cloud.pipeline(name, [{ name: "Deploy", actions: [cloud.deploy] }]),
    }),
  );
  await cloud.until(name, "Failed");
  const failed = (await cloud.stages(name)).find(({ stageName }) => stageName === stage);
  const { errorDetails } = failed!.actionStates![0]!.latestExecution!;
  expect(errorDetails?.code).toBe("PermissionError");
  expect(errorDetails?.message).toContain(words);
  await cloud.allow(...Object.values(STATEMENTS));
});

test("an action's own role does its work, where the pipeline's may take it on", async () => {
  const { ecs, pass, ...others } = STATEMENTS;
  const roleArn = await cloud.role("deployer", ROOT, ecs, pass, STATEMENTS.artifacts);
  const assume = { Effect: "Allow", Action: "sts:AssumeRole", Resource: roleArn };
  await cloud.allow(...Object.values(others));
  const pipeline = cloud.pipeline("own-role", [
    { name: "Deploy", actions: [{ ...cloud.deploy, roleArn }] },
  ]);
  await cloud.pipelines.send(new CreatePipelineCommand({ pipeline }));
  const pipelineExecutionId = await cloud.until("own-role", "Failed");
  const [, deploy] = await cloud.stages("own-role");
  expect(deploy?.actionStates?.[0]?.latestExecution?.errorDetails).toMatchObject({
    code: "PermissionError",
    message: expect.stringContaining(`The role ${roleArn} cannot be assumed`),
  });
  await cloud.allow(...Object.values(others), assume);
  await cloud.pipelines.send(
    new RetryStageExecutionCommand({
      pipelineName: "own-role",
      stageName: "Deploy",
      pipelineExecutionId,
      retryMode: "ALL_ACTIONS",
    }),
  );
  await cloud.until("own-role", "Succeeded");
  await cloud.allow(...Object.values(STATEMENTS));
});

test("a build is begun once, and a pipeline fails with it", async () => {
  const codebuild = new CodeBuildClient(cloud.test.clientConfig);
  await codebuild.send(
    new CreateProjectCommand({
      name: "web",
      source: { type: "CODEPIPELINE" },
      artifacts: { type: "CODEPIPELINE" },
      environment: {
        type: "LINUX_CONTAINER",
        image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
        computeType: "BUILD_GENERAL1_SMALL",
      },
      serviceRole: await cloud.serviceRole("build", "codebuild.amazonaws.com"),
    }),
  );
  const builds = {
    Effect: "Allow",
    Action: ["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
    Resource: "*",
  };
  await cloud.allow(...Object.values(STATEMENTS), builds);
  const build = action("Build", "Build", "CodeBuild", {
    inputArtifacts: [{ name: "Code" }],
    outputArtifacts: [{ name: "Built" }],
    configuration: { ProjectName: "web" },
  });
  await cloud.pipelines.send(
    new CreatePipelineCommand({ pipeline: cloud.pipeline("built", [stage("Build", build)]) }),
  );
  // No container runs in this cloud, so neither does a build.
  await cloud.until("built", "Failed");
  const { ids = [] } = await codebuild.send(
    new ListBuildsForProjectCommand({ projectName: "web" }),
  );
  const { builds: begun } = await codebuild.send(new BatchGetBuildsCommand({ ids }));
  expect(begun).toMatchObject([
    {
      initiator: "codepipeline/built",
      source: { type: "CODEPIPELINE" },
      sourceVersion: expect.stringMatching(/^arn:aws:s3:::[\w-]+\/built\/Code\/\w+$/),
      resolvedSourceVersion: await cloud.git("rev-parse", "main"),
    },
  ]);
  expect(begun).toHaveLength(1);
  const [, failed] = await cloud.stages("built");
  expect(failed?.actionStates?.[0]?.latestExecution).toMatchObject({
    externalExecutionId: ids[0],
    errorDetails: {
      code: "JobFailed",
      message: expect.stringMatching(
        /^Build terminated with state: FAILED\. Phase: PROVISIONING, Code: CLIENT_ERROR, Message: /,
      ),
    },
  });
  codebuild.destroy();
  // What status draws.
  const answer = await fetch(`${cloud.test.endpoint}/_local/pipelines`);
  const { pipelines } = (await answer.json()) as { pipelines: readonly { name: string }[] };
  expect(pipelines.find(({ name }) => name === "built")).toMatchObject({
    status: "Failed",
    stages: [
      { name: "Source", status: "Succeeded" },
      { name: "Build", status: "Failed" },
    ],
  });
});

test("a trigger's filter decides which pushes start a pipeline", async () => {
  const pipeline = cloud.pipeline("filtered", [{ name: "Deploy", actions: [cloud.deploy] }], {
    triggers: [
      {
        providerType: "CodeStarSourceConnection",
        gitConfiguration: {
          sourceActionName: "Source",
          push: [
            {
              branches: { includes: ["release/**"], excludes: ["release/old*"] },
              filePaths: { includes: ["app/**"] },
            },
          ],
        },
      },
    ],
  });
  await cloud.pipelines.send(new CreatePipelineCommand({ pipeline }));
  await cloud.until("filtered", "Succeeded");
  await cloud.push({ "app/a": "1" }, "release/old-1");
  await cloud.push({ "docs/a": "1" }, "release/one");
  const commit = await cloud.push({ "app/a": "2" }, "release/one", "Release");
  await vi.waitFor(async () => {
    const [newest] = await cloud.executions("filtered");
    expect(newest?.sourceRevisions?.[0]?.revisionId).toBe(commit);
  }, POLL);
  expect(await cloud.executions("filtered")).toHaveLength(2);
  const [newest] = await cloud.executions("filtered");
  expect(newest?.trigger?.triggerType).toBe("WebhookV2");
});

test.each<[string, (pipeline: PipelineDeclaration) => void, string, string]>([
  [
    "one stage",
    ({ stages }) => void stages!.splice(1),
    "InvalidStructureException",
    "Pipeline has only 1 stage(s). There should be a minimum of 2 stages in a pipeline",
  ],
  [
    "a first stage that deploys",
    ({ stages }) => void stages!.reverse(),
    "InvalidStructureException",
    "Pipeline should start with a stage that only contains source actions",
  ],
  [
    "an artifact that is made twice",
    ({ stages }) =>
      void stages![0]!.actions!.push({ ...cloud.source, name: "Again", namespace: "B" }),
    "InvalidStructureException",
    "Output Artifact Bundle name must be unique within the pipeline. Code has been used more than once.",
  ],
  [
    "an action without its input",
    ({ stages }) => void delete stages![1]!.actions![0]!.inputArtifacts,
    "InvalidActionDeclarationException",
    "Action Deploy declares 0 input artifacts which is less than the minimum count (1)",
  ],
  [
    "an action without a name that it needs",
    ({ stages }) => void delete stages![1]!.actions![0]!.configuration!["ServiceName"],
    "InvalidActionDeclarationException",
    "Action configuration for action 'Deploy' is missing required configuration 'ServiceName'",
  ],
  [
    "an action type that is nowhere",
    ({ stages }) => void stages!.push(stage("More", action("More", "Build", "Bakery"))),
    "InvalidActionDeclarationException",
    "ActionType (Category: 'Build', Provider: 'Bakery', Owner: 'AWS', Version: '1') in action 'More' is not available in region AP_NORTHEAST_1",
  ],
  [
    "an action type that is not here",
    ({ stages }) => void stages!.push(stage("More", action("More", "Build", "Jenkins"))),
    "NotImplemented",
    "Local AWS does not support actions of the type Build AWS Jenkins.",
  ],
  [
    "variables in version 1",
    (pipeline) => void Object.assign(pipeline, { pipelineType: "V1", variables: [{ name: "A" }] }),
    "InvalidStructureException",
    "Pipelines of type V1 do not support variables: use pipelines of type V2",
  ],
  [
    "a role that is not there",
    (pipeline) => void Object.assign(pipeline, { roleArn: "arn:aws:iam::123456789012:role/no" }),
    "InvalidStructureException",
    "CodePipeline is not authorized to perform AssumeRole on role arn:aws:iam::123456789012:role/no",
  ],
])("a pipeline with %s is refused", async (_what, change, name, message) => {
  const pipeline = cloud.pipeline("refused", [stage("Deploy", cloud.deploy)]);
  change(pipeline);
  await expect(cloud.pipelines.send(new CreatePipelineCommand({ pipeline }))).rejects.toMatchObject(
    { name, message },
  );
});
