import * as cw from "@aws-sdk/client-cloudwatch";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import { startTestCloud, type TestCloud } from "../../testing.ts";

const START = Date.UTC(2026, 5, 1, 12);
const clock = new ManualClock(START);
let cloud: TestCloud;
let client: logs.CloudWatchLogsClient;
let metrics: cw.CloudWatchClient;
beforeAll(async () => {
  cloud = await startTestCloud({ clock });
  client = new logs.CloudWatchLogsClient(cloud.clientConfig);
  metrics = new cw.CloudWatchClient(cloud.clientConfig);
  await client.send(new logs.CreateLogGroupCommand({ logGroupName: "/app" }));
  const stream = { logGroupName: "/app", logStreamName: "s" };
  await client.send(new logs.CreateLogStreamCommand(stream));
});
afterAll(async () => {
  client.destroy();
  metrics.destroy();
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});

const putFilter = (
  filterName: string,
  filterPattern: string,
  transformation: Partial<logs.MetricTransformation> = {},
) =>
  client.send(
    new logs.PutMetricFilterCommand({
      logGroupName: "/app",
      filterName,
      filterPattern,
      metricTransformations: [
        { metricNamespace: "App", metricName: filterName, metricValue: "1", ...transformation },
      ],
    }),
  );

/** Writes messages and lets a minute pass. */
async function write(...messages: string[]): Promise<void> {
  const timestamp = clock.now();
  const logEvents = messages.map((message) => ({ message, timestamp }));
  const stream = { logGroupName: "/app", logStreamName: "s" };
  await client.send(new logs.PutLogEventsCommand({ ...stream, logEvents }));
  await clock.advance(60_000);
}

async function statistics(MetricName: string, Dimensions: cw.Dimension[] = []) {
  const { Datapoints } = await metrics.send(
    new cw.GetMetricStatisticsCommand({
      Namespace: "App",
      MetricName,
      Dimensions,
      StartTime: new Date(START),
      EndTime: new Date(START + 3_600_000),
      Period: 3600,
      Statistics: ["Sum", "Maximum", "SampleCount"],
    }),
  );
  return Datapoints![0];
}

test("events that match count, by a number, by a field, and by dimensions", async () => {
  await putFilter("errors", "ERROR", { unit: "Count" });
  await putFilter("bytes", "[ip, ..., status = 2*, bytes]", { metricValue: "$bytes" });
  await putFilter("time", "{ $.ms > 0 }", { metricValue: "$.ms", dimensions: { Path: "$.path" } });
  await write(
    "ERROR one",
    "all is well",
    "ERROR two",
    "127.0.0.1 - GET 200 512",
    "127.0.0.1 - GET 204 88",
    "127.0.0.1 - GET 404 1",
    '{"ms": 12.5, "path": "/a"}',
    '{"ms": 20, "path": "/b"}',
  );
  expect(await statistics("errors")).toMatchObject({ Sum: 2, SampleCount: 2, Unit: "Count" });
  expect(await statistics("bytes")).toMatchObject({ Sum: 600, Maximum: 512 });
  expect(await statistics("time", [{ Name: "Path", Value: "/b" }])).toMatchObject({ Sum: 20 });
  expect(await statistics("time")).toBeUndefined();
});

test("where events came and none matched, the default value counts", async () => {
  await putFilter("seldom", "FATAL", { defaultValue: 0, metricValue: "5" });
  await write("nothing of it", "nor here");
  expect(await statistics("seldom")).toMatchObject({ Sum: 0, SampleCount: 1 });
  await write("FATAL at last");
  expect(await statistics("seldom")).toMatchObject({ Sum: 5, SampleCount: 2 });
});

test("filters are described as they were put, until they are deleted", async () => {
  await putFilter("kept", '{ $.level = "error" }', { defaultValue: 0, unit: "Count" });
  const describe = async (input: logs.DescribeMetricFiltersCommandInput) =>
    (await client.send(new logs.DescribeMetricFiltersCommand(input))).metricFilters!;
  const [filter] = await describe({ logGroupName: "/app", filterNamePrefix: "kep" });
  expect(filter).toEqual({
    filterName: "kept",
    filterPattern: '{ $.level = "error" }',
    logGroupName: "/app",
    creationTime: expect.any(Number),
    metricTransformations: [
      {
        metricNamespace: "App",
        metricName: "kept",
        metricValue: "1",
        defaultValue: 0,
        unit: "Count",
      },
    ],
  });
  expect(await describe({ metricName: "kept", metricNamespace: "App" })).toEqual([filter]);
  const name = { logGroupName: "/app", filterName: "kept" };
  await client.send(new logs.DeleteMetricFilterCommand(name));
  expect(await describe({ filterNamePrefix: "kept" })).toEqual([]);
  await expect(client.send(new logs.DeleteMetricFilterCommand(name))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});

test("a pattern is tried on messages, and its fields are shown", async () => {
  const run = async (filterPattern: string, ...logEventMessages: string[]) =>
    (await client.send(new logs.TestMetricFilterCommand({ filterPattern, logEventMessages })))
      .matches;
  expect(await run("[ip, user, status = 5*]", "1.2.3.4 ann 500", "1.2.3.4 bob 200")).toEqual([
    {
      eventNumber: 1,
      eventMessage: "1.2.3.4 ann 500",
      extractedValues: { $ip: "1.2.3.4", $user: "ann", $status: "500" },
    },
  ]);
  expect(await run("{ $.a.b = 1 }", '{"a":{"b":1}}')).toMatchObject([
    { eventNumber: 1, extractedValues: { "$.a.b": "1" } },
  ]);
});

test.each([
  ["a pattern that is none", "{ $.a = ", {}],
  ["a value that is neither number nor field", "x", { metricValue: "many" }],
  [
    "dimensions beside a default value",
    "{ $.a = 1 }",
    { dimensions: { A: "$.a" }, defaultValue: 1 },
  ],
  ["AWS's own namespace", "x", { metricNamespace: "AWS/Logs" }],
])("%s is refused", async (_what, pattern, transformation) => {
  await expect(putFilter("bad", pattern, transformation)).rejects.toMatchObject({
    name: "InvalidParameterException",
  });
});
