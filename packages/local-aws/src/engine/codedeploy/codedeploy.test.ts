import {
  BatchGetApplicationRevisionsCommand,
  ContinueDeploymentCommand,
  CreateDeploymentConfigCommand,
  GetApplicationRevisionCommand,
  GetDeploymentGroupCommand,
  GetDeploymentTargetCommand,
  ListApplicationRevisionsCommand,
  ListDeploymentTargetsCommand,
  RegisterApplicationRevisionCommand,
  StopDeploymentCommand,
  UpdateDeploymentGroupCommand,
  type ListApplicationRevisionsCommandInput,
} from "@aws-sdk/client-codedeploy";
import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { DetachRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { refusal } from "../../services/ecs/testing/control-plane.ts";
import { TEST_REGION } from "../../testing.ts";
import { appSpec, BlueGreen, NAMED, POLL } from "./testing/blue-green.ts";
import { Notices } from "./testing/notices.ts";

let bg: BlueGreen;

beforeAll(async () => {
  bg = await BlueGreen.start();
  await bg.createGroup();
  await vi.waitFor(async () => expect(await answer()).toMatch(/^one /), POLL);
}, 120_000);
afterAll(() => bg.stop(), 60_000);

/** What production answers. */
const answer = async () => (await fetch(bg.web.url)).text();

test("a deployment moves all traffic to new tasks when somebody says so, and ends the old ones", async () => {
  await bg.codedeploy.send(
    new UpdateDeploymentGroupCommand({
      applicationName: "web",
      currentDeploymentGroupName: "web",
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: 60 },
        terminateBlueInstancesOnDeploymentSuccess: {
          action: "TERMINATE",
          terminationWaitTimeInMinutes: 2880,
        },
      },
    }),
  );
  const deploymentId = await bg.deploy({ VERSION: "two" });
  await vi.waitFor(async () => {
    expect(await bg.deployment(deploymentId)).toMatchObject({ status: "Ready" });
  }, POLL);
  expect(await bg.weights(bg.testListenerArn)).toEqual({ web: 0, "web-green": 100 });
  expect(await bg.weights(bg.prodListenerArn)).toEqual({ web: 100, "web-green": 0 });
  expect(await answer()).toMatch(/^one /);
  await bg.codedeploy.send(
    new ContinueDeploymentCommand({ deploymentId, deploymentWaitType: "READY_WAIT" }),
  );
  await vi.waitFor(async () => {
    const waiting = await bg.deployment(deploymentId);
    expect(waiting).toMatchObject({
      status: "InProgress",
      instanceTerminationWaitTimeStarted: true,
    });
  }, POLL);
  await vi.waitFor(async () => expect(await answer()).toMatch(/^two /), POLL);

  const { targetIds } = await bg.codedeploy.send(
    new ListDeploymentTargetsCommand({ deploymentId }),
  );
  expect(targetIds).toEqual(["c:web"]);
  const { deploymentTarget } = await bg.codedeploy.send(
    new GetDeploymentTargetCommand({ deploymentId, targetId: "c:web" }),
  );
  const { taskSetsInfo, lifecycleEvents } = deploymentTarget!.ecsTarget!;
  expect(
    lifecycleEvents!.map(({ lifecycleEventName, status }) => `${lifecycleEventName} ${status}`),
  ).toEqual(
    [
      "BeforeInstall",
      "Install",
      "AfterInstall",
      "AllowTestTraffic",
      "AfterAllowTestTraffic",
      "BeforeAllowTraffic",
      "AllowTraffic",
      "AfterAllowTraffic",
    ].map((name) => `${name} Succeeded`),
  );
  expect(taskSetsInfo).toMatchObject([
    { status: "ACTIVE", trafficWeight: 0, taskSetLabel: "Blue", targetGroup: { name: "web" } },
    {
      status: "PRIMARY",
      trafficWeight: 100,
      runningCount: 1,
      taskSetLabel: "Green",
      targetGroup: { name: "web-green" },
    },
  ]);
  await bg.codedeploy.send(
    new ContinueDeploymentCommand({ deploymentId, deploymentWaitType: "TERMINATION_WAIT" }),
  );
  expect(await bg.ended(deploymentId)).toMatchObject({ status: "Succeeded", creator: "user" });
  await vi.waitFor(async () => {
    const { taskSets, taskDefinition } = await bg.services.cloud.service("web");
    expect(taskSets).toMatchObject([
      { externalId: deploymentId, startedBy: "CODE_DEPLOY", status: "PRIMARY" },
    ]);
    expect(taskDefinition).toBe(taskSets![0]!.taskDefinition);
  }, POLL);
  const { deploymentGroupInfo } = await bg.codedeploy.send(new GetDeploymentGroupCommand(NAMED));
  expect(deploymentGroupInfo!.lastSuccessfulDeployment).toMatchObject({ deploymentId });
});

