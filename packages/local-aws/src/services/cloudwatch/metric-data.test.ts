import * as cw from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import { startTestCloud, type TestCloud } from "../../testing.ts";
import { send } from "../../server/testing/signed-call.ts";
import { MetricPoints } from "./metric-points.ts";

/** A round minute. */
const START = Date.UTC(2026, 5, 1, 12);
const MINUTE_MS = 60_000;
const clock = new ManualClock(START);
const at = (minutes: number) => new Date(START - minutes * MINUTE_MS);
let cloud: TestCloud;
let client: cw.CloudWatchClient;
beforeAll(async () => {
  cloud = await startTestCloud({ clock });
  client = new cw.CloudWatchClient(cloud.clientConfig);
  await put("Latency", 10, { Values: Array.from({ length: 100 }, (_, index) => index + 1) });
  await put("Latency", 9, { Values: [5, 50], Counts: [3, 1] });
  for (const [index, Value] of [1, 2, 3, 4, 5].entries()) await put("Count", 5 - index, { Value });
  for (const [index, Value] of [10, 20, undefined, 40, 50].entries())
    if (Value !== undefined) await put("Other", 5 - index, { Value });
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});

const put = (MetricName: string, minutes: number, datum: Partial<cw.MetricDatum>) =>
  client.send(
    new cw.PutMetricDataCommand({
      Namespace: "Lab",
      MetricData: [{ MetricName, Timestamp: at(minutes), ...datum }],
    }),
  );
const statistics = (input: Partial<cw.GetMetricStatisticsCommandInput>) =>
  client.send(
    new cw.GetMetricStatisticsCommand({
      Namespace: "Lab",
      MetricName: "Latency",
      StartTime: at(60),
      EndTime: at(0),
      Period: 60,
      ...input,
    } as cw.GetMetricStatisticsCommandInput),
  );
const stat = (Id: string, MetricName: string, Stat = "Sum"): cw.MetricDataQuery => ({
  Id,
  MetricStat: { Metric: { Namespace: "Lab", MetricName }, Period: 60, Stat },
  ReturnData: false,
});
async function compute(Expression: string) {
  const { MetricDataResults } = await client.send(
    new cw.GetMetricDataCommand({
      StartTime: at(5),
      EndTime: at(0),
      ScanBy: "TimestampAscending",
      MetricDataQueries: [stat("m1", "Count"), stat("m2", "Other"), { Id: "e1", Expression }],
    }),
  );
  return MetricDataResults!.map(({ Values }) => Values);
}

test("a period's statistics come of all values that were put in it", async () => {
  const { Datapoints } = await statistics({
    EndTime: at(9.5),
    Statistics: ["Average", "Sum", "Minimum", "Maximum", "SampleCount"],
    ExtendedStatistics: ["p50", "p99", "tm90", "PR(:10)"],
  });
  expect(Datapoints).toEqual([
    {
      Timestamp: at(10),
      Average: 50.5,
      Sum: 5050,
      Minimum: 1,
      Maximum: 100,
      SampleCount: 100,
      Unit: "None",
      ExtendedStatistics: { p50: 50, p99: 99, tm90: 45.5, "PR(:10)": 10 },
    },
  ]);
});

test("what is put at a full minute belongs to that minute, however fast the clock goes", async () => {
  clock.pace(60);
  await put("Sharp", 3, { Value: 7 });
  clock.pace(1);
  const { Datapoints } = await statistics({ MetricName: "Sharp", Statistics: ["Sum"] });
  expect(Datapoints).toMatchObject([{ Timestamp: at(3), Sum: 7 }]);
});

test("values with counts count so often, and longer periods have what is in them", async () => {
  const { Datapoints } = await statistics({ Period: 300, Statistics: ["SampleCount", "Sum"] });
  expect(Datapoints).toMatchObject([{ Timestamp: at(10), SampleCount: 104, Sum: 5115 }]);
});

test("of a statistic set no percentile can be told", async () => {
  const set = { SampleCount: 2, Sum: 30, Minimum: 10, Maximum: 20 };
  await put("Set", 3, { StatisticValues: set });
  const { Datapoints } = await statistics({
    MetricName: "Set",
    Statistics: ["Average"],
    ExtendedStatistics: ["p90"],
  });
  expect(Datapoints).toEqual([{ Timestamp: at(3), Average: 15, Unit: "None" }]);
});

