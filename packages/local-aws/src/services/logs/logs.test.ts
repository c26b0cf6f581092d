import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as kms from "@aws-sdk/client-kms";
import {
  AssociateKmsKeyCommand,
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListLogGroupsCommand,
  ListTagsForResourceCommand,
  ListTagsLogGroupCommand,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
  PutLogEventsCommand,
  PutLogGroupDeletionProtectionCommand,
  PutRetentionPolicyCommand,
  StartQueryCommand,
  TagLogGroupCommand,
  TagResourceCommand,
  UntagLogGroupCommand,
  UntagResourceCommand,
  type FilterLogEventsCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import { startTestCloud, TEST_REGION, type TestCloud } from "../../testing.ts";

const DAY_MS = 86_400_000;

let cloud: TestCloud;
let clock: ManualClock;
let client: CloudWatchLogsClient;
let group: string;
let count = 0;

beforeAll(async () => {
  clock = new ManualClock();
  cloud = await startTestCloud({ clock });
  client = new CloudWatchLogsClient(cloud.clientConfig);
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});
beforeEach(async () => {
  group = `/ecs/app-${++count}`;
  await client.send(new CreateLogGroupCommand({ logGroupName: group }));
});

const arnOf = (name: string) =>
  `arn:aws:logs:${TEST_REGION}:${cloud.cloud.credentials.accountId}:log-group:${name}`;

async function stream(name: string): Promise<void> {
  await client.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: name }));
}

function put(logStreamName: string, events: readonly [number, string][]) {
  const logEvents = events.map(([timestamp, message]) => ({ timestamp, message }));
  return client.send(new PutLogEventsCommand({ logGroupName: group, logStreamName, logEvents }));
}

async function messages(input: Partial<FilterLogEventsCommandInput>): Promise<string[]> {
  const { events } = await client.send(
    new FilterLogEventsCommand({ logGroupName: group, ...input }),
  );
  return events!.map(({ message }) => message!);
}

