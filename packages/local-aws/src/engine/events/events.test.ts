import {
  CreateEventBusCommand,
  DisableRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { RunTaskCommand, StopTaskCommand } from "@aws-sdk/client-ecs";
import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateTopicCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { afterAll, beforeAll, expect, test } from "vitest";
import { policyOf, roleSession } from "../../services/iam/testing/role-session.ts";
import { TEST_REGION } from "../../testing.ts";
import { addEmptyProvider } from "./testing/empty-provider.ts";
import { ACCOUNT, CLUSTER, EventsCloud, RUN_TASK } from "./testing/events-cloud.ts";

const MINUTE_MS = 60_000;

let cloud: EventsCloud;
beforeAll(async () => {
  cloud = await EventsCloud.start();
}, 60_000);
afterAll(() => cloud.stop());

const patternOf = (source: string) => JSON.stringify({ source: [source] });
const put = (Source: string, detail: object, EventBusName?: string) =>
  cloud.events.send(
    new PutEventsCommand({
      Entries: [
        {
          Source,
          DetailType: "Order placed",
          Detail: JSON.stringify(detail),
          Resources: ["arn:of:it"],
          Time: new Date("2026-03-01T10:00:00Z"),
          EventBusName,
        },
      ],
    }),
  );

test("an event comes to the log groups of the rules that it matches, and of no others", async () => {
  await cloud.rule("orders", { EventPattern: patternOf("shop") }, await cloud.group("/orders"));
  await cloud.rule("others", { EventPattern: patternOf("bank") }, await cloud.group("/others"));
  const { Entries } = await put("shop", { id: 1 });
  const [line] = await cloud.linesOnceThere("/orders", 1);
  expect(JSON.parse(line!)).toEqual({
    version: "0",
    id: Entries![0]!.EventId,
    "detail-type": "Order placed",
    source: "shop",
    account: ACCOUNT,
    time: "2026-03-01T10:00:00Z",
    region: TEST_REGION,
    resources: ["arn:of:it"],
    detail: { id: 1 },
  });
  expect(await cloud.lines("/others")).toEqual([]);
});

test("a target is sent what its input says: a constant, a part of the event, or a template", async () => {
  const target = await cloud.group("/inputs");
  const template = (InputTemplate: string) => ({
    InputTransformer: {
      InputPathsMap: {
        id: "$.detail.id",
        all: "$.detail",
        list: "$.detail.items[1]",
        no: "$.detail.no",
      },
      InputTemplate,
    },
  });
  await cloud.rule(
    "inputs",
    { EventPattern: patternOf("inputs") },
    { ...target, Id: "1", Input: '{"always":"this"}' },
    { ...target, Id: "2", InputPath: "$.detail.items" },
    {
      ...target,
      Id: "3",
      ...template('{"id":<id>,"text":"no <id> of <list>","all":<all>,"no":<no>}'),
    },
    { ...target, Id: "4", ...template('"Order <id><no> by <aws.events.rule-name>"') },
    { ...target, Id: "5", ...template('{"timestamp":1772359200000,"message":"order <id>"}') },
  );
  await put("inputs", { id: 'a"b', items: ["x", "y"] });
  const lines = await cloud.linesOnceThere("/inputs", 5);
  expect(lines.toSorted()).toEqual(
    [
      '{"always":"this"}',
      '["x","y"]',
      '{"id":"a\\"b","text":"no a\\"b of y","all":{"id":"a\\"b","items":["x","y"]},"no":null}',
      '"Order a\\"b by inputs"',
      'order a"b',
    ].toSorted(),
  );
});

test("a bus sends on to another by a role, and what came from there goes no further", async () => {
  const buses: string[] = [];
  for (const Name of ["first", "second"]) {
    const { EventBusArn } = await cloud.events.send(new CreateEventBusCommand({ Name }));
    buses.push(EventBusArn!);
  }
  const RoleArn = await cloud.role("relay", "events.amazonaws.com", {
    Effect: "Allow",
    Action: "events:PutEvents",
    Resource: "*",
  });
  const EventPattern = patternOf("relay");
  await cloud.rule("to-first", { EventPattern }, { Id: "bus", Arn: buses[0], RoleArn });
  await cloud.rule(
    "to-second",
    { EventPattern, EventBusName: "first" },
    { Id: "bus", Arn: buses[1], RoleArn },
    await cloud.group("/first"),
  );
  await cloud.rule("end", { EventPattern, EventBusName: "second" }, await cloud.group("/second"));
  const undelivered = await cloud.undelivered();
  await put("relay", {});
  const [line] = await cloud.linesOnceThere("/first", 1);
  expect(JSON.parse(line!)).toMatchObject({ source: "relay", "detail-type": "Order placed" });
  await cloud.until(async () =>
    expect(undelivered()).toMatchObject([{ code: "THIRD_ACCOUNT_HOP_DETECTED" }]),
  );
  expect(await cloud.lines("/second")).toEqual([]);
});

test("a role that has a path is held to conditions by its whole ARN", async () => {
  const { EventBusArn: Arn } = await cloud.events.send(
    new CreateEventBusCommand({ Name: "of-path" }),
  );
  const RoleArn = await cloud.role("service/with-path", "events.amazonaws.com", {
    Effect: "Allow",
    Action: "events:PutEvents",
    Resource: "*",
    Condition: {
      ArnEquals: { "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/service/with-path` },
    },
  });
  const EventPattern = patternOf("with-path");
  await cloud.rule("to-bus", { EventPattern }, { Id: "bus", Arn, RoleArn });
  const end = { EventPattern, EventBusName: "of-path" };
  await cloud.rule("of-path", end, await cloud.group("/with-path"));
  await put("with-path", {});
  expect(await cloud.linesOnceThere("/with-path", 1)).toHaveLength(1);
});

test("a rule runs a task by its role, with the overrides of its input", async () => {
  const RoleArn = await cloud.role("runner", "events.amazonaws.com", RUN_TASK);
  const Input = JSON.stringify({
    containerOverrides: [
      { name: "job", command: ["special"], environment: [{ name: "DAY", value: "1" }] },
    ],
  });
  const EcsParameters = {
    ...cloud.onFargate,
    TaskCount: 2,
    Group: "batch",
    Tags: [{ Key: "made-by", Value: "rule" }],
  };
  await cloud.rule(
    "run-job",
    { EventPattern: patternOf("run") },
    { Id: "task", Arn: CLUSTER, RoleArn, Input, EcsParameters },
  );
  await put("run", {});
  const tasks = await cloud.startedBy("events-rule/run-job", 2);
  expect(tasks[0]).toMatchObject({
    group: "batch",
    launchType: "FARGATE",
    taskDefinitionArn: cloud.definition,
    tags: [{ key: "made-by", value: "rule" }],
    overrides: {
      containerOverrides: [
        { name: "job", command: ["special"], environment: [{ name: "DAY", value: "1" }] },
      ],
    },
  });
});

test("a role that lacks a right runs nothing, and what is missing is said by name", async () => {
  const RoleArn = await cloud.role("weak", "events.amazonaws.com", {
    ...RUN_TASK,
    Action: "ecs:RunTask",
  });
  await cloud.rule(
    "weak-job",
    { EventPattern: patternOf("weak") },
    { Id: "task", Arn: CLUSTER, RoleArn, EcsParameters: cloud.onFargate },
  );
  const undelivered = await cloud.undelivered();
  await put("weak", {});
  await cloud.until(async () =>
    expect(undelivered()).toMatchObject([
      {
        code: "NO_PERMISSIONS",
        message: expect.stringMatching(
          /^User: arn:aws:sts::123456789012:assumed-role\/weak\/\w+ is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role\/execution because no identity-based policy allows the iam:PassRole action$/,
        ),
      },
    ]),
  );
  await cloud.iam.send(
    new PutRolePolicyCommand({
      RoleName: "weak",
      PolicyName: "own",
      PolicyDocument: policyOf(RUN_TASK),
    }),
  );
  await put("weak", {});
  await cloud.startedBy("events-rule/weak-job");
});

test("a log group is not written into where no policy of Logs lets EventBridge", async () => {
  await cloud.rule("closed", { EventPattern: patternOf("closed") }, await cloud.group("/closed"));
  await cloud.letWrite({ Service: "delivery.example.amazonaws.com" });
  const undelivered = await cloud.undelivered();
  await put("closed", {});
  await cloud.until(async () =>
    expect(undelivered()).toMatchObject([
      { code: "NO_PERMISSIONS", message: expect.stringContaining("logs:CreateLogStream") },
    ]),
  );
  await cloud.letWrite({ Service: "events.amazonaws.com" });
  await put("closed", {});
  await cloud.linesOnceThere("/closed", 1);
});

test("a queue is a target, and another one takes what could not be delivered", async () => {
  const RoleArn = await cloud.role("idle", "events.amazonaws.com");
  const [work, dead] = [await cloud.queue("work"), await cloud.queue("dead")];
  const DeadLetterConfig = { Arn: dead.arn };
  await cloud.rule(
    "queues",
    { EventPattern: patternOf("queues") },
    { Id: "queue", Arn: work.arn, InputPath: "$.detail" },
    { Id: "task", Arn: CLUSTER, RoleArn, EcsParameters: cloud.onFargate, DeadLetterConfig },
  );
  await put("queues", { n: 1 });
  expect(await cloud.receive(work.url)).toMatchObject({ Body: '{"n":1}' });
  const letter = await cloud.receive(dead.url);
  expect(JSON.parse(letter.Body!)).toMatchObject({ source: "queues", detail: { n: 1 } });
  const text = (StringValue: unknown) => ({ DataType: "String", StringValue });
  expect(letter.MessageAttributes).toEqual({
    RULE_ARN: text(`arn:aws:events:${TEST_REGION}:${ACCOUNT}:rule/queues`),
    TARGET_ARN: text(CLUSTER),
    ERROR_CODE: text("NO_PERMISSIONS"),
    ERROR_MESSAGE: text(expect.stringContaining("is not authorized to perform: ecs:RunTask")),
    RETRY_ATTEMPTS: text("0"),
  });
});

test("a topic is a target where its policy lets EventBridge publish", async () => {
  const sns = new SNSClient(cloud.test.clientConfig);
  const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "told" }));
  const queue = await cloud.queue("told", "sns.amazonaws.com");
  const Attributes = { RawMessageDelivery: "true" };
  await sns.send(
    new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: queue.arn, Attributes }),
  );
  const AttributeValue = policyOf({
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sns:Publish",
    Resource: TopicArn,
  });
  await sns.send(
    new SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue }),
  );
  const target = { Id: "topic", Arn: TopicArn, InputPath: "$.detail" };
  await cloud.rule("told", { EventPattern: patternOf("told") }, target);
  await put("told", { n: 1 });
  expect(await cloud.receive(queue.url)).toMatchObject({ Body: '{"n":1}' });
  sns.destroy();
});

