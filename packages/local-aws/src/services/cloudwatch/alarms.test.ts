import * as cw from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import { startTestCloud, TEST_REGION, type TestCloud } from "../../testing.ts";
import { tellAction, watchAlarms, type AlarmEvent } from "./alarm-states.ts";

const ACCOUNT = "123456789012";
const MINUTE_MS = 60_000;
const TOPIC = `arn:aws:sns:${TEST_REGION}:${ACCOUNT}:ops`;
const POLICY = `arn:aws:autoscaling:${TEST_REGION}:${ACCOUNT}:scalingPolicy:6d8972f3-efc8-437c-92d1-6270f29a66e7:resource/ecs/service/lab/web:policyName/up`;
const clock = new ManualClock();
let cloud: TestCloud;
let client: cw.CloudWatchClient;
beforeAll(async () => {
  cloud = await startTestCloud({ clock });
  client = new cw.CloudWatchClient(cloud.clientConfig);
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});

let count = 0;
async function putAlarm(input: Partial<cw.PutMetricAlarmCommandInput> = {}) {
  const AlarmName = input.AlarmName ?? `alarm-${++count}`;
  const alarm = {
    AlarmName,
    Namespace: "Lab",
    MetricName: `metric-${AlarmName}`,
    Statistic: "Average",
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 90,
    ComparisonOperator: "GreaterThanThreshold",
    ...input,
  } as const;
  await client.send(new cw.PutMetricAlarmCommand(alarm as cw.PutMetricAlarmCommandInput));
  return alarm;
}
const putValue = (MetricName: string, Value: number) =>
  client.send(
    new cw.PutMetricDataCommand({ Namespace: "Lab", MetricData: [{ MetricName, Value }] }),
  );
async function describe(name: string) {
  const { MetricAlarms } = await client.send(new cw.DescribeAlarmsCommand({ AlarmNames: [name] }));
  return MetricAlarms![0]!;
}
const stateOf = async (name: string) => (await describe(name)).StateValue;
const historyOf = async (AlarmName: string) =>
  (await client.send(new cw.DescribeAlarmHistoryCommand({ AlarmName }))).AlarmHistoryItems!;

test("an alarm is shown as it was put, and waits for data", async () => {
  const alarm = await putAlarm({
    AlarmDescription: "too much",
    Dimensions: [{ Name: "Service", Value: "web" }],
    Unit: "Percent",
    DatapointsToAlarm: 1,
    TreatMissingData: "notBreaching",
    AlarmActions: [TOPIC],
    OKActions: [POLICY],
  });
  expect(await describe(alarm.AlarmName)).toMatchObject({
    ...alarm,
    AlarmArn: `arn:aws:cloudwatch:${TEST_REGION}:${ACCOUNT}:alarm:${alarm.AlarmName}`,
    ActionsEnabled: true,
    InsufficientDataActions: [],
    StateValue: "INSUFFICIENT_DATA",
    StateReason: "Unchecked: Initial alarm creation",
  });
});