describe("log groups", () => {
  test("are described with ARNs, class and the bytes that they hold", async () => {
    await stream("s");
    await put("s", [[clock.now(), "日本"]]);
    const found = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: group }));
    expect(found.logGroups).toEqual([
      {
        logGroupName: group,
        creationTime: expect.any(Number),
        metricFilterCount: 0,
        arn: `${arnOf(group)}:*`,
        logGroupArn: arnOf(group),
        storedBytes: 32,
        logGroupClass: "STANDARD",
        deletionProtectionEnabled: false,
      },
    ]);
  });

  test.each(["aws/lambda/x", "AWS/x", "Aws/"])("named %j are AWS's own", async (logGroupName) => {
    await expect(client.send(new CreateLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "Log groups starting with AWS/ are reserved for AWS.",
    });
    await client.send(new CreateLogGroupCommand({ logGroupName: `/${logGroupName}` }));
  });

  test("cannot be made twice, nor used after they are deleted", async () => {
    await expect(
      client.send(new CreateLogGroupCommand({ logGroupName: group })),
    ).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
      message: "The specified log group already exists",
    });
    await client.send(new DeleteLogGroupCommand({ logGroupName: group }));
    for (const command of [
      new DeleteLogGroupCommand({ logGroupName: group }),
      new DescribeLogStreamsCommand({ logGroupName: group }),
      new FilterLogEventsCommand({ logGroupName: group }),
      new CreateLogStreamCommand({ logGroupName: group, logStreamName: "s" }),
      new PutRetentionPolicyCommand({ logGroupName: group, retentionInDays: 7 }),
      new ListTagsForResourceCommand({ resourceArn: arnOf(group) }),
    ]) {
      await expect(client.send(command as CreateLogStreamCommand)).rejects.toMatchObject({
        name: "ResourceNotFoundException",
        message: "The specified log group does not exist.",
        $metadata: { httpStatusCode: 400 },
      });
    }
  });

  test("come in pages, by name, and by prefix or part of the name", async () => {
    const base = `/page-${count}`;
    for (const name of ["c", "a", "b"])
      await client.send(new CreateLogGroupCommand({ logGroupName: `${base}/${name}` }));
    const pages = [];
    for await (const page of paginateDescribeLogGroups(
      { client, pageSize: 2 },
      { logGroupNamePrefix: `${base}/` },
    ))
      pages.push(page.logGroups!.map(({ logGroupName }) => logGroupName));
    expect(pages).toEqual([[`${base}/a`, `${base}/b`], [`${base}/c`]]);
    const part = new DescribeLogGroupsCommand({ logGroupNamePattern: `-${count}/b` });
    expect((await client.send(part)).logGroups).toMatchObject([{ logGroupName: `${base}/b` }]);
    const listed = await client.send(
      new ListLogGroupsCommand({ logGroupNamePattern: `^${base}/` }),
    );
    expect(listed.logGroups).toHaveLength(3);
    await expect(
      client.send(
        new DescribeLogGroupsCommand({ logGroupNamePrefix: "a", logGroupNamePattern: "b" }),
      ),
    ).rejects.toMatchObject({ name: "InvalidParameterException" });
    await expect(
      client.send(new DescribeLogGroupsCommand({ nextToken: "nonsense!" })),
    ).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "The specified nextToken is invalid.",
    });
  });

  test("keep events for as long as their retention says", async () => {
    await stream("s");
    const now = clock.now();
    await put("s", [[now - 1000, "kept"]]);
    const retention = (retentionInDays: number) =>
      client.send(new PutRetentionPolicyCommand({ logGroupName: group, retentionInDays }));
    await retention(180);
    const found = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: group }));
    expect(found.logGroups![0]!.retentionInDays).toBe(180);
    await expect(retention(2)).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringMatching(
        /^1 validation error detected: Value '2' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: \[1, 3, /,
      ),
    });
    await retention(1);
    expect(await messages({})).toEqual(["kept"]);
    await clock.advance(DAY_MS);
    expect(await messages({})).toEqual([]);
    await client.send(new DeleteRetentionPolicyCommand({ logGroupName: group }));
    const after = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: group }));
    expect(after.logGroups![0]).not.toHaveProperty("retentionInDays");
  });

  test("have tags, by both APIs", async () => {
    const name = `${group}-tagged`;
    const arn = arnOf(name);
    await client.send(new CreateLogGroupCommand({ logGroupName: name, tags: { a: "1" } }));
    await client.send(new TagResourceCommand({ resourceArn: arn, tags: { b: "2" } }));
    await client.send(new TagLogGroupCommand({ logGroupName: name, tags: { a: "3", c: "4" } }));
    const ofResource = await client.send(new ListTagsForResourceCommand({ resourceArn: arn }));
    expect(ofResource.tags).toEqual({ a: "3", b: "2", c: "4" });
    await client.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ["a"] }));
    await client.send(new UntagLogGroupCommand({ logGroupName: name, tags: ["c"] }));
    const ofGroup = await client.send(new ListTagsLogGroupCommand({ logGroupName: name }));
    expect(ofGroup.tags).toEqual({ b: "2" });
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, "v"]));
    await expect(
      client.send(new TagResourceCommand({ resourceArn: arn, tags: many })),
    ).rejects.toMatchObject({ name: "TooManyTagsException" });
  });

  test("are not deleted while they are protected", async () => {
    const protect = (deletionProtectionEnabled: boolean) =>
      client.send(
        new PutLogGroupDeletionProtectionCommand({
          logGroupIdentifier: group,
          deletionProtectionEnabled,
        }),
      );
    await protect(true);
    await expect(
      client.send(new DeleteLogGroupCommand({ logGroupName: group })),
    ).rejects.toMatchObject({
      name: "ValidationException",
    });
    await protect(false);
    await client.send(new DeleteLogGroupCommand({ logGroupName: group }));
  });

  test("of another account or region are not seen", async () => {
    const other = cloud.cloud.account("210987654321");
    const clients = [
      new CloudWatchLogsClient({ ...cloud.clientConfig, credentials: other }),
      new CloudWatchLogsClient({ ...cloud.clientConfig, region: "us-east-1" }),
    ];
    for (const stranger of clients) {
      expect((await stranger.send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([]);
      stranger.destroy();
    }
  });
});