test.each([
  ["m1 + m2", [[11, 22, 44, 55]]],
  ["m2 / m1 * 2 - 1", [[19, 19, 19, 19]]],
  ["-m1 ^ 2", [[-1, -4, -9, -16, -25]]],
  ["m1 > 2 AND m1 < 5", [[0, 0, 1, 1, 0]]],
  ["IF(m1 >= 3, m1, 0)", [[0, 0, 3, 4, 5]]],
  ["FILL(m2, 0)", [[10, 20, 0, 40, 50]]],
  ["FILL(m2, REPEAT)", [[10, 20, 20, 40, 50]]],
  ["FILL(m2, LINEAR)", [[10, 20, 30, 40, 50]]],
  ["RUNNING_SUM(m1)", [[1, 3, 6, 10, 15]]],
  ["RATE(m2) * PERIOD(m2)", [[10, 10, 10]]],
  ["DIFF(m1)", [[1, 1, 1, 1]]],
  ["AVG(m1)", [[3, 3, 3, 3, 3]]],
  ["SUM(METRICS())", [[11, 22, 3, 44, 55]]],
  ["MAX([m1, FILL(m2, 0)])", [[10, 20, 3, 40, 50]]],
  [
    "SORT(METRICS(), AVG, DESC)",
    [
      [10, 20, 40, 50],
      [1, 2, 3, 4, 5],
    ],
  ],
  ["CEIL(m1 / 2)", [[1, 1, 2, 2, 3]]],
])("the expression %s comes to %j", async (expression, values) => {
  expect(await compute(expression)).toEqual(values);
});

test.each([
  ["m1 +", "unexpected end"],
  ["m9 + 1", "there is no query m9"],
  ["NOSUCH(m1)", "there is no function NOSUCH"],
  ["LAMBDA('f')", "Local AWS does not have the function LAMBDA"],
  [`SEARCH('{Lab', 'Sum', 60)`, "unexpected end in a search"],
  [`SEARCH('x', 'Most', 60)`, "Most is no statistic"],
  ["e1 + 1", "e1 leads back to itself"],
])("the expression %s is refused: %s", async (expression, words) => {
  await expect(compute(expression)).rejects.toMatchObject({
    message: expect.stringContaining(words),
  });
});

test("points come in pages", async () => {
  const values: number[] = [];
  for await (const page of cw.paginateGetMetricData(
    { client },
    {
      StartTime: at(5),
      EndTime: at(0),
      MaxDatapoints: 2,
      MetricDataQueries: [{ ...stat("m1", "Count"), ReturnData: true }],
    },
  ))
    values.push(...page.MetricDataResults!.flatMap(({ Values = [] }) => Values));
  expect(values).toEqual([5, 4, 3, 2, 1]);
});

test("metrics are listed by name and dimension", async () => {
  const Dimensions = [{ Name: "Service", Value: "web" }];
  await put("Listed", 1, { Value: 1, Dimensions });
  await put("Listed", 1, { Value: 1 });
  const { Metrics } = await client.send(
    new cw.ListMetricsCommand({ MetricName: "Listed", Dimensions: [{ Name: "Service" }] }),
  );
  expect(Metrics).toEqual([{ Namespace: "Lab", MetricName: "Listed", Dimensions }]);
});

test("what is older than three hours is kept by the minute, and what is older than 15 days is gone", async () => {
  const { store } = cloud.cloud;
  const points = store.owner(MetricPoints);
  for (const seconds of [1, 2]) await put("Old", -seconds / 60, { Value: seconds });
  points.compact(START + 4 * 60 * MINUTE_MS);
  const old = () =>
    statistics({ MetricName: "Old", EndTime: at(-2), Period: 1, Statistics: ["Sum"] as const });
  expect(
    (
      await statistics({
        MetricName: "Old",
        StartTime: at(1),
        EndTime: at(-1),
        Period: 1,
        Statistics: ["Sum"],
      })
    ).Datapoints,
  ).toMatchObject([{ Timestamp: at(0), Sum: 3 }]);
  points.compact(START + 16 * 24 * 60 * MINUTE_MS);
  await expect(old()).rejects.toThrow("exceeds the limit of 1440");
  const { Metrics } = await client.send(new cw.ListMetricsCommand({ MetricName: "Old" }));
  expect(Metrics).toEqual([]);
});

