import { statSync } from "node:fs";
import { join } from "node:path";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DescribeLogGroupsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import { startTestCloud, type TestCloud } from "../../testing.ts";

const MIB = 1_048_576;
const LIMIT = 2 * MIB;

let cloud: TestCloud;
let logs: CloudWatchLogsClient;
const clock = new ManualClock();

beforeAll(async () => {
  cloud = await startTestCloud({ clock, maxLogBytes: LIMIT });
  logs = new CloudWatchLogsClient(cloud.clientConfig);
});
afterAll(async () => {
  logs.destroy();
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});

async function makeStream(group: string): Promise<void> {
  await logs.send(new CreateLogGroupCommand({ logGroupName: group }));
  await logs.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: "s" }));
}

/** Puts `count` events of 1,024 bytes as AWS counts them, numbered from `from`. */
async function put(group: string, from: number, count: number): Promise<void> {
  const logEvents = Array.from({ length: count }, (_, index) => ({
    timestamp: clock.now(),
    message: `${from + index} `.padEnd(1_024 - 26, "x"),
  }));
  await logs.send(new PutLogEventsCommand({ logGroupName: group, logStreamName: "s", logEvents }));
}

async function numbers(group: string): Promise<number[]> {
  const place = { logGroupName: group, logStreamName: "s" };
  const { events } = await logs.send(new GetLogEventsCommand({ ...place, startFromHead: true }));
  return events!.map(({ message }) => Number(message!.split(" ", 1)[0]));
}

async function storedBytes(group: string): Promise<number> {
  const found = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: group }));
  return found.logGroups![0]!.storedBytes!;
}

async function health(): Promise<unknown> {
  const response = await fetch(`${cloud.endpoint}/_local/health`);
  return ((await response.json()) as { logs: unknown }).logs;
}

test("a flood of log events drops the oldest of the largest group, keeps within the bound and says so", async () => {
  await makeStream("/quiet");
  await makeStream("/flood");
  await put("/quiet", 0, 3);
  expect(await health()).toEqual({ storedBytes: 3 * 1_024, maxBytes: LIMIT, dropped: [] });
  for (let round = 0; round < 40; round++) {
    await clock.advance(1);
    await put("/flood", round * 500, 500);
  }
  expect(await numbers("/quiet")).toEqual([0, 1, 2]);
  const kept = await numbers("/flood");
  expect(kept[0]).toBe(20_000 - LIMIT / 1_024 + 3);
  expect(await storedBytes("/flood")).toBe(LIMIT - 3 * 1_024);
  expect(await health()).toEqual({
    storedBytes: LIMIT,
    maxBytes: LIMIT,
    dropped: [{ logGroup: "/flood", events: 20_000 - LIMIT / 1_024 + 3 }],
  });
  const database = statSync(join(cloud.cloud.dataDir, "cloud.db")).size;
  expect(database).toBeLessThan(3 * LIMIT);
});

test("what is deleted makes room, and is not counted any more", async () => {
  await makeStream("/other");
  await put("/other", 0, 10);
  await logs.send(new DeleteLogStreamCommand({ logGroupName: "/other", logStreamName: "s" }));
  expect(await storedBytes("/other")).toBe(0);
  await logs.send(new DeleteLogGroupCommand({ logGroupName: "/flood" }));
  expect(await health()).toEqual({ storedBytes: 3 * 1_024, maxBytes: LIMIT, dropped: [] });
});