test("an alarm follows its metric within a minute, and its history says so", async () => {
  const { AlarmName, MetricName } = await putAlarm();
  await putValue(MetricName, 99);
  await clock.advance(MINUTE_MS);
  const { StateValue, StateReason } = await describe(AlarmName);
  expect(StateValue).toBe("ALARM");
  expect(StateReason).toMatch(/^Threshold Crossed: 1 out of the last 1 datapoints \[99\.0 /);
  await putValue(MetricName, 1);
  await clock.advance(MINUTE_MS);
  expect(await stateOf(AlarmName)).toBe("OK");
  await clock.advance(5 * MINUTE_MS);
  expect(await stateOf(AlarmName)).toBe("INSUFFICIENT_DATA");
  expect((await historyOf(AlarmName)).map(({ HistorySummary }) => HistorySummary)).toEqual([
    "Alarm updated from OK to INSUFFICIENT_DATA",
    "Alarm updated from ALARM to OK",
    "Alarm updated from INSUFFICIENT_DATA to ALARM",
    `Alarm "${AlarmName}" created`,
  ]);
});

test("two of three periods that breach are enough where so many are asked for", async () => {
  const { AlarmName, MetricName } = await putAlarm({ EvaluationPeriods: 3, DatapointsToAlarm: 2 });
  for (const value of [1, 99, 1]) {
    await putValue(MetricName, value);
    await clock.advance(MINUTE_MS);
  }
  expect(await stateOf(AlarmName)).toBe("OK");
  await putValue(MetricName, 99);
  await clock.advance(MINUTE_MS);
  expect(await stateOf(AlarmName)).toBe("ALARM");
});

test("periods pass at the cloud's pace", async () => {
  clock.pace(60);
  const { AlarmName, MetricName } = await putAlarm({ EvaluationPeriods: 2, Period: 300 });
  for (let minute = 0; minute < 10; minute++) {
    await putValue(MetricName, 99);
    await clock.advance(1000);
  }
  expect(await stateOf(AlarmName)).toBe("ALARM");
  clock.pace(1);
});

test("an alarm of ten seconds is looked at each ten seconds", async () => {
  const { AlarmName, MetricName } = await putAlarm({ Period: 10 });
  await clock.advance(MINUTE_MS);
  await putValue(MetricName, 99);
  await clock.advance(10_000);
  expect(await stateOf(AlarmName)).toBe("ALARM");
  await client.send(new cw.DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
});

test("the actions of a state are invoked once, and scaling policies each minute while it lasts", async () => {
  const { AlarmName } = await putAlarm({
    AlarmActions: [TOPIC, POLICY],
    TreatMissingData: "ignore",
  });
  const events: AlarmEvent[] = [];
  const { store } = cloud.cloud;
  const stop = watchAlarms(store, (event) => {
    if (event.alarm.name === AlarmName) events.push(event);
  });
  await client.send(
    new cw.SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "a try" }),
  );
  expect(events.map(({ actions, from }) => [from.value, actions])).toEqual([
    ["INSUFFICIENT_DATA", [TOPIC, POLICY]],
  ]);
  tellAction(store, events[0]!, { arn: TOPIC, at: clock.now() });
  await clock.advance(MINUTE_MS);
  expect(events.at(-1)).toMatchObject({ from: { value: "ALARM" }, actions: [POLICY] });
  await client.send(new cw.DisableAlarmActionsCommand({ AlarmNames: [AlarmName] }));
  const before = events.length;
  await clock.advance(MINUTE_MS);
  expect(events).toHaveLength(before);
  stop();
  expect((await historyOf(AlarmName)).map(({ HistorySummary }) => HistorySummary)).toContain(
    `Successfully executed action ${TOPIC}`,
  );
});

test("what nothing here carries out is no action", async () => {
  const lambda = `arn:aws:lambda:${TEST_REGION}:${ACCOUNT}:function:f`;
  await expect(putAlarm({ AlarmActions: [lambda] })).rejects.toThrow(
    `Invalid alarm action: ${lambda}.`,
  );
});

test("alarms are listed by prefix and state, in pages", async () => {
  for (const name of ["page-a", "page-b", "page-c"]) await putAlarm({ AlarmName: name });
  const names: (string | undefined)[] = [];
  for await (const page of cw.paginateDescribeAlarms(
    { client, pageSize: 2 },
    { AlarmNamePrefix: "page-", StateValue: "INSUFFICIENT_DATA" },
  ))
    names.push(...page.MetricAlarms!.map(({ AlarmName }) => AlarmName));
  expect(names).toEqual(["page-a", "page-b", "page-c"]);
});