test("an alarm in the middle of a canary brings all traffic back, by a deployment of its own", async () => {
  const cloudwatch = new CloudWatchClient(bg.services.cloud.test.clientConfig);
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: "errors",
      Namespace: "web",
      MetricName: "errors",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "GreaterThanThreshold",
    }),
  );
  await bg.codedeploy.send(
    new CreateDeploymentConfigCommand({
      deploymentConfigName: "slow-canary",
      computePlatform: "ECS",
      trafficRoutingConfig: {
        type: "TimeBasedCanary",
        timeBasedCanary: { canaryPercentage: 25, canaryInterval: 2880 },
      },
    }),
  );
  await bg.codedeploy.send(
    new UpdateDeploymentGroupCommand({
      applicationName: "web",
      currentDeploymentGroupName: "web",
      blueGreenDeploymentConfiguration: bg.group.blueGreenDeploymentConfiguration!,
      alarmConfiguration: { enabled: true, alarms: [{ name: "errors" }] },
      autoRollbackConfiguration: {
        enabled: true,
        events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
      },
    }),
  );
  const deploymentId = await bg.deploy(
    { VERSION: "three" },
    { deploymentConfigName: "slow-canary" },
  );
  expect(await refusal(bg.deploy({ VERSION: "four" }))).toMatchObject({
    name: "DeploymentLimitExceededException",
  });
  await vi.waitFor(async () => {
    expect(await bg.weights(bg.prodListenerArn)).toEqual({ "web-green": 75, web: 25 });
  }, POLL);
  await cloudwatch.send(
    new SetAlarmStateCommand({
      AlarmName: "errors",
      StateValue: "ALARM",
      StateReason: "the test says so",
    }),
  );
  const stopped = await bg.ended(deploymentId);
  expect(stopped).toMatchObject({
    status: "Stopped",
    errorInformation: {
      code: "ALARM_ACTIVE",
      message:
        "One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: <errors>",
    },
  });
  const { rollbackDeploymentId = "" } = stopped.rollbackInfo!;
  expect(await bg.ended(rollbackDeploymentId)).toMatchObject({
    status: "Succeeded",
    creator: "codeDeployRollback",
    deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce",
    rollbackInfo: { rollbackTriggeringDeploymentId: deploymentId },
  });
  expect(await bg.weights(bg.prodListenerArn)).toEqual({ "web-green": 100, web: 0 });
  await vi.waitFor(async () => {
    const { taskSets } = await bg.services.cloud.service("web");
    expect(taskSets).toMatchObject([{ status: "PRIMARY" }]);
  }, POLL);
  expect(await answer()).toMatch(/^two /);
  await cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName: "errors", StateValue: "OK", StateReason: "over" }),
  );
  cloudwatch.destroy();
});