test.each([
  ["AWS's own namespace", { Namespace: "AWS/ECS", MetricData: [{ MetricName: "m", Value: 1 }] }],
  [
    "a value that is none",
    { Namespace: "Lab", MetricData: [{ MetricName: "m", Value: 2 ** 361 }] },
  ],
  ["a datum without a value", { Namespace: "Lab", MetricData: [{ MetricName: "m" }] }],
  [
    "a time long ago",
    { Namespace: "Lab", MetricData: [{ MetricName: "m", Value: 1, Timestamp: at(60 * 24 * 15) }] },
  ],
])("%s cannot be put", async (_what, input) => {
  await expect(client.send(new cw.PutMetricDataCommand(input))).rejects.toMatchObject({
    name: expect.stringMatching(/^InvalidParameter(Value|Combination)/),
  });
});

test("older clients, which speak JSON or forms, are answered in their own way", async () => {
  await put("Old-fashioned", 1, { Value: 1 });
  const ask = (contentType: string, body: string, target?: string) =>
    send(cloud.endpoint, cloud.clientConfig.credentials, {
      service: "monitoring",
      region: cloud.clientConfig.region,
      headers: { "content-type": contentType, ...(target && { "x-amz-target": target }) },
      body,
    });
  const json = await ask(
    "application/x-amz-json-1.0",
    JSON.stringify({ MetricName: "Old-fashioned" }),
    "GraniteServiceVersion20100801.ListMetrics",
  );
  expect(JSON.parse(json.body)).toMatchObject({ Metrics: [{ MetricName: "Old-fashioned" }] });
  const form = await ask(
    "application/x-www-form-urlencoded",
    "Action=ListMetrics&Version=2010-08-01&MetricName=Old-fashioned",
  );
  expect(form.body).toContain("<MetricName>Old-fashioned</MetricName>");
});

describe("SEARCH", () => {
  beforeAll(async () => {
    for (const [Service, Zone, Value] of [
      ["web-1", "a", 1],
      ["web-2", "a", 2],
      ["db", "c", 4],
    ] as const)
      await put("CPUUtilization", 1, {
        Value,
        Dimensions: [
          { Name: "Service", Value: Service },
          { Name: "Zone", Value: Zone },
        ],
      });
    await put("CPUUtilization", 1, { Value: 8, Dimensions: [{ Name: "Service", Value: "web-1" }] });
  });
  const found = async (search: string, around = (it: string) => it) => {
    const { MetricDataResults } = await client.send(
      new cw.GetMetricDataCommand({
        StartTime: at(5),
        EndTime: at(0),
        MetricDataQueries: [{ Id: "e1", Expression: around(`SEARCH('${search}', 'Sum', 60)`) }],
      }),
    );
    return Object.fromEntries(MetricDataResults!.map(({ Label, Values }) => [Label, Values![0]]));
  };
  const ALL = "{Lab,Service,Zone}";

  test.each([
    [`${ALL} MetricName="CPUUtilization"`, { "db c": 4, "web-1 a": 1, "web-2 a": 2 }],
    ["{Lab,Service} cpu", { CPUUtilization: 8 }],
    [`${ALL} web`, { "web-1": 1, "web-2": 2 }],
    [`${ALL} Service=web NOT Service="web-1"`, { CPUUtilization: 2 }],
    [`${ALL} Service=("db" OR "web-2")`, { "db c": 4, "web-2 a": 2 }],
    [`Namespace="Lab" utilization Zone=c`, { CPUUtilization: 4 }],
    [`${ALL} MetricName="cpuutilization"`, {}],
    [`${ALL} (web AND 1) OR db`, { "db c": 4, "web-1 a": 1 }],
  ])("%s", async (search, values) => {
    expect(await found(search)).toEqual(values);
  });

  test("what is found goes on into other functions", async () => {
    expect(await found(`${ALL} cpu`, (search) => `SUM(${search})`)).toEqual({ SUM: 7 });
  });

  test("an alarm is on no search", async () => {
    const Metrics = [
      { Id: "e", Expression: "SUM(SEARCH('{Lab} x', 'Sum', 60))" },
      stat("m", "Count"),
    ];
    const ComparisonOperator = "GreaterThanThreshold";
    const alarm = {
      AlarmName: "no",
      Metrics,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator,
    };
    await expect(
      client.send(new cw.PutMetricAlarmCommand(alarm as cw.PutMetricAlarmCommandInput)),
    ).rejects.toThrow("SEARCH is not supported on Metric Alarms");
  });
});