test("an alarm on an expression follows what it comes to", async () => {
  const stat = (Id: string, MetricName: string): cw.MetricDataQuery => ({
    Id,
    MetricStat: { Metric: { Namespace: "Lab", MetricName }, Period: 60, Stat: "Sum" },
    ReturnData: false,
  });
  const Metrics = [
    stat("errors", "math-errors"),
    stat("requests", "math-requests"),
    { Id: "rate", Expression: "100 * errors / requests", Label: "Error rate", ReturnData: true },
  ];
  const AlarmName = "math";
  const input = { AlarmName, Metrics, EvaluationPeriods: 1, Threshold: 10 };
  const ComparisonOperator = "GreaterThanThreshold";
  await client.send(new cw.PutMetricAlarmCommand({ ...input, ComparisonOperator }));
  expect(await describe(AlarmName)).toMatchObject({ ...input, ComparisonOperator });
  for (const [errors, state] of [
    [1, "OK"],
    [11, "ALARM"],
  ] as const) {
    await putValue("math-errors", errors);
    await putValue("math-requests", 100);
    await clock.advance(MINUTE_MS);
    expect(await stateOf(AlarmName)).toBe(state);
  }
});

test("a composite alarm follows others at once, and is shown among its kind", async () => {
  const [a, b] = [(await putAlarm()).AlarmName, (await putAlarm()).AlarmName];
  const AlarmRule = `ALARM(${a}) AND NOT (OK("${b}") OR FALSE)`;
  const put = { AlarmName: "both", AlarmRule, AlarmDescription: "both of them" };
  await client.send(new cw.PutCompositeAlarmCommand({ ...put, AlarmActions: [TOPIC] }));
  const both = async () => {
    const { CompositeAlarms } = await client.send(
      new cw.DescribeAlarmsCommand({ AlarmNames: ["both"], AlarmTypes: ["CompositeAlarm"] }),
    );
    return CompositeAlarms![0]!;
  };
  const set = (AlarmName: string, StateValue: cw.StateValue) =>
    client.send(new cw.SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "a try" }));
  expect(await both()).toMatchObject({ ...put, AlarmActions: [TOPIC], StateValue: "OK" });
  await set(a, "ALARM");
  expect(await both()).toMatchObject({
    StateValue: "ALARM",
    StateReason: expect.stringContaining(`:alarm:${a} transitioned to ALARM at `),
  });
  await set(b, "OK");
  expect((await both()).StateValue).toBe("OK");
  const relatives = (input: cw.DescribeAlarmsCommandInput) =>
    client.send(new cw.DescribeAlarmsCommand(input));
  const children = await relatives({ ChildrenOfAlarmName: "both" });
  expect(children.MetricAlarms!.map((child) => [child.AlarmName, child.StateValue])).toEqual([
    [a, "ALARM"],
    [b, "OK"],
  ]);
  const { CompositeAlarms } = await relatives({ ParentsOfAlarmName: a });
  expect(CompositeAlarms).toEqual([
    { AlarmName: "both", AlarmArn: expect.stringMatching(/:alarm:both$/) },
  ]);
  await expect(relatives({ ParentsOfAlarmName: a, StateValue: "OK" })).rejects.toThrow(
    /can be used with MaxRecords and NextToken alone/,
  );
});

