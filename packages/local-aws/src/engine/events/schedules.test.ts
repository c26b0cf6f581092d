import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  SchedulerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateScheduleCommand,
  type CreateScheduleCommandInput,
  type Target,
} from "@aws-sdk/client-scheduler";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TEST_REGION } from "../../testing.ts";
import { ACCOUNT, CLUSTER, EventsCloud, RUN_TASK } from "./testing/events-cloud.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const HERE = `arn:aws:scheduler:${TEST_REGION}:${ACCOUNT}`;

let cloud: EventsCloud;
let scheduler: SchedulerClient;
let sender = "";
beforeAll(async () => {
  cloud = await EventsCloud.start();
  scheduler = new SchedulerClient(cloud.test.clientConfig);
  const Action = ["sqs:SendMessage", "events:PutEvents"];
  const rights = { Effect: "Allow", Action, Resource: "*" };
  sender = await cloud.role("sender", "scheduler.amazonaws.com", rights);
}, 60_000);
afterAll(() => cloud.stop());

const OFF = { FlexibleTimeWindow: { Mode: "OFF" as const } };

const create = (Name: string, more: Partial<CreateScheduleCommandInput> & { Target: Target }) =>
  scheduler.send(
    new CreateScheduleCommand({ Name, ...OFF, ScheduleExpression: "rate(1 hour)", ...more }),
  );

/** How many messages are in a queue. */
async function waiting(QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await cloud.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
  );
  return Number(Attributes.ApproximateNumberOfMessages);
}
const onceThere = (url: string, count: number) =>
  cloud.until(async () => expect(await waiting(url)).toBe(count));

/** `at(…)` in a time zone, so many milliseconds from now, at a whole minute. */
function at(ms: number, timeZone = "UTC"): { time: number; expression: string } {
  const time = Math.ceil((cloud.clock.now() + ms) / MINUTE_MS) * MINUTE_MS;
  const local = new Date(time).toLocaleString("sv-SE", { timeZone }).replace(" ", "T");
  return { time, expression: `at(${local})` };
}