describe("log streams", () => {
  test("tell the times of their events, and sort by them", async () => {
    const now = clock.now();
    for (const name of ["a", "b", "c"]) await stream(name);
    await put("b", [
      [now - 5000, "first"],
      [now - 1000, "last"],
    ]);
    await put("a", [[now - 3000, "only"]]);
    const names = async (input: object) => {
      const found = await client.send(
        new DescribeLogStreamsCommand({ logGroupName: group, ...input }),
      );
      return found.logStreams!.map(({ logStreamName }) => logStreamName);
    };
    expect(await names({})).toEqual(["a", "b", "c"]);
    expect(await names({ descending: true, limit: 2 })).toEqual(["c", "b"]);
    expect(await names({ orderBy: "LastEventTime", descending: true })).toEqual(["b", "a", "c"]);
    expect(await names({ logStreamNamePrefix: "b" })).toEqual(["b"]);
    const found = await client.send(
      new DescribeLogStreamsCommand({ logGroupIdentifier: arnOf(group), logStreamNamePrefix: "b" }),
    );
    expect(found.logStreams![0]).toMatchObject({
      arn: `${arnOf(group)}:log-stream:b`,
      firstEventTimestamp: now - 5000,
      lastEventTimestamp: now - 1000,
      lastIngestionTime: now,
      storedBytes: 0,
    });
    await expect(
      names({ orderBy: "LastEventTime", logStreamNamePrefix: "b" }),
    ).rejects.toMatchObject({
      message: "Cannot order by LastEventTime with a logStreamNamePrefix.",
    });
  });

  test("cannot be made twice, and take their events with them", async () => {
    await stream("s");
    await expect(stream("s")).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
      message: "The specified log stream already exists",
    });
    await put("s", [[clock.now(), "gone"]]);
    await client.send(new DeleteLogStreamCommand({ logGroupName: group, logStreamName: "s" }));
    expect(await messages({})).toEqual([]);
    await expect(put("s", [[clock.now(), "x"]])).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The specified log stream does not exist.",
    });
    await stream("s");
    expect(await messages({})).toEqual([]);
  });
});

