import { inflateSync } from "node:zlib";
import * as cw from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ManualClock } from "../../../clock/manual-clock.ts";
import { startTestCloud, type TestCloud } from "../../../testing.ts";

const NOW = Date.UTC(2026, 5, 1, 12);
let cloud: TestCloud;
let client: cw.CloudWatchClient;
beforeAll(async () => {
  cloud = await startTestCloud({ clock: new ManualClock(NOW) });
  client = new cw.CloudWatchClient(cloud.clientConfig);
  const MetricData = ["web", "db"].flatMap((Value, which) =>
    Array.from({ length: 36 }, (_, index) => ({
      MetricName: "Latency",
      Dimensions: [{ Name: "Service", Value }],
      Timestamp: new Date(NOW - (36 - index) * 300_000),
      Value: 20 + which * 10 + 15 * Math.sin(index / 4),
    })),
  );
  await client.send(new cw.PutMetricDataCommand({ Namespace: "Lab", MetricData }));
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});

const METRICS = [
  ["Lab", "Latency", "Service", "web", { color: "#112233" }],
  ["...", "db", { color: "#445566" }],
];
const image = async (widget: object | string, OutputFormat?: string) => {
  const MetricWidget = typeof widget === "string" ? widget : JSON.stringify(widget);
  const answer = await client.send(
    new cw.GetMetricWidgetImageCommand({ MetricWidget, OutputFormat }),
  );
  return Buffer.from(answer.MetricWidgetImage!);
};

/** How often each colour is in a PNG of 8 bits a channel, and its size. */
function read(png: Buffer) {
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  const [width, height, channels] = [
    png.readUInt32BE(16),
    png.readUInt32BE(20),
    png[25] === 6 ? 4 : 3,
  ];
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString("latin1", at + 4, at + 8) === "IDAT")
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const bytes = inflateSync(Buffer.concat(parts));
  const line = width * channels;
  const counts = new Map<string, number>();
  let above = Buffer.alloc(line);
  for (let y = 0; y < height; y++) {
    const start = y * (line + 1);
    const now = unfiltered(
      bytes[start]!,
      bytes.subarray(start + 1, start + 1 + line),
      above,
      channels,
    );
    for (let x = 0; x < line; x += channels) {
      const color = `#${now.toString("hex", x, x + 3)}`;
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
    above = now;
  }
  return { width, height, count: (color: string) => counts.get(color) ?? 0 };
}

/** https://www.w3.org/TR/png-3/#9Filter-types */
function unfiltered(
  type: number,
  row: Buffer,
  above: Buffer,
  channels: number,
): Buffer<ArrayBuffer> {
  const out = Buffer.alloc(row.length);
  for (const [x, byte] of row.entries()) {
    const [left, up, corner] = [out[x - channels] ?? 0, above[x]!, above[x - channels] ?? 0];
    const guess = left + up - corner;
    const [a, b, c] = [left, up, corner].map((one) => Math.abs(guess - one)) as [
      number,
      number,
      number,
    ];
    const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
    const added = [0, left, up, (left + up) >> 1, paeth][type]!;
    out[x] = (byte + added) & 255;
  }
  return out;
}

test("a graph has its lines, annotations and alarms in their colours, as large as it is asked for", async () => {
  await client.send(
    new cw.PutMetricAlarmCommand({
      AlarmName: "slow",
      Namespace: "Lab",
      MetricName: "Latency",
      Dimensions: [{ Name: "Service", Value: "web" }],
      Statistic: "Average",
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 40,
      ComparisonOperator: "GreaterThanThreshold",
    }),
  );
  const { MetricAlarms } = await client.send(new cw.DescribeAlarmsCommand({}));
  const alarm = MetricAlarms![0]!.AlarmArn!;
  const annotations = {
    horizontal: [{ value: 10, label: "least", color: "#aabbcc" }],
    vertical: [{ value: new Date(NOW - 3_600_000).toISOString(), color: "#00aa00" }],
    alarms: [alarm],
  };
  const widget = { metrics: METRICS, title: "Latency <ms>", width: 300, height: 200, annotations };
  const drawn = read(await image(widget));
  expect([drawn.width, drawn.height]).toEqual([300, 200]);
  for (const color of ["#112233", "#445566"]) expect(drawn.count(color)).toBeGreaterThan(100);
  for (const color of ["#aabbcc", "#00aa00", "#d62728"])
    expect(drawn.count(color)).toBeGreaterThan(30);
  expect(read(await image({ annotations: { alarms: [alarm] } })).count("#1f77b4")).toBeGreaterThan(
    100,
  );
});

test("stacked areas and bars fill what lines do not, and what is invisible is not drawn", async () => {
  const size = { width: 200, height: 120 };
  const lines = read(await image({ metrics: METRICS, ...size }));
  const bars = read(
    await image({ metrics: METRICS, view: "bar", stacked: true, theme: "dark", ...size }),
  );
  expect(bars.count("#112233")).toBeGreaterThan(3 * lines.count("#112233"));
  expect(bars.count("#ffffff")).toBe(0);
  const expression = [{ expression: "web + db", label: "both", color: "#778899" }];
  const [web, db] = METRICS.map((row, index) => [
    ...row.slice(0, -1),
    { id: ["web", "db"][index], visible: false, color: "#112233" },
  ]);
  const sum = read(
    await image({ metrics: [web, db, expression], start: "-PT6H", timezone: "+0900", ...size }),
  );
  expect(sum.count("#778899")).toBeGreaterThan(30);
  expect(sum.count("#112233")).toBe(0);
});

test.each([
  ["{", "The MetricWidget is not the JSON of an object."],
  [{ view: "pie" }, "a widget's image of the view pie"],
  [{ sparkline: true }, "the property sparkline of a widget's image"],
  [{ metrics: [["Lab"]] }, "must be a namespace, a name and pairs of dimensions"],
  [{ metrics: [["Lab", "x", { color: "url(#a)" }]] }, "must be six hexadecimal digits"],
  [{ width: 5000 }, "must be between 1 and 2000"],
  [{ start: "yesterday" }, "is no time: yesterday"],
])("the widget %j is refused", async (widget, words) => {
  await expect(image(widget)).rejects.toThrow(words);
});

test("another format is refused by name", async () => {
  await expect(image({}, "image/png")).rejects.toThrow("the output format image/png");
});
