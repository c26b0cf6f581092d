import {
  CreatePipelineCommand,
  ListActionExecutionsCommand,
  PutApprovalResultCommand,
  RetryStageExecutionCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
  type StageDeclaration,
} from "@aws-sdk/client-codepipeline";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { policyOf } from "../../services/iam/testing/role-session.ts";
import { action, definitions, PipelineCloud, POLL } from "./testing/pipeline-cloud.ts";
import { STATEMENTS } from "./testing/statements.ts";

const ALL = Object.values(STATEMENTS);
let cloud: PipelineCloud;

beforeAll(async () => {
  cloud = await PipelineCloud.start();
  await cloud.accept();
  await cloud.push({ "imagedefinitions.json": definitions("web:2") });
}, 120_000);
afterAll(() => cloud.stop(), 60_000);

const approval = (configuration: Readonly<Record<string, string>> = {}) =>
  action("Approve", "Approval", "Manual", { configuration });
const deployStage = (...actions: StageDeclaration["actions"] & object) => ({
  name: "Deploy",
  actions,
});

async function begin(name: string): Promise<string> {
  const started = await cloud.pipelines.send(new StartPipelineExecutionCommand({ name }));
  return started.pipelineExecutionId!;
}

const statusOf = async (name: string, id: string) =>
  (await cloud.executions(name)).find((it) => it.pipelineExecutionId === id)?.status;

const untilStatus = (name: string, id: string, status: string) =>
  vi.waitFor(async () => expect(await statusOf(name, id)).toBe(status), POLL);

/** A topic with a queue that hears of it. */
async function createTopic() {
  const [sns, sqs] = [
    new SNSClient(cloud.test.clientConfig),
    new SQSClient(cloud.test.clientConfig),
  ];
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "approvals" }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "approvals" }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  const Endpoint = Attributes!["QueueArn"]!;
  const Policy = policyOf({
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: Endpoint,
  });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint }));
  /** The next so many notifications, in no order. */
  const receive = async (count: number): Promise<Notification[]> => {
    const all: Notification[] = [];
    await vi.waitFor(async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      all.push(...Messages.map(({ Body }) => JSON.parse(Body!) as Notification));
      expect(all).toHaveLength(count);
    }, POLL);
    return all;
  };
  const close = () => {
    sns.destroy();
    sqs.destroy();
  };
  return { topicArn: TopicArn!, receive, close };
}

interface Notification {
  readonly Subject: string;
  readonly Message: string;
}

test("executions in parallel wait for an approval each, which a topic is told of, and go on by its token", async () => {
  const { topicArn, receive, close } = await createTopic();
  const asks = approval({
    NotificationArn: topicArn,
    CustomData: "Read it first.",
    ExternalEntityLink: "https://example.com/",
  });
  const pipeline = cloud.pipeline("told", [deployStage(asks)], { executionMode: "PARALLEL" });
  await cloud.pipelines.send(new CreatePipelineCommand({ pipeline }));
  await cloud.until("told", "Failed");
  const failed = (await cloud.stages("told"))[1]!.actionStates![0]!.latestExecution;
  expect(failed?.errorDetails).toMatchObject({
    code: "PermissionError",
    message: expect.stringContaining(`permissions to publish to the topic ${topicArn}`),
  });
  await cloud.allow(...ALL, { Effect: "Allow", Action: "sns:Publish", Resource: topicArn });
  const ids = [await begin("told"), await begin("told")];
  const told = await receive(2);
  const approvals = told.map(({ Message }) => JSON.parse(Message) as { approval: Approval });
  expect(told[0]?.Subject).toBe("APPROVAL NEEDED: AWS CodePipeline told for action Approve");
  expect(approvals[0]).toMatchObject({
    region: "ap-northeast-1",
    approval: {
      pipelineName: "told",
      stageName: "Deploy",
      actionName: "Approve",
      customData: "Read it first.",
      externalEntityLink: "https://example.com/",
    },
  });
  const { actionExecutionDetails = [] } = await cloud.pipelines.send(
    new ListActionExecutionsCommand({ pipelineName: "told" }),
  );
  const waiting = actionExecutionDetails.filter(({ status }) => status === "InProgress");
  expect(new Set(waiting.map((it) => it.pipelineExecutionId))).toEqual(new Set(ids));
  for (const [index, { approval: asked }] of approvals.entries())
    await cloud.pipelines.send(
      new PutApprovalResultCommand({
        pipelineName: "told",
        stageName: "Deploy",
        actionName: "Approve",
        token: asked.token,
        result: { status: index === 0 ? "Approved" : "Rejected", summary: "seen" },
      }),
    );
  await vi.waitFor(async () => {
    const ends = await Promise.all(ids.map((id) => statusOf("told", id)));
    expect(ends.toSorted()).toEqual(["Failed", "Succeeded"]);
  }, POLL);
  await cloud.allow(...ALL);
  close();
});

interface Approval {
  readonly token: string;
}

