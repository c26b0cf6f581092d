import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemovePermissionCommand,
  RemoveTargetsCommand,
  TagResourceCommand,
  TestEventPatternCommand,
  UntagResourceCommand,
  UpdateEventBusCommand,
  type PutRuleCommandInput,
  type Target,
} from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, TEST_REGION, type TestCloud } from "../../testing.ts";

const HERE = `arn:aws:events:${TEST_REGION}:123456789012`;
const LOG = `arn:aws:logs:${TEST_REGION}:123456789012:log-group:/x`;
const PATTERN = '{"source":["shop"]}';

let cloud: TestCloud;
let events: EventBridgeClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  events = new EventBridgeClient(cloud.clientConfig);
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

const rule = (Name: string, more: Partial<PutRuleCommandInput> = { EventPattern: PATTERN }) =>
  events.send(new PutRuleCommand({ Name, ...more }));
const target = (Rule: string, ...Targets: Target[]) =>
  events.send(new PutTargetsCommand({ Rule, Targets }));

test("a bus is made, described, changed and taken away; the default one is always there", async () => {
  const Name = "orders";
  const made = await events.send(new CreateEventBusCommand({ Name, Description: "one" }));
  expect(made.EventBusArn).toBe(`${HERE}:event-bus/orders`);
  await expect(events.send(new CreateEventBusCommand({ Name }))).rejects.toMatchObject({
    name: "ResourceAlreadyExistsException",
    message: "Event bus orders already exists.",
  });
  await events.send(new UpdateEventBusCommand({ Name, Description: "two" }));
  expect(await events.send(new DescribeEventBusCommand({ Name }))).toMatchObject({
    Name,
    Description: "two",
  });
  const { EventBuses = [] } = await events.send(new ListEventBusesCommand({}));
  expect(EventBuses.map((bus) => bus.Name)).toEqual(["default", "orders"]);
  const page = await events.send(new ListEventBusesCommand({ Limit: 1 }));
  const rest = await events.send(new ListEventBusesCommand({ NextToken: page.NextToken }));
  expect(rest.EventBuses).toMatchObject([{ Name: "orders" }]);
  await rule("kept", { EventPattern: PATTERN, EventBusName: Name });
  await expect(events.send(new DeleteEventBusCommand({ Name }))).rejects.toThrow("has rules");
  await events.send(new DeleteRuleCommand({ Name: "kept", EventBusName: Name }));
  await events.send(new DeleteEventBusCommand({ Name }));
  await expect(events.send(new DescribeEventBusCommand({ Name }))).rejects.toThrow(
    "Event bus orders does not exist.",
  );
  await expect(events.send(new DeleteEventBusCommand({ Name: "default" }))).rejects.toThrow(
    "Cannot delete event bus default.",
  );
});

test("statements of a bus's policy are put and removed one by one, or as a whole document", async () => {
  const policy = async () => (await events.send(new DescribeEventBusCommand({}))).Policy;
  const statement = { Action: "events:PutEvents", StatementId: "other" };
  await events.send(new PutPermissionCommand({ ...statement, Principal: "111111111111" }));
  expect(JSON.parse((await policy())!)).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "other",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111111111111:root" },
        Action: "events:PutEvents",
        Resource: `${HERE}:event-bus/default`,
      },
    ],
  });
  await events.send(new RemovePermissionCommand({ StatementId: "other" }));
  expect(await policy()).toBeUndefined();
  await expect(
    events.send(new RemovePermissionCommand({ StatementId: "other" })),
  ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  await expect(events.send(new PutPermissionCommand({ Policy: "{}" }))).rejects.toMatchObject({
    name: "ValidationException",
  });
});

test("a rule is put again in place, and keeps its targets and tags", async () => {
  const Tags = [{ Key: "team", Value: "blue" }];
  const { RuleArn } = await rule("again", {
    EventPattern: PATTERN,
    Description: "one",
    State: "DISABLED",
    Tags,
  });
  expect(RuleArn).toBe(`${HERE}:rule/again`);
  await target("again", { Id: "log", Arn: LOG });
  await rule("again", { ScheduleExpression: "rate(1 day)", Tags: [{ Key: "team", Value: "red" }] });
  const found = await events.send(new DescribeRuleCommand({ Name: "again" }));
  expect(found).toMatchObject({
    State: "ENABLED",
    ScheduleExpression: "rate(1 day)",
    EventBusName: "default",
  });
  expect(found).not.toHaveProperty("Description");
  expect(found).not.toHaveProperty("EventPattern");
  const tags = () => events.send(new ListTagsForResourceCommand({ ResourceARN: RuleArn }));
  expect(await tags()).toMatchObject({ Tags });
  await events.send(
    new TagResourceCommand({ ResourceARN: RuleArn, Tags: [{ Key: "a", Value: "b" }] }),
  );
  await events.send(new UntagResourceCommand({ ResourceARN: RuleArn, TagKeys: ["team"] }));
  expect(await tags()).toMatchObject({ Tags: [{ Key: "a", Value: "b" }] });
  const byTarget = await events.send(new ListRuleNamesByTargetCommand({ TargetArn: LOG }));
  expect(byTarget.RuleNames).toEqual(["again"]);
  await expect(events.send(new DeleteRuleCommand({ Name: "again" }))).rejects.toThrow(
    "Rule can't be deleted since it has targets.",
  );
  const removed = await events.send(
    new RemoveTargetsCommand({ Rule: "again", Ids: ["log", "no"] }),
  );
  expect(removed).toMatchObject({
    FailedEntryCount: 1,
    FailedEntries: [{ TargetId: "no", ErrorCode: "ResourceNotFoundException" }],
  });
  await events.send(new DeleteRuleCommand({ Name: "again" }));
  const { Rules } = await events.send(new ListRulesCommand({ NamePrefix: "again" }));
  expect(Rules).toEqual([]);
  await expect(events.send(new EnableRuleCommand({ Name: "again" }))).rejects.toThrow(
    "Rule again does not exist on EventBus default.",
  );
});