test("a deployment by an AppSpec file in S3 is stopped on request, and rolled back, and a topic is told", async () => {
  const notices = await Notices.start(bg.services.cloud.test, "deployments");
  const events = ["Start", "Success", "Failure", "Stop", "Rollback"] as const;
  await bg.codedeploy.send(
    new UpdateDeploymentGroupCommand({
      applicationName: "web",
      currentDeploymentGroupName: "web",
      triggerConfigurations: [
        {
          triggerName: "all",
          triggerTargetArn: notices.topicArn,
          triggerEvents: events.map((event) => `Deployment${event}` as const),
        },
      ],
    }),
  );
  const s3 = new S3Client(bg.services.cloud.test.clientConfig);
  const taskDefinition = await bg.services.define("web", { VERSION: "sick", HEALTH: "500" });
  await s3.send(new CreateBucketCommand({ Bucket: "specs" }));
  await s3.send(
    new PutObjectCommand({ Bucket: "specs", Key: "appspec.yaml", Body: appSpec(taskDefinition) }),
  );
  s3.destroy();
  const s3Location = { bucket: "specs", key: "appspec.yaml", bundleType: "YAML" } as const;
  const deploymentId = await bg.deploy({}, { revision: { revisionType: "S3", s3Location } });
  await vi.waitFor(async () => {
    const { taskSets } = await bg.services.cloud.service("web");
    expect(taskSets).toMatchObject([{ externalId: deploymentId, taskDefinition }, {}]);
  }, POLL);
  await bg.codedeploy.send(new StopDeploymentCommand({ deploymentId }));
  const stopped = await bg.ended(deploymentId);
  expect(stopped).toMatchObject({
    status: "Stopped",
    errorInformation: { code: "MANUAL_STOP" },
  });
  const { rollbackDeploymentId: back } = stopped.rollbackInfo!;
  await bg.ended(back!);
  expect(await answer()).toMatch(/^two /);
  const subject = (word: string, id: string) =>
    `${word}: AWS CodeDeploy ${id} in ${TEST_REGION} to web`;
  const told = await vi.waitFor(async () => {
    const all = await notices.all();
    expect(new Set(all.map(({ Subject }) => Subject))).toEqual(
      new Set([
        subject("CREATED", deploymentId),
        subject("STOPPED", deploymentId),
        subject("CREATED", back!),
        subject("IN_PROGRESS", back!),
        subject("SUCCEEDED", back!),
      ]),
    );
    return all;
  }, POLL);
  notices.stop();
  const date = expect.stringMatching(/^[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d UTC \d{4}$/);
  expect(told.find(({ Subject }) => Subject.startsWith("STOPPED"))!.body).toEqual({
    region: TEST_REGION,
    accountId: "123456789012",
    eventTriggerName: "all",
    applicationName: "web",
    deploymentId,
    deploymentGroupName: "web",
    createTime: date,
    completeTime: date,
    deploymentOverview: '{"Pending":0,"InProgress":0,"Succeeded":0,"Failed":0,"Skipped":1}',
    status: "STOPPED",
    errorInformation: expect.stringContaining('"ErrorCode":"MANUAL_STOP"'),
    rollbackInformation: expect.stringContaining(`"RollbackDeploymentId":"${back}"`),
  });
});

test("revisions that deployments use, and those that somebody registers, are known by where they are", async () => {
  const applicationName = "web";
  const revision = { revisionType: "S3" } as const;
  const s3Location = { bucket: "specs", key: "next/appspec.json", bundleType: "JSON" } as const;
  await bg.codedeploy.send(
    new RegisterApplicationRevisionCommand({
      applicationName,
      description: "the next one",
      revision: { ...revision, s3Location },
    }),
  );
  const list = async (more: Partial<ListApplicationRevisionsCommandInput>) => {
    const { revisions } = await bg.codedeploy.send(
      new ListApplicationRevisionsCommand({ applicationName, ...more }),
    );
    return revisions!;
  };
  const keys = async (more: Partial<ListApplicationRevisionsCommandInput>) =>
    (await list({ s3Bucket: "specs", ...more })).map((it) => it.s3Location!.key);
  expect(await keys({})).toEqual(["appspec.yaml", "next/appspec.json"]);
  expect(await keys({ sortBy: "lastUsedTime", sortOrder: "ascending" })).toEqual([
    "next/appspec.json",
    "appspec.yaml",
  ]);
  expect(await keys({ s3KeyPrefix: "next/" })).toEqual(["next/appspec.json"]);
  await expect(list({ s3KeyPrefix: "next/" })).rejects.toMatchObject({
    name: "BucketNameFilterRequiredException",
  });
  // Of the deployments so far one has succeeded.
  const [deployed, ...others] = await list({ deployed: "include" });
  expect(others).toEqual([]);
  const { sha256 } = deployed!.appSpecContent!;
  const found = await bg.codedeploy.send(
    new GetApplicationRevisionCommand({
      applicationName,
      revision: { revisionType: "AppSpecContent", appSpecContent: { sha256 } },
    }),
  );
  expect(found.revisionInfo).toEqual({
    description: expect.stringMatching(
      /^Application revision registered by Deployment ID: d-[A-Z0-9]{9}$/,
    ),
    deploymentGroups: ["web"],
    registerTime: expect.any(Date),
    firstUsedTime: expect.any(Date),
    lastUsedTime: expect.any(Date),
  });
  const missing = { ...revision, s3Location: { ...s3Location, key: "none.json" } };
  await expect(
    bg.codedeploy.send(new GetApplicationRevisionCommand({ applicationName, revision: missing })),
  ).rejects.toMatchObject({ name: "RevisionDoesNotExistException" });
  const several = await bg.codedeploy.send(
    new BatchGetApplicationRevisionsCommand({
      applicationName,
      revisions: [{ ...revision, s3Location }, missing],
    }),
  );
  expect(several).toMatchObject({
    applicationName,
    errorMessage: "The specified revision does not exist.",
    revisions: [
      {
        revisionLocation: { s3Location },
        genericRevisionInfo: { description: "the next one", deploymentGroups: [] },
      },
    ],
  });
});

test("a role without the rights, and an AppSpec file with hooks, make deployments fail in CodeDeploy's words", async () => {
  const hooks = await bg.deploy(
    {},
    {
      revision: {
        revisionType: "AppSpecContent",
        appSpecContent: { content: `${appSpec("web")}Hooks:\n  - BeforeInstall: "check"\n` },
      },
    },
  );
  expect(await bg.ended(hooks)).toMatchObject({
    status: "Failed",
    errorInformation: { code: "INVALID_REVISION", message: expect.stringContaining("hooks") },
  });
  await bg.services.cloud.iam.send(
    new DetachRolePolicyCommand({
      RoleName: "codedeploy",
      PolicyArn: "arn:aws:iam::aws:policy/AWSCodeDeployRoleForECS",
    }),
  );
  const denied = await bg.deploy(
    { VERSION: "five" },
    { overrideAlarmConfiguration: { enabled: false } },
  );
  expect((await bg.ended(denied)).errorInformation).toEqual({
    code: "IAM_ROLE_PERMISSIONS",
    message: `The IAM role ${bg.roleArn} does not give you permission to perform operations in the following AWS service: AmazonECS.`,
  });
});