describe("putting events", () => {
  beforeEach(() => stream("s"));

  test("refuses what is out of order, spans more than a day or is too large", async () => {
    const now = clock.now();
    const refusals: [[number, string][], string][] = [
      [
        [
          [now, "a"],
          [now - 1, "b"],
        ],
        "Log events in a single PutLogEvents request must be in chronological order.",
      ],
      [
        [
          [now - DAY_MS - 1, "a"],
          [now, "b"],
        ],
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
      ],
      [[[now, "x".repeat(1_048_551)]], "Upload too large: 1048577 bytes exceeds limit of 1048576"],
    ];
    for (const [events, message] of refusals)
      await expect(put("s", events)).rejects.toMatchObject({
        name: "InvalidParameterException",
        message,
      });
    expect(await messages({})).toEqual([]);
  });

  test("leaves out what is too old or too new, and says where", async () => {
    const now = clock.now();
    const old = await put("s", [
      [now - 14 * DAY_MS - 1, "too old"],
      [now - 14 * DAY_MS + 1, "kept"],
    ]);
    expect(old.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    const early = await put("s", [
      [now, "now"],
      [now + 2 * 3_600_000 + 1, "too new"],
    ]);
    expect(early.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    expect(await messages({})).toEqual(["kept", "now"]);
  });
});

describe("getting a stream's events", () => {
  let start: number;
  beforeEach(async () => {
    start = clock.now() - 10_000;
    await stream("s");
    await put(
      "s",
      Array.from({ length: 5 }, (_, index) => [start + index * 10, `m${index}`]),
    );
  });

  async function get(input: object) {
    const answer = await client.send(
      new GetLogEventsCommand({ logGroupName: group, logStreamName: "s", ...input }),
    );
    return { ...answer, messages: answer.events!.map(({ message }) => message) };
  }

  test("gives the newest, in order, unless asked from the head", async () => {
    expect((await get({ limit: 2 })).messages).toEqual(["m3", "m4"]);
    expect((await get({ limit: 2, startFromHead: true })).messages).toEqual(["m0", "m1"]);
    expect((await get({})).events![0]).toEqual({
      timestamp: start,
      message: "m0",
      ingestionTime: expect.any(Number),
    });
  });

  test("pages forwards and backwards, and answers the same token at an end", async () => {
    const first = await get({ limit: 2, startFromHead: true });
    const second = await get({ limit: 3, startFromHead: true, nextToken: first.nextForwardToken });
    expect(second.messages).toEqual(["m2", "m3", "m4"]);
    const end = await get({ startFromHead: true, nextToken: second.nextForwardToken });
    expect(end.messages).toEqual([]);
    expect(end.nextForwardToken).toBe(second.nextForwardToken);
    const back = await get({ limit: 1, nextToken: second.nextBackwardToken });
    expect(back.messages).toEqual(["m1"]);
    await put("s", [[clock.now(), "later"]]);
    const again = await get({ startFromHead: true, nextToken: end.nextForwardToken });
    expect(again.messages).toEqual(["later"]);
    expect(first.nextForwardToken).toMatch(/^f\/\d{56}\/s$/);
  });

  test("keeps to a range that includes its start and not its end", async () => {
    const range = { startTime: start + 10, endTime: start + 30 };
    expect((await get(range)).messages).toEqual(["m1", "m2"]);
  });

  test("refuses a token that is not one, and a stream that is not there", async () => {
    await expect(get({ nextToken: "x" })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    await expect(get({ logStreamName: "none" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The specified log stream does not exist.",
    });
  });
});

describe("filtering a group's events", () => {
  let start: number;
  beforeEach(async () => {
    start = clock.now() - 10_000;
    for (const name of ["web/1", "web/2", "job/1"]) await stream(name);
    await put("web/1", [
      [start, "GET / 200"],
      [start + 20, "GET /x 404"],
    ]);
    await put("web/2", [[start + 10, '{"status": 500}']]);
    await put("job/1", [[start + 30, "done"]]);
  });

  test("merges streams by time, and tells where each event is from", async () => {
    const { events, searchedLogStreams } = await client.send(
      new FilterLogEventsCommand({ logGroupIdentifier: arnOf(group) }),
    );
    expect(
      events!.map(({ logStreamName, timestamp }) => [logStreamName, timestamp! - start]),
    ).toEqual([
      ["web/1", 0],
      ["web/2", 10],
      ["web/1", 20],
      ["job/1", 30],
    ]);
    expect(new Set(events!.map(({ eventId }) => eventId)).size).toBe(4);
    expect(events![0]!.eventId).toMatch(/^\d{56}$/);
    expect(searchedLogStreams).toEqual([]);
  });

  test("by pattern, streams, prefix and an inclusive range", async () => {
    expect(await messages({ filterPattern: "GET -404" })).toEqual(["GET / 200"]);
    expect(await messages({ filterPattern: "{ $.status >= 500 }" })).toEqual(['{"status": 500}']);
    expect(await messages({ logStreamNames: ["job/1"] })).toEqual(["done"]);
    expect(await messages({ logStreamNames: ["job/1", "web/2"] })).toEqual([
      '{"status": 500}',
      "done",
    ]);
    expect(await messages({ logStreamNamePrefix: "web/" })).toHaveLength(3);
    expect(await messages({ logStreamNamePrefix: "none" })).toEqual([]);
    expect(await messages({ startTime: start + 10, endTime: start + 20 })).toEqual([
      '{"status": 500}',
      "GET /x 404",
    ]);
    await expect(
      messages({ logStreamNames: ["job/1"], logStreamNamePrefix: "w" }),
    ).rejects.toMatchObject({ name: "InvalidParameterException" });
    await expect(messages({ logStreamNames: ["none"] })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    await expect(messages({ filterPattern: "{ $.status" })).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "If a filter pattern starts with '{' it must end with '}'",
    });
  });

  test("in pages that miss nothing, in both directions", async () => {
    for (const startFromHead of [true, false]) {
      const seen = [];
      for await (const page of paginateFilterLogEvents(
        { client, pageSize: 1 },
        { logGroupName: group, startFromHead, startTime: start },
      ))
        seen.push(...page.events!.map(({ timestamp }) => timestamp! - start));
      expect(seen).toEqual(startFromHead ? [0, 10, 20, 30] : [30, 20, 10, 0]);
    }
  });

  test("past thousands of events that do not match, and past a full answer", async () => {
    await stream("flood");
    const many = Array.from({ length: 5000 }, (_, index): [number, string] => [
      start + 100,
      `n${index}`,
    ]);
    await put("flood", many);
    await put("flood", [[start + 200, "needle"]]);
    expect(await messages({ filterPattern: "needle" })).toEqual(["needle"]);
    const large = "x".repeat(600_000);
    await put("flood", [[start + 300, `a${large}`]]);
    await put("flood", [[start + 300, `b${large}`]]);
    const starts = [];
    for await (const page of paginateFilterLogEvents(
      { client },
      { logGroupName: group, startTime: start + 300 },
    ))
      starts.push(page.events!.map(({ message }) => message![0]));
    expect(starts).toEqual([["a"], ["b"]]);
  });
});

test("what is not there says so by name", async () => {
  const query = new StartQueryCommand({
    logGroupName: group,
    startTime: 0,
    endTime: 1,
    queryString: "fields @message",
  });
  await expect(client.send(query)).rejects.toMatchObject({
    name: "NotImplemented",
    $metadata: { httpStatusCode: 501 },
    message: expect.stringContaining("StartQuery"),
  });
});

test("groups, streams and events survive a restart", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "logs-"));
  const timestamp = Date.now();
  const place = { logGroupName: "kept", logStreamName: "s" };
  const within = async <T>(work: (logs: CloudWatchLogsClient) => Promise<T>): Promise<T> => {
    const running = await startTestCloud({ dataDir });
    const logs = new CloudWatchLogsClient(running.clientConfig);
    try {
      return await work(logs);
    } finally {
      logs.destroy();
      await running.stop();
      expect(running.errors).toEqual([]);
    }
  };
  await within(async (logs) => {
    await logs.send(new CreateLogGroupCommand({ logGroupName: "kept" }));
    await logs.send(new CreateLogStreamCommand(place));
    const logEvents = [{ timestamp, message: "line" }];
    await logs.send(new PutLogEventsCommand({ ...place, logEvents }));
  });
  const { events } = await within((logs) => logs.send(new GetLogEventsCommand(place)));
  expect(events).toMatchObject([{ timestamp, message: "line" }]);
  rmSync(dataDir, { recursive: true });
});