test("a one-time schedule happens at its minute of its time zone, and goes where it is to", async () => {
  const queue = await cloud.queue("once");
  const { time, expression } = at(10 * MINUTE_MS, "Asia/Tokyo");
  const Input = '{"at":"<aws.scheduler.scheduled-time>","by":"<aws.scheduler.schedule-arn>"}';
  await create("once", {
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: "Asia/Tokyo",
    ActionAfterCompletion: "DELETE",
    Target: { Arn: queue.arn, RoleArn: sender, Input },
  });
  await cloud.clock.advance(time - cloud.clock.now() - 1);
  expect(await waiting(queue.url)).toBe(0);
  await cloud.clock.advance(1);
  const { Body } = await cloud.receive(queue.url);
  expect(JSON.parse(Body!)).toEqual({
    at: new Date(time).toISOString().replace(".000", ""),
    by: `${HERE}:schedule/default/once`,
  });
  await expect(scheduler.send(new GetScheduleCommand({ Name: "once" }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});

test("a rate begins at once or at its start, and ends with its end", async () => {
  const queue = await cloud.queue("rate");
  const Target = { Arn: queue.arn, RoleArn: sender, Input: "tick" };
  await create("rate", { ScheduleExpression: "rate(10 minute)", Target });
  await cloud.clock.advance(0);
  await onceThere(queue.url, 1);
  await cloud.clock.advance(10 * MINUTE_MS);
  await onceThere(queue.url, 2);
  await scheduler.send(new DeleteScheduleCommand({ Name: "rate" }));
  const StartDate = new Date(cloud.clock.now() + HOUR_MS);
  const EndDate = new Date(StartDate.getTime() + 15 * MINUTE_MS);
  await create("bounded", { ScheduleExpression: "rate(10 minutes)", StartDate, EndDate, Target });
  await cloud.clock.advance(HOUR_MS - 1_000);
  expect(await waiting(queue.url)).toBe(2);
  await cloud.clock.advance(1_000 + HOUR_MS);
  await onceThere(queue.url, 4);
});

test("a flexible window puts a time off by less than its minutes", async () => {
  const queue = await cloud.queue("flexible");
  const { time, expression } = at(MINUTE_MS);
  await create("flexible", {
    ScheduleExpression: expression,
    FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 15 },
    Target: { Arn: queue.arn, RoleArn: sender, Input: "late" },
  });
  await cloud.clock.advance(time - cloud.clock.now() - 1);
  expect(await waiting(queue.url)).toBe(0);
  await cloud.clock.advance(15 * MINUTE_MS + 1);
  await onceThere(queue.url, 1);
});

test("a schedule runs a task with overrides by its role, and a role without the right leaves a dead letter", async () => {
  const queue = await cloud.queue("dead");
  const runner = await cloud.role("job-runner", "scheduler.amazonaws.com", RUN_TASK);
  const weak = await cloud.role("weak-runner", "scheduler.amazonaws.com", {
    Effect: "Allow",
    Action: "sqs:SendMessage",
    Resource: queue.arn,
  });
  const Target = {
    Arn: CLUSTER,
    Input: JSON.stringify({ containerOverrides: [{ name: "job", command: ["nightly"] }] }),
    EcsParameters: { ...cloud.onFargate, Tags: [{ key: "made-by", value: "schedule" }] },
    DeadLetterConfig: { Arn: queue.arn },
  };
  const { expression: ScheduleExpression } = at(MINUTE_MS);
  await create("job", { ScheduleExpression, Target: { ...Target, RoleArn: runner } });
  await create("weak", { ScheduleExpression, Target: { ...Target, RoleArn: weak } });
  await cloud.clock.advance(2 * MINUTE_MS);
  const [task] = await cloud.startedBy("chronos-schedule/job");
  expect(task).toMatchObject({
    tags: [{ key: "made-by", value: "schedule" }],
    overrides: { containerOverrides: [{ name: "job", command: ["nightly"] }] },
  });
  const { MessageAttributes } = await cloud.receive(queue.url);
  expect(MessageAttributes).toMatchObject({
    ERROR_CODE: { StringValue: "AccessDeniedException" },
    ERROR_MESSAGE: { StringValue: expect.stringContaining("to perform: ecs:RunTask") },
    SCHEDULE_ARN: { StringValue: `${HERE}:schedule/default/weak` },
    TARGET_ARN: { StringValue: CLUSTER },
    RETRY_ATTEMPTS: { StringValue: "0" },
  });
});

test("a schedule puts an event of its own on a bus", async () => {
  const EventPattern = JSON.stringify({ source: ["nightly"] });
  await cloud.rule("from-schedule", { EventPattern }, await cloud.group("/from-schedule"));
  const { expression: ScheduleExpression } = at(MINUTE_MS);
  const Target = {
    Arn: `arn:aws:events:${TEST_REGION}:${ACCOUNT}:event-bus/default`,
    RoleArn: sender,
    Input: '{"day":1}',
    EventBridgeParameters: { Source: "nightly", DetailType: "Time" },
  };
  await create("event", { ScheduleExpression, Target });
  await cloud.clock.advance(2 * MINUTE_MS);
  const [line] = await cloud.linesOnceThere("/from-schedule", 1);
  expect(JSON.parse(line!)).toMatchObject({ "detail-type": "Time", detail: { day: 1 } });
});

test("groups and schedules are made, listed, updated with defaults, tagged and taken away together", async () => {
  const Tags = [{ Key: "team", Value: "blue" }];
  const group = await scheduler.send(new CreateScheduleGroupCommand({ Name: "nights", Tags }));
  const ResourceArn = group.ScheduleGroupArn;
  expect(ResourceArn).toBe(`${HERE}:schedule-group/nights`);
  await expect(
    scheduler.send(new CreateScheduleGroupCommand({ Name: "nights" })),
  ).rejects.toMatchObject({ name: "ConflictException" });
  await scheduler.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "a", Value: "b" }] }));
  await scheduler.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["team"] }));
  expect(await scheduler.send(new ListTagsForResourceCommand({ ResourceArn }))).toMatchObject({
    Tags: [{ Key: "a", Value: "b" }],
  });
  const { ScheduleGroups = [] } = await scheduler.send(new ListScheduleGroupsCommand({}));
  expect(ScheduleGroups.map(({ Name }) => Name)).toEqual(["default", "nights"]);
  const GroupName = "nights";
  const Target = { Arn: (await cloud.queue("group")).arn, RoleArn: sender, Input: "x" };
  const asked = { Name: "one", GroupName, ...OFF, ScheduleExpression: "cron(0 3 * * ? *)", Target };
  const token = { ClientToken: "same" };
  const made = await create("one", { ...asked, Description: "first", ...token });
  expect(await create("one", { ...asked, Description: "first", ...token })).toMatchObject({
    ScheduleArn: made.ScheduleArn,
  });
  await expect(create("one", asked)).rejects.toMatchObject({ name: "ConflictException" });
  await scheduler.send(new UpdateScheduleCommand({ ...asked, State: "DISABLED" }));
  const found = await scheduler.send(new GetScheduleCommand({ Name: "one", GroupName }));
  expect(found).toMatchObject({
    State: "DISABLED",
    ScheduleExpressionTimezone: "UTC",
    ActionAfterCompletion: "NONE",
    Target: { RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } },
  });
  expect(found).not.toHaveProperty("Description");
  const { Schedules } = await scheduler.send(new ListSchedulesCommand({ GroupName }));
  expect(Schedules).toMatchObject([{ Name: "one", Target: { Arn: Target.Arn } }]);
  await scheduler.send(new DeleteScheduleGroupCommand({ Name: "nights" }));
  await expect(
    scheduler.send(new GetScheduleGroupCommand({ Name: "nights" })),
  ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("what cannot be is refused, with the reason", async () => {
  const queue = await cloud.queue("refused");
  const Target = { Arn: queue.arn, RoleArn: sender };
  const stranger = await cloud.role("stranger", "ecs-tasks.amazonaws.com");
  const wrong: [Partial<CreateScheduleCommandInput> & { Target: Target }, string][] = [
    [{ Target, ScheduleExpression: "every day" }, "Invalid Schedule Expression every day."],
    [{ Target, ScheduleExpressionTimezone: "Asia/Nowhere" }, "Invalid ScheduleExpressionTimezone"],
    [{ Target, FlexibleTimeWindow: { Mode: "FLEXIBLE" } }, "from 1 to 1440 MaximumWindowInMinutes"],
    [{ Target, GroupName: "gone" }, "Schedule group gone does not exist."],
    [
      { Target: { ...Target, RoleArn: stranger } },
      "must allow AWS EventBridge Scheduler to assume the role",
    ],
    [
      { Target: { ...Target, Arn: "arn:aws:scheduler:::aws-sdk:sqs:sendMessage" } },
      "Local AWS does not support universal targets of schedules",
    ],
    [{ Target: { ...Target, Arn: CLUSTER } }, "EcsParameters are required"],
  ];
  for (const [more, message] of wrong) await expect(create("wrong", more)).rejects.toThrow(message);
});

test("a schedule publishes to a topic by its role, and a role without the right leaves a dead letter", async () => {
  const sns = new SNSClient(cloud.test.clientConfig);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "nightly" }));
  const queue = await cloud.queue("told-nightly", "sns.amazonaws.com");
  const Attributes = { RawMessageDelivery: "true" };
  await sns.send(
    new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: queue.arn, Attributes }),
  );
  const dead = await cloud.queue("told-nobody");
  const allow = (Action: string, Resource: string) => ({ Effect: "Allow", Action, Resource });
  const letters = allow("sqs:SendMessage", dead.arn);
  const teller = await cloud.role(
    "teller",
    "scheduler.amazonaws.com",
    allow("sns:Publish", TopicArn!),
  );
  const silent = await cloud.role("silent", "scheduler.amazonaws.com", letters);
  const { expression: ScheduleExpression } = at(MINUTE_MS);
  const Target = { Arn: TopicArn, Input: "wake up", DeadLetterConfig: { Arn: dead.arn } };
  await create("tell", { ScheduleExpression, Target: { ...Target, RoleArn: teller } });
  await create("silent", { ScheduleExpression, Target: { ...Target, RoleArn: silent } });
  await cloud.clock.advance(2 * MINUTE_MS);
  expect(await cloud.receive(queue.url)).toMatchObject({ Body: "wake up" });
  const { Body, MessageAttributes } = await cloud.receive(dead.url);
  expect(Body).toBe("wake up");
  expect(MessageAttributes).toMatchObject({
    ERROR_MESSAGE: { StringValue: expect.stringContaining("SNS:Publish") },
    SCHEDULE_ARN: { StringValue: `${HERE}:schedule/default/silent` },
    TARGET_ARN: { StringValue: TopicArn },
  });
  sns.destroy();
});

