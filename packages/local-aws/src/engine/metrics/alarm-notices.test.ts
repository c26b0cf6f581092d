import * as cw from "@aws-sdk/client-cloudwatch";
import {
  CreateTopicCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { afterAll, beforeAll, expect, test } from "vitest";
import { policyOf } from "../../services/iam/testing/role-session.ts";
import { TEST_REGION } from "../../testing.ts";
import { ACCOUNT, EventsCloud } from "../events/testing/events-cloud.ts";

let cloud: EventsCloud;
let client: cw.CloudWatchClient;
let sns: SNSClient;
let topic: string;
let queue: { url: string };
beforeAll(async () => {
  cloud = await EventsCloud.start();
  client = new cw.CloudWatchClient(cloud.test.clientConfig);
  sns = new SNSClient(cloud.test.clientConfig);
  ({ topic, queue } = await subscribed("ops"));
}, 60_000);
afterAll(async () => {
  for (const each of [client, sns]) each.destroy();
  await cloud.stop();
});

/** A topic, and a queue that is given what it publishes. */
async function subscribed(Name: string) {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name }));
  const made = await cloud.queue(Name, "sns.amazonaws.com");
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: made.arn }));
  return { topic: TopicArn!, queue: made };
}

/** The next message of a topic: its subject, and its body read. */
async function told({ url }: { url: string }) {
  const { Body } = await cloud.receive(url);
  const { Subject, Message } = JSON.parse(Body!) as { Subject: string; Message: string };
  return { Subject, body: JSON.parse(Message) as Record<string, unknown> };
}

const set = (AlarmName: string, StateValue: cw.StateValue) =>
  client.send(new cw.SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "a try" }));

async function putAlarm(AlarmName: string, more: Partial<cw.PutMetricAlarmCommandInput> = {}) {
  const input = {
    AlarmName,
    Namespace: "Lab",
    MetricName: "Errors",
    Dimensions: [{ Name: "Service", Value: "web" }],
    Statistic: "Sum",
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: "GreaterThanThreshold",
    ...more,
  } as cw.PutMetricAlarmCommandInput;
  await client.send(new cw.PutMetricAlarmCommand(input));
}

const actions = async (AlarmName: string) => {
  const { AlarmHistoryItems } = await client.send(
    new cw.DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: "Action" }),
  );
  return AlarmHistoryItems!.map(({ HistorySummary, HistoryData }) => ({
    summary: HistorySummary,
    data: JSON.parse(HistoryData!) as Record<string, unknown>,
  }));
};

const arnOf = (name: string) => `arn:aws:cloudwatch:${TEST_REGION}:${ACCOUNT}:alarm:${name}`;
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/;

test("a topic is told of each state that has it as an action, in CloudWatch's words", async () => {
  const all = { AlarmActions: [topic], OKActions: [topic], InsufficientDataActions: [topic] };
  await putAlarm("errors", { AlarmDescription: "too many", DatapointsToAlarm: 1, ...all });
  await set("errors", "ALARM");
  expect(await told(queue)).toEqual({
    Subject: 'ALARM: "errors" in Asia Pacific (Tokyo)',
    body: {
      AlarmName: "errors",
      AlarmDescription: "too many",
      AWSAccountId: ACCOUNT,
      AlarmConfigurationUpdatedTimestamp: expect.stringMatching(DATE),
      NewStateValue: "ALARM",
      NewStateReason: "a try",
      StateChangeTime: expect.stringMatching(DATE),
      Region: "Asia Pacific (Tokyo)",
      AlarmArn: arnOf("errors"),
      OldStateValue: "INSUFFICIENT_DATA",
      ...all,
      Trigger: {
        MetricName: "Errors",
        Namespace: "Lab",
        StatisticType: "Statistic",
        Statistic: "SUM",
        Unit: null,
        Dimensions: [{ name: "Service", value: "web" }],
        Period: 60,
        EvaluationPeriods: 1,
        DatapointsToAlarm: 1,
        ComparisonOperator: "GreaterThanThreshold",
        Threshold: 1,
        TreatMissingData: "missing",
        EvaluateLowSampleCountPercentile: "",
      },
    },
  });
  for (const state of ["OK", "INSUFFICIENT_DATA"] as const) {
    await set("errors", state);
    const { Subject, body } = await told(queue);
    expect(Subject).toBe(`${state}: "errors" in Asia Pacific (Tokyo)`);
    expect(body).toMatchObject({ NewStateValue: state });
  }
  expect(await actions("errors")).toHaveLength(3);
  expect((await actions("errors"))[0]).toMatchObject({
    summary: `Successfully executed action ${topic}`,
    data: { actionState: "Succeeded", publishedMessage: expect.stringContaining('"errors"') },
  });
});