test("in a queue one comes after the other, one that is stopped waits no more, and what was stopped is retried", async () => {
  const pipeline = cloud.pipeline("queue", [deployStage(approval())], { executionMode: "QUEUED" });
  await cloud.pipelines.send(new CreatePipelineCommand({ pipeline }));
  const token = await cloud.token("queue");
  const [{ pipelineExecutionId: first = "" } = {}] = await cloud.executions("queue");
  const second = await begin("queue");
  const third = await begin("queue");
  await cloud.untilInbound("queue", second);
  const stop = (pipelineExecutionId: string) =>
    cloud.pipelines.send(
      new StopPipelineExecutionCommand({ pipelineName: "queue", pipelineExecutionId }),
    );
  await stop(second);
  await untilStatus("queue", second, "Stopped");
  await cloud.untilInbound("queue", third);
  // The first is in its action: it stops behind it.
  await stop(first);
  expect(await statusOf("queue", first)).toBe("Stopping");
  await cloud.approve("queue", "Approved");
  await untilStatus("queue", first, "Stopped");
  await vi.waitFor(async () => expect(await cloud.token("queue")).not.toBe(token), POLL);
  await cloud.approve("queue", "Rejected");
  await untilStatus("queue", third, "Failed");
  await cloud.pipelines.send(
    new RetryStageExecutionCommand({
      pipelineName: "queue",
      stageName: "Deploy",
      pipelineExecutionId: third,
      retryMode: "FAILED_ACTIONS",
    }),
  );
  await cloud.approve("queue", "Approved");
  await untilStatus("queue", third, "Succeeded");
});

test("a stage that fails is retried by itself once, and one that is to goes back to what has succeeded", async () => {
  const retried = { ...deployStage(approval()), onFailure: { result: "RETRY" as const } };
  await cloud.pipelines.send(
    new CreatePipelineCommand({ pipeline: cloud.pipeline("retried", [retried]) }),
  );
  const token = await cloud.token("retried");
  await cloud.approve("retried", "Rejected");
  await vi.waitFor(async () => expect(await cloud.token("retried")).not.toBe(token), POLL);
  expect((await cloud.stages("retried"))[1]?.retryStageMetadata).toMatchObject({
    autoStageRetryAttempt: 1,
    latestRetryTrigger: "AutomatedStageRetry",
  });
  await cloud.approve("retried", "Rejected");
  await cloud.until("retried", "Failed");

  const back = { ...deployStage(approval()), onFailure: { result: "ROLLBACK" as const } };
  await cloud.pipelines.send(
    new CreatePipelineCommand({ pipeline: cloud.pipeline("back", [back]) }),
  );
  const good = await cloud.approve("back", "Approved");
  await cloud.until("back", "Succeeded");
  const bad = await begin("back");
  await cloud.approve("back", "Rejected");
  await untilStatus("back", bad, "Failed");
  await cloud.approve("back", "Approved");
  await cloud.until("back", "Succeeded");
  expect((await cloud.executions("back"))[0]).toMatchObject({
    executionType: "ROLLBACK",
    trigger: { triggerType: "AutomatedRollback", triggerDetail: bad },
    rollbackMetadata: { rollbackTargetPipelineExecutionId: good },
  });
});

test("artifacts under a key are written and read by those alone whom it lets", async () => {
  const kms = new KMSClient(cloud.test.clientConfig);
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  const id = KeyMetadata!.Arn!;
  kms.destroy();
  const key = (...Action: string[]) => ({ Effect: "Allow", Action, Resource: id });
  const pipeline = cloud.pipeline("sealed", [deployStage(cloud.deploy)], {
    artifactStore: { type: "S3", location: "artifacts", encryptionKey: { id, type: "KMS" } },
  });
  await cloud.pipelines.send(new CreatePipelineCommand({ pipeline }));
  const failsIn = async (stageName: string) => {
    const execution = await cloud.until("sealed", "Failed");
    const stage = (await cloud.stages("sealed")).find((it) => it.stageName === stageName);
    expect(stage?.actionStates?.[0]?.latestExecution?.errorDetails).toMatchObject({
      code: "PermissionError",
      message: expect.stringMatching(
        /^Unable to access the artifact with Amazon S3 object key 'sealed\/Code\/\w+' located in the Amazon S3 artifact bucket 'artifacts'\. The provided role does not have sufficient permissions\./,
      ),
    });
    return execution;
  };
  const retry = (stageName: string, pipelineExecutionId: string) =>
    cloud.pipelines.send(
      new RetryStageExecutionCommand({
        pipelineName: "sealed",
        stageName,
        pipelineExecutionId,
        retryMode: "FAILED_ACTIONS",
      }),
    );
  const execution = await failsIn("Source");
  await cloud.allow(...ALL, key("kms:GenerateDataKey", "kms:Encrypt"));
  await retry("Source", execution);
  await failsIn("Deploy");
  await cloud.allow(...ALL, key("kms:GenerateDataKey", "kms:Encrypt", "kms:Decrypt"));
  await retry("Deploy", execution);
  await cloud.until("sealed", "Succeeded");
  const { actionExecutionDetails = [] } = await cloud.pipelines.send(
    new ListActionExecutionsCommand({ pipelineName: "sealed" }),
  );
  const made = actionExecutionDetails.flatMap(({ output }) => output?.outputArtifacts ?? []);
  const { bucket: Bucket, key: Key } = made[0]!.s3location!;
  const head = await cloud.s3.send(new HeadObjectCommand({ Bucket: Bucket!, Key: Key! }));
  expect(head).toMatchObject({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: id });
  await cloud.allow(...ALL);
});