test("who puts a target with a role has to be allowed to pass it", async () => {
  const RoleArn = await cloud.role("passed", "events.amazonaws.com");
  const all = { Effect: "Allow", Action: "events:*", Resource: "*" };
  const { clientConfig } = await roleSession(cloud.test, "author", all);
  const author = new EventBridgeClient(clientConfig);
  await author.send(new PutRuleCommand({ Name: "authored", EventPattern: patternOf("x") }));
  const target = { ...(await cloud.group("/authored")), RoleArn };
  await expect(
    author.send(new PutTargetsCommand({ Rule: "authored", Targets: [target] })),
  ).rejects.toThrow(`is not authorized to perform: iam:PassRole on resource: ${RoleArn}`);
  author.destroy();
});

test("a task for which there is no room is tried again, up to the bounds of the target", async () => {
  const RoleArn = await cloud.role("patient", "events.amazonaws.com", RUN_TASK);
  const dead = await cloud.queue("no-room");
  await addEmptyProvider(cloud, "none");
  const TaskDefinitionArn = await cloud.define({
    family: "on-instances",
    containerDefinitions: [{ name: "job", image: "job", memory: 64 }],
  });
  await cloud.rule(
    "no-room",
    { EventPattern: patternOf("no-room") },
    {
      Id: "task",
      Arn: CLUSTER,
      RoleArn,
      EcsParameters: {
        TaskDefinitionArn,
        CapacityProviderStrategy: [{ capacityProvider: "none", weight: 1 }],
      },
      DeadLetterConfig: { Arn: dead.arn },
      RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
    },
  );
  await put("no-room", {});
  const letter = await cloud.receive(dead.url, 1_000);
  expect(letter.MessageAttributes).toMatchObject({
    ERROR_CODE: { StringValue: "ERROR_FROM_TARGET" },
    ERROR_MESSAGE: { StringValue: "EMPTY CAPACITY PROVIDER" },
    EXHAUSTED_RETRY_CONDITION: { StringValue: "MaximumRetryAttempts" },
    RETRY_ATTEMPTS: { StringValue: "2" },
  });
});