test("others are answered while many events are searched", async () => {
  await stream("s");
  const logEvents = Array.from({ length: 10_000 }, () => ({
    timestamp: clock.now(),
    message: "a".repeat(70),
  }));
  const put = { logGroupName: group, logStreamName: "s", logEvents };
  await client.send(new PutLogEventsCommand(put));
  const order: string[] = [];
  const search = client
    .send(new FilterLogEventsCommand({ logGroupName: group, filterPattern: "%[ab]*a[ab]{500}b%" }))
    .then(() => order.push("search"));
  await client.send(new ListLogGroupsCommand({})).then(() => order.push("list"));
  await search;
  expect(order).toEqual(["list", "search"]);
});

test("a group is under a key alone that is there, enabled, and for CloudWatch Logs to use", async () => {
  const keys = new kms.KMSClient(cloud.clientConfig);
  const account = cloud.cloud.credentials.accountId;
  const policyFor = (logGroup: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: "kms:*",
          Resource: "*",
        },
        {
          Effect: "Allow",
          Principal: { Service: `logs.${TEST_REGION}.amazonaws.com` },
          Action: [
            "kms:Encrypt*",
            "kms:Decrypt*",
            "kms:ReEncrypt*",
            "kms:GenerateDataKey*",
            "kms:Describe*",
          ],
          Resource: "*",
          Condition: { ArnEquals: { "kms:EncryptionContext:aws:logs:arn": arnOf(logGroup) } },
        },
      ],
    });
  const newKey = async (Policy?: string) =>
    (await keys.send(new kms.CreateKeyCommand({ Policy }))).KeyMetadata!.Arn!;
  const associate = (kmsKeyId: string, logGroupName = group) =>
    client.send(new AssociateKmsKeyCommand({ logGroupName, kmsKeyId }));
  const refused = (logGroup: string) => ({
    name: "InvalidParameterException",
    message: `The specified KMS key does not exist or is not allowed to be used with LogGroup '${arnOf(logGroup)}'`,
  });
  await expect(associate(await newKey())).rejects.toMatchObject(refused(group));
  await expect(associate(await newKey(policyFor("/other")))).rejects.toMatchObject(refused(group));
  const missing = `arn:aws:kms:${TEST_REGION}:${account}:key/01234567-89ab-cdef-0123-456789abcdef`;
  await expect(
    client.send(new CreateLogGroupCommand({ logGroupName: "/sealed", kmsKeyId: missing })),
  ).rejects.toMatchObject(refused("/sealed"));
  const key = await newKey(policyFor(group));
  await associate(key);
  const { logGroups } = await client.send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: group }),
  );
  expect(logGroups![0]!.kmsKeyId).toBe(key);
  await keys.send(new kms.DisableKeyCommand({ KeyId: key }));
  await expect(associate(key)).rejects.toMatchObject(refused(group));
  keys.destroy();
});