test("an alarm on an expression tells its metrics, and one with a long name a short subject", async () => {
  const AlarmName = `${"x".repeat(120)}é`;
  const Metric = { Namespace: "Lab", MetricName: "Errors" };
  await client.send(
    new cw.PutMetricAlarmCommand({
      AlarmName,
      Metrics: [
        { Id: "m", MetricStat: { Metric, Period: 60, Stat: "Sum" }, ReturnData: false },
        { Id: "e", Expression: "m * 2" },
      ],
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "GreaterThanThreshold",
      AlarmActions: [topic],
    }),
  );
  await set(AlarmName, "ALARM");
  const { Subject, body } = await told(queue);
  expect(Subject).toMatch(/^ALARM: "x+\.\.\.$/);
  expect(body).toMatchObject({
    AlarmName,
    AlarmDescription: null,
    Trigger: {
      Metrics: [
        { Id: "m", MetricStat: { Metric: { ...Metric, Dimensions: [] } }, ReturnData: false },
        { Id: "e", Expression: "m * 2", ReturnData: true },
      ],
    },
  });
});

test("a composite alarm tells what raised it", async () => {
  await putAlarm("part");
  await client.send(
    new cw.PutCompositeAlarmCommand({
      AlarmName: "whole",
      AlarmRule: "ALARM(part)",
      AlarmActions: [topic],
    }),
  );
  await set("part", "ALARM");
  const { Subject, body } = await told(queue);
  expect(Subject).toBe('ALARM: "whole" in Asia Pacific (Tokyo)');
  expect(body).toMatchObject({
    AlarmRule: "ALARM(part)",
    TriggeringChildren: [
      { Arn: arnOf("part"), State: { Value: "ALARM", Timestamp: expect.stringMatching(DATE) } },
    ],
  });
  expect(body).not.toHaveProperty("Trigger");
});

test("an action that fails is in the alarm's history, with why", async () => {
  const nowhere = `${topic.slice(0, topic.lastIndexOf(":"))}:nowhere`;
  const { topic: closed } = await subscribed("closed");
  await sns.send(
    new SetTopicAttributesCommand({
      TopicArn: closed,
      AttributeName: "Policy",
      AttributeValue: policyOf({
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "SNS:Publish",
        Resource: closed,
      }),
    }),
  );
  await putAlarm("failing", { AlarmActions: [nowhere, closed] });
  await set("failing", "ALARM");
  await cloud.until(async () => expect(await actions("failing")).toHaveLength(2));
  expect(await actions("failing")).toEqual(
    expect.arrayContaining([
      {
        summary: `Failed to execute action ${nowhere}`,
        data: expect.objectContaining({ actionState: "Failed", error: "Topic does not exist" }),
      },
      {
        summary: `Failed to execute action ${closed}`,
        data: expect.objectContaining({
          error: expect.stringContaining("is not authorized to perform: SNS:Publish"),
        }),
      },
    ]),
  );
});

test("changes of state, with actions or without, are events on the default bus", async () => {
  const made = await cloud.queue("changes");
  const EventPattern = JSON.stringify({ "detail-type": ["CloudWatch Alarm State Change"] });
  await cloud.rule("alarms", { EventPattern }, { Id: "queue", Arn: made.arn });
  await putAlarm("seen", { AlarmDescription: "of events", ActionsEnabled: false });
  await set("seen", "ALARM");
  const { Body } = await cloud.receive(made.url);
  expect(JSON.parse(Body!)).toMatchObject({
    "detail-type": "CloudWatch Alarm State Change",
    source: "aws.cloudwatch",
    resources: [arnOf("seen")],
    detail: {
      alarmName: "seen",
      configuration: {
        description: "of events",
        metrics: [
          {
            metricStat: {
              metric: { namespace: "Lab", name: "Errors", dimensions: { Service: "web" } },
              period: 60,
              stat: "Sum",
            },
            returnData: true,
          },
        ],
      },
      previousState: { value: "INSUFFICIENT_DATA", reason: "Unchecked: Initial alarm creation" },
      state: { value: "ALARM", reason: "a try", timestamp: expect.stringMatching(DATE) },
    },
  });
});

test("an alarm that is made, changed or deleted is an event on the default bus, with what it was before", async () => {
  const made = await cloud.queue("configurations");
  const EventPattern = JSON.stringify({
    "detail-type": ["CloudWatch Alarm Configuration Change"],
    detail: { alarmName: ["kept"] },
  });
  await cloud.rule("configurations", { EventPattern }, { Id: "queue", Arn: made.arn });
  const next = async () => {
    const { Body } = await cloud.receive(made.url);
    return JSON.parse(Body!) as { detail: Record<string, unknown> };
  };
  const state = { value: "INSUFFICIENT_DATA", timestamp: expect.stringMatching(DATE) };
  await putAlarm("kept", { AlarmDescription: "first", AlarmActions: [topic] });
  expect(await next()).toMatchObject({
    "detail-type": "CloudWatch Alarm Configuration Change",
    source: "aws.cloudwatch",
    resources: [arnOf("kept")],
    detail: {
      alarmName: "kept",
      operation: "create",
      state,
      configuration: {
        alarmName: "kept",
        description: "first",
        actionsEnabled: true,
        evaluationPeriods: 1,
        threshold: 1,
        comparisonOperator: "GreaterThanThreshold",
        treatMissingData: "missing",
        okActions: [],
        alarmActions: [topic],
        insufficientDataActions: [],
        timestamp: expect.stringMatching(DATE),
        metrics: [{ metricStat: { period: 60, stat: "Sum" }, returnData: true }],
      },
    },
  });
  await putAlarm("kept", { AlarmDescription: "second" });
  expect((await next()).detail).toMatchObject({
    operation: "update",
    configuration: { description: "second", alarmActions: [] },
    previousConfiguration: { description: "first", alarmActions: [topic] },
  });
  await client.send(new cw.DisableAlarmActionsCommand({ AlarmNames: ["kept"] }));
  expect((await next()).detail).toMatchObject({
    operation: "update",
    configuration: { actionsEnabled: false },
    previousConfiguration: { actionsEnabled: true },
  });
  await client.send(new cw.DeleteAlarmsCommand({ AlarmNames: ["kept"] }));
  const { detail } = await next();
  expect(detail).toMatchObject({ operation: "delete", configuration: { description: "second" } });
  expect(detail).not.toHaveProperty("previousConfiguration");
});