test("what a task goes through is told on the default bus", async () => {
  const EventPattern = JSON.stringify({
    source: ["aws.ecs"],
    "detail-type": ["ECS Task State Change"],
    detail: { clusterArn: [CLUSTER], group: ["family:job"] },
  });
  await cloud.rule("tasks", { EventPattern }, await cloud.group("/tasks"));
  const { tasks = [] } = await cloud.ecs.send(
    new RunTaskCommand({
      cluster: "c",
      taskDefinition: "job",
      launchType: "FARGATE",
      networkConfiguration: { awsvpcConfiguration: { subnets: cloud.subnets } },
    }),
  );
  const { taskArn = "" } = tasks[0]!;
  await cloud.ecs.send(new StopTaskCommand({ cluster: "c", task: taskArn, reason: "enough" }));
  await cloud.until(async () => {
    const told = (await cloud.lines("/tasks")).map((line) => JSON.parse(line) as object);
    expect(told).toContainEqual(
      expect.objectContaining({
        "detail-type": "ECS Task State Change",
        source: "aws.ecs",
        resources: [taskArn],
        detail: expect.objectContaining({
          taskArn,
          desiredStatus: "STOPPED",
          stopCode: "UserInitiated",
          stoppedReason: "enough",
          version: expect.any(Number),
          attachments: [expect.objectContaining({ type: "eni" })],
          containers: [expect.objectContaining({ name: "job", taskArn })],
        }),
      }),
    );
  });
});