test("a suppressor keeps a composite alarm's actions back, and for a while after", async () => {
  const asSet = { TreatMissingData: "ignore" };
  const [part, mask] = [(await putAlarm(asSet)).AlarmName, (await putAlarm(asSet)).AlarmName];
  const put = {
    AlarmName: "masked",
    AlarmRule: `ALARM(${part})`,
    AlarmActions: [TOPIC],
    OKActions: [TOPIC],
    ActionsSuppressor: mask,
    ActionsSuppressorWaitPeriod: 120,
    ActionsSuppressorExtensionPeriod: 180,
  };
  await client.send(new cw.PutCompositeAlarmCommand(put));
  const masked = async () => {
    const input = { AlarmNames: ["masked"], AlarmTypes: ["CompositeAlarm" as const] };
    return (await client.send(new cw.DescribeAlarmsCommand(input))).CompositeAlarms![0]!;
  };
  const acted: [cw.StateValue, cw.StateValue][] = [];
  const stop = watchAlarms(cloud.cloud.store, ({ alarm, from, actions }) => {
    if (alarm.name === "masked" && actions.length > 0) acted.push([from.value, alarm.state.value]);
  });
  const set = (AlarmName: string, StateValue: cw.StateValue) =>
    client.send(new cw.SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "a try" }));
  const by = async () => (await masked()).ActionsSuppressedBy;
  expect(await masked()).toMatchObject(put);
  await clock.advance(3 * MINUTE_MS);
  expect(acted.splice(0)).toEqual([["INSUFFICIENT_DATA", "OK"]]);
  await set(part, "ALARM");
  expect([await by(), acted]).toEqual(["WaitPeriod", []]);
  await clock.advance(3 * MINUTE_MS);
  expect([await by(), acted.splice(0)]).toEqual([undefined, [["OK", "ALARM"]]]);
  await set(mask, "ALARM");
  await set(part, "OK");
  await clock.advance(10 * MINUTE_MS);
  expect([await by(), acted]).toEqual(["Alarm", []]);
  await set(mask, "OK");
  expect(await masked()).toMatchObject({
    StateValue: "OK",
    ActionsSuppressedReason: "Actions suppressed by ExtensionPeriod",
  });
  await clock.advance(4 * MINUTE_MS);
  expect([await by(), acted.splice(0)]).toEqual([undefined, [["ALARM", "OK"]]]);
  // What came and went while actions were kept back is no news.
  for (const [name, state] of [
    [mask, "ALARM"],
    [part, "ALARM"],
    [part, "OK"],
    [mask, "OK"],
  ] as const)
    await set(name, state);
  await clock.advance(4 * MINUTE_MS);
  expect([await by(), acted]).toEqual([undefined, []]);
  stop();
  const { ActionsSuppressorWaitPeriod: _, ...lacking } = put;
  await expect(client.send(new cw.PutCompositeAlarmCommand(lacking))).rejects.toThrow(
    "ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod are required",
  );
});

test.each([
  ["ALARM(", "AlarmRule must be a valid boolean expression"],
  ["ALARM(nowhere)", "alarms [nowhere] in the alarm rule do not exist"],
])("the rule %s is refused", async (AlarmRule, words) => {
  await expect(
    client.send(new cw.PutCompositeAlarmCommand({ AlarmName: "bad", AlarmRule })),
  ).rejects.toThrow(words);
});

test("alarms and dashboards have tags", async () => {
  const { AlarmName } = await putAlarm({ Tags: [{ Key: "team", Value: "web" }] });
  const DashboardName = `board-${AlarmName}`;
  const DashboardBody = JSON.stringify({
    widgets: [{ type: "text", properties: { markdown: "#" } }],
  });
  await client.send(new cw.PutDashboardCommand({ DashboardName, DashboardBody }));
  const board = await client.send(new cw.GetDashboardCommand({ DashboardName }));
  expect(board.DashboardBody).toBe(DashboardBody);
  for (const ResourceARN of [(await describe(AlarmName)).AlarmArn, board.DashboardArn]) {
    const Tags = [{ Key: "stage", Value: "lab" }];
    await client.send(new cw.TagResourceCommand({ ResourceARN, Tags }));
    await client.send(new cw.UntagResourceCommand({ ResourceARN, TagKeys: ["team"] }));
    const listed = await client.send(new cw.ListTagsForResourceCommand({ ResourceARN }));
    expect(listed.Tags).toEqual(Tags);
  }
  await client.send(new cw.DeleteDashboardsCommand({ DashboardNames: [DashboardName] }));
  await expect(client.send(new cw.GetDashboardCommand({ DashboardName }))).rejects.toMatchObject({
    name: expect.stringMatching(/^(DashboardNotFoundError|ResourceNotFound)$/),
  });
});

test("a dashboard that is no JSON is refused, and what is wrong in it is said", async () => {
  const put = (DashboardBody: string) =>
    client.send(new cw.PutDashboardCommand({ DashboardName: "bad", DashboardBody }));
  await expect(put("{")).rejects.toThrow("The dashboard body is invalid");
  await expect(put('{"widgets":[{"type":"pie","properties":{}}]}')).rejects.toMatchObject({
    dashboardValidationMessages: [
      { DataPath: "/widgets/0/type", Message: expect.stringContaining("Should match one of") },
    ],
  });
});