test.each<[object, string]>([
  [{}, "Parameter(s) EventPattern or ScheduleExpression must be specified."],
  [{ ScheduleExpression: "rate(2 minute)" }, "Parameter ScheduleExpression is not valid."],
  [{ ScheduleExpression: "at(2030-01-01T00:00:00)" }, "Parameter ScheduleExpression is not valid."],
  [{ EventPattern: "[]" }, "Event pattern is not valid. Reason: Filter is not an object"],
  [{ EventPattern: PATTERN, EventBusName: "gone" }, "Event bus gone does not exist."],
])("a rule that cannot be is refused: %j", async (more, message) => {
  await expect(rule("wrong", more)).rejects.toThrow(message);
});

test("targets that cannot be are refused, and the rule keeps those it has", async () => {
  await rule("targets");
  const wrong: [Target, string][] = [
    [{ Id: "1", Arn: "nonsense" }, "Provided Arn is not in correct format."],
    [
      { Id: "1", Arn: LOG, Input: "{}", InputPath: "$.a" },
      "Only one of Input, InputPath, or InputTransformer",
    ],
    [{ Id: "1", Arn: LOG, Input: "{" }, "JSON syntax error in input for target 1"],
    [
      { Id: "1", Arn: LOG, InputTransformer: { InputTemplate: '{"a":<b>}' } },
      "invalid placeholder b",
    ],
    [
      { Id: "1", Arn: LOG, InputTransformer: { InputTemplate: "text" } },
      "Invalid InputTemplate for target 1",
    ],
    [
      { Id: "1", Arn: `arn:aws:ecs:${TEST_REGION}:123456789012:cluster/c` },
      "Parameter(s) EcsParameters must be specified for target: 1.",
    ],
    [
      { Id: "1", Arn: `arn:aws:lambda:${TEST_REGION}:123456789012:function:f` },
      "Local AWS does not support lambda as a target of events",
    ],
  ];
  for (const [each, message] of wrong)
    await expect(target("targets", each)).rejects.toThrow(message);
  const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: "targets" }));
  expect(Targets).toEqual([]);
  const six = Array.from({ length: 6 }, (_, at) => ({ Id: String(at), Arn: LOG }));
  await expect(target("targets", ...six)).rejects.toMatchObject({ name: "LimitExceededException" });
});

test("each event that is put is answered by itself", async () => {
  const good = { Source: "shop", DetailType: "t", Detail: "{}" };
  const { FailedEntryCount, Entries } = await events.send(
    new PutEventsCommand({
      Entries: [
        good,
        { ...good, Source: "aws.shop" },
        { ...good, Detail: "[1]" },
        { ...good, DetailType: undefined },
        { ...good, EventBusName: "arn:aws:events:us-east-1:111111111111:event-bus/default" },
      ],
    }),
  );
  expect(FailedEntryCount).toBe(4);
  expect(Entries).toMatchObject([
    { EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    { ErrorCode: "NotAuthorizedForSourceException" },
    { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." },
    { ErrorCode: "InvalidArgument" },
    { ErrorCode: "AccessDeniedException" },
  ]);
});

test("a pattern can be tried on an event", async () => {
  const event = {
    id: "1",
    account: "1",
    source: "shop",
    time: "2026-01-01T00:00:00Z",
    region: "r",
    resources: [],
    "detail-type": "t",
  };
  const tried = (EventPattern: string, Event: object) =>
    events.send(new TestEventPatternCommand({ EventPattern, Event: JSON.stringify(Event) }));
  expect(await tried(PATTERN, event)).toMatchObject({ Result: true });
  expect(await tried('{"source":["bank"]}', event)).toMatchObject({ Result: false });
  await expect(tried(PATTERN, {})).rejects.toThrow("missing the mandatory field id");
});