test("a rate comes once each time that it has passed, and what a sleeping machine missed is not made up for", async () => {
  await cloud.rule("ticks", { ScheduleExpression: "rate(5 minutes)" }, await cloud.group("/ticks"));
  await cloud.clock.advance(4 * MINUTE_MS);
  expect(await cloud.lines("/ticks")).toEqual([]);
  await cloud.clock.advance(MINUTE_MS);
  const [line] = await cloud.linesOnceThere("/ticks", 1);
  expect(JSON.parse(line!)).toMatchObject({
    "detail-type": "Scheduled Event",
    source: "aws.events",
    resources: [`arn:aws:events:${TEST_REGION}:${ACCOUNT}:rule/ticks`],
    detail: {},
  });
  await cloud.events.send(new DisableRuleCommand({ Name: "ticks" }));
  await cloud.clock.advance(30 * MINUTE_MS);
  expect(await cloud.lines("/ticks")).toHaveLength(1);
});

test("a cron expression comes at its minute of UTC", async () => {
  const next = new Date(Math.ceil(cloud.clock.now() / MINUTE_MS) * MINUTE_MS + 2 * MINUTE_MS);
  const ScheduleExpression = `cron(${next.getUTCMinutes()} ${next.getUTCHours()} * * ? *)`;
  await cloud.rule("daily", { ScheduleExpression }, await cloud.group("/daily"));
  await cloud.clock.advance(next.getTime() - cloud.clock.now() - 1);
  expect(await cloud.lines("/daily")).toEqual([]);
  await cloud.clock.advance(1);
  const [line] = await cloud.linesOnceThere("/daily", 1);
  expect(JSON.parse(line!)).toMatchObject({ time: next.toISOString().replace(".000", "") });
});

test("no more is sent to a target that was taken away, nor by a rule that was changed", async () => {
  const target = await cloud.group("/changed");
  await cloud.rule("changed", { EventPattern: patternOf("changed") }, target);
  await cloud.events.send(new RemoveTargetsCommand({ Rule: "changed", Ids: [target.Id!] }));
  await put("changed", { n: 1 });
  await cloud.events.send(new PutTargetsCommand({ Rule: "changed", Targets: [target] }));
  await cloud.events.send(
    new PutRuleCommand({ Name: "changed", EventPattern: patternOf("other") }),
  );
  await put("changed", { n: 2 });
  await put("other", { n: 3 });
  const [line] = await cloud.linesOnceThere("/changed", 1);
  expect(JSON.parse(line!)).toMatchObject({ detail: { n: 3 } });
});