test("a calendar that is put forward makes due what lies on the way, and goes on from there", async () => {
  const { endpoint } = cloud.test;
  const { token } = cloud.test.cloud;
  interface Calendar {
    readonly now: number;
    readonly ahead: number;
    readonly schedules: readonly { readonly name: string; readonly next: number | null }[];
  }
  const look = async () => (await (await fetch(`${endpoint}/_local/calendar`)).json()) as Calendar;
  const put = (until: unknown, bearer = token) =>
    fetch(`${endpoint}/_local/calendar`, {
      method: "PUT",
      headers: { authorization: `Bearer ${bearer}` },
      body: JSON.stringify({ until }),
    });
  const queue = await cloud.queue("nights");
  const Input = "<aws.scheduler.scheduled-time>";
  await create("nightly", {
    ScheduleExpression: "cron(0 3 * * ? *)",
    ScheduleExpressionTimezone: "Asia/Tokyo",
    Target: { Arn: queue.arn, RoleArn: sender, Input },
  });
  const before = await look();
  const night = before.schedules.find(({ name }) => name === "nightly")!.next!;
  expect(new Date(night).toISOString()).toMatch(/T18:00:00\.000Z$/);
  expect((await put(night, "wrong")).status).toBe(401);
  for (const wrong of ["tomorrow", null, before.now + 32 * 24 * HOUR_MS])
    expect((await put(wrong)).status).toBe(400);
  expect(await waiting(queue.url)).toBe(0);
  expect((await put(night + 24 * HOUR_MS)).status).toBe(200);
  await onceThere(queue.url, 2);
  const meant = (await cloud.receive(queue.url)).Body!;
  expect([0, 24 * HOUR_MS]).toContain(Date.parse(meant) - night);
  const after = await look();
  expect(after.now).toBe(night + 24 * HOUR_MS);
  expect(after.ahead).toBe(after.now - cloud.clock.now());
  expect(after.schedules.find(({ name }) => name === "nightly")!.next).toBe(night + 48 * HOUR_MS);
  await cloud.clock.advance(24 * HOUR_MS);
  // The one that was received has come back meanwhile.
  await onceThere(queue.url, 3);
});
