import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import { LogEvents } from "../../services/logs/log-events.ts";
import { createLogGroup } from "../../services/logs/groups.ts";
import { logGroups, logStreams } from "../../services/logs/state.ts";
import { Store } from "../../store/store.ts";
import { CloudWatchLogRouter } from "./log-router.ts";

const ACCOUNT = "123456789012";
const REGION = "ap-northeast-1";
const TASK_ID = "0123456789abcdef0123456789abcdef";
const CONTAINER = {
  taskId: TASK_ID,
  name: "app",
  runtimeId: `${TASK_ID}-0123456789`,
  dockerName: "app",
  image: "app:1",
  imageId: `sha256:${"0".repeat(64)}`,
  labels: {},
  environment: {},
  instanceId: undefined,
};

let store: Store;
let clock: ManualClock;
let router: CloudWatchLogRouter;
let errors: string[];

beforeEach(async () => {
  store = Store.open(":memory:");
  clock = new ManualClock();
  errors = [];
  const logger = { info: () => {}, error: (message: string) => void errors.push(message) };
  router = new CloudWatchLogRouter({ store, clock, logger, maxBytes: Infinity });
  await router.start();
});
afterEach(async () => {
  await router.stop();
  store.close();
});

const options = {
  "awslogs-group": "/ecs/app",
  "awslogs-region": REGION,
  "awslogs-stream-prefix": "web",
};

function open(more: Record<string, string> = {}, logDriver: "awslogs" | "splunk" = "awslogs") {
  return router.open({
    account: ACCOUNT,
    region: REGION,
    container: CONTAINER,
    logConfiguration: { logDriver, options: { ...options, ...more } },
  });
}

function makeGroup(region = REGION): void {
  store.transaction(() => createLogGroup(store.scope(ACCOUNT, region), "/ecs/app", clock.now()));
}

function stored(region = REGION) {
  return store.owner(LogEvents).read({
    account: ACCOUNT,
    region,
    group: "/ecs/app",
    from: 0,
    to: Number.MAX_SAFE_INTEGER,
    limit: 100,
  });
}

/** What is on disk, without asking for what is still buffered. */
function written(): number {
  const { count } = store.database.sql.prepare("SELECT COUNT(*) AS count FROM log_event").get() as {
    count: number;
  };
  return count;
}

describe("awslogs", () => {
  test("makes a stream of prefix, container and task, and puts lines there as they come", async () => {
    makeGroup();
    const sink = await open();
    sink.write("stdout", "one", clock.now());
    sink.write("stdout", "", clock.now());
    sink.write("stderr", "two", clock.now() + 1);
    const stream = `web/app/${TASK_ID}`;
    expect(store.of(logStreams, ACCOUNT, REGION).get(`/ecs/app:${stream}`)).toMatchObject({
      name: stream,
      arn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/ecs/app:log-stream:${stream}`,
    });
    expect(stored()).toMatchObject([
      { stream, message: "one", timestamp: clock.now() },
      { stream, message: "two", timestamp: clock.now() + 1 },
    ]);
  });

  test("writes a line to disk within a tenth of a second, and a large batch at once", async () => {
    makeGroup();
    const sink = await open();
    sink.write("stdout", "one", clock.now());
    expect(written()).toBe(0);
    await clock.advance(100);
    expect(written()).toBe(1);
    for (let index = 0; index < 500; index++) sink.write("stdout", "x", clock.now());
    expect(written()).toBe(501);
    sink.write("stdout", "last", clock.now());
    await router.stop();
    expect(written()).toBe(502);
  });

  test("goes on in its stream when a container starts again", async () => {
    makeGroup();
    for (const line of ["first", "second"]) (await open()).write("stdout", line, clock.now());
    expect(stored().map(({ message }) => message)).toEqual(["first", "second"]);
  });

  test("writes into another region where it says so", async () => {
    makeGroup("us-east-1");
    const sink = await open({ "awslogs-region": "us-east-1" });
    sink.write("stdout", "far", clock.now());
    expect(stored("us-east-1")).toMatchObject([{ message: "far" }]);
    expect(stored()).toEqual([]);
  });

  test("makes the group only where it is told to", async () => {
    const missing = open();
    await expect(missing).rejects.toThrow(
      /^ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, https response error StatusCode: 400, RequestID: [0-9a-f-]{36}, ResourceNotFoundException: The specified log group does not exist\. : exit status 1$/,
    );
    expect(store.of(logGroups, ACCOUNT, REGION).size).toBe(0);
    const sink = await open({ "awslogs-create-group": "true" });
    sink.write("stdout", "made", clock.now());
    expect(stored()).toMatchObject([{ message: "made" }]);
    await open({ "awslogs-create-group": "true" });
  });

  test("drops lines whose stream has been deleted", async () => {
    makeGroup();
    const sink = await open();
    const streams = store.of(logStreams, ACCOUNT, REGION);
    store.transaction(() => streams.delete(`/ecs/app:web/app/${TASK_ID}`));
    sink.write("stdout", "lost", clock.now());
    expect(stored()).toEqual([]);
  });
});

describe("events of several lines", () => {
  const trace = ["2026-01-02 03:04:05 ERROR boom", "  at one", "  at two"];

  test("begin where the pattern matches", async () => {
    makeGroup();
    const sink = await open({ "awslogs-multiline-pattern": "(?i)^\\d{4}\\-.* (error|info) " });
    const start = clock.now();
    for (const line of [...trace, "2026-01-02 03:04:06 INFO fine"]) {
      sink.write("stdout", line, clock.now());
      await clock.advance(10);
    }
    expect(stored()).toMatchObject([{ message: `${trace.join("\n")}\n`, timestamp: start }]);
    await sink.close();
    expect(stored()[1]).toMatchObject({ message: "2026-01-02 03:04:06 INFO fine\n" });
  });

  test("begin where a time in the given format is", async () => {
    makeGroup();
    const sink = await open({ "awslogs-datetime-format": "%Y-%m-%d %H:%M:%S" });
    for (const line of [...trace, ...trace]) sink.write("stdout", line, clock.now());
    await sink.close();
    expect(stored()).toHaveLength(2);
  });

  test.each<[format: string, lines: string[], events: number]>([
    [
      String.raw`\[%Y-%m-%dT%H:%M:%S`,
      ["[2026-01-18T23:28:53+00:00] a", "b", "[2026-01-18T23:28:54+00:00] c"],
      2,
    ],
    ["^.(%Y|never)-%m", ["[2026-01 a", "b", "[2027-12 c"], 2],
    ["%H.%M", ["12x30 a", "b", "12:31 c"], 2],
    ["at 100%%", ["at 100 a", "b"], 1],
  ])("begin where the format, a regular expression, is: %j", async (format, lines, events) => {
    makeGroup();
    const sink = await open({ "awslogs-datetime-format": format });
    for (const line of lines) sink.write("stdout", line, clock.now());
    await sink.close();
    expect(stored()).toHaveLength(events);
  });

  test("are not waited for longer than five seconds", async () => {
    makeGroup();
    const sink = await open({ "awslogs-multiline-pattern": "^x" });
    sink.write("stdout", "alone", clock.now());
    await clock.advance(4_999);
    expect(stored()).toEqual([]);
    await clock.advance(1);
    expect(stored()).toMatchObject([{ message: "alone\n" }]);
  });

  test.each<Record<string, string>>([
    { "awslogs-multiline-pattern": "^(x+x+)+y" },
    { "awslogs-multiline-pattern": "(a|a)*b|(.*)*z" },
    { "awslogs-datetime-format": `${"%Z".repeat(30)}!` },
  ])("are told apart in linear time, whatever the pattern: %j", async (more) => {
    makeGroup();
    const sink = await open(more);
    for (const char of ["x", "a", "T"]) sink.write("stdout", char.repeat(20_000), clock.now());
    await sink.close();
    expect(stored().map(({ message }) => message.length)).toEqual([60_003]);
  });

  test("end at the driver's limit of bytes", async () => {
    makeGroup();
    const sink = await open({ "awslogs-multiline-pattern": "^start" });
    for (let index = 0; index < 17; index++) sink.write("stdout", "x".repeat(16_384), clock.now());
    await sink.close();
    expect(stored().map(({ message }) => message.length)).toEqual([15 * 16_385, 2 * 16_385]);
  });
});

describe("options that do not fit", () => {
  test.each<[Record<string, string>, string]>([
    [{ "awslogs-group": "" }, "must specify a value for log opt 'awslogs-group'"],
    [{ "awslogs-region": "" }, "must specify a value for log opt 'awslogs-region'"],
    [{ "awslogs-colour": "red" }, "unknown log opt 'awslogs-colour' for awslogs log driver"],
    [
      { "awslogs-create-group": "maybe" },
      "must specify valid value for log opt 'awslogs-create-group': \"maybe\"",
    ],
    [
      { "awslogs-datetime-format": "%Y", "awslogs-multiline-pattern": "x" },
      "you cannot configure log opt 'awslogs-datetime-format' and 'awslogs-multiline-pattern' at the same time",
    ],
    [
      { "awslogs-multiline-pattern": "(" },
      "must specify valid value for log opt 'awslogs-multiline-pattern': \"(\"",
    ],
    [
      { "awslogs-datetime-format": "[%Y-%m-%dT%H:%M:%S+00:00]" },
      "must specify valid value for log opt 'awslogs-datetime-format'",
    ],
    [{ "awslogs-multiline-pattern": "a{1000}".repeat(20) }, "must specify valid value"],
    [{ "awslogs-multiline-pattern": "a".repeat(5_000) }, "must specify valid value"],
    [{ mode: "fast" }, "must specify valid value for log opt 'mode': \"fast\""],
    [
      { mode: "blocking", "max-buffer-size": "1m" },
      "'max-buffer-size' option is only supported with 'mode=non-blocking'",
    ],
    [
      { mode: "non-blocking", "max-buffer-size": "big" },
      "must specify valid value for log opt 'max-buffer-size': \"big\"",
    ],
  ])("are refused: %j", async (more, words) => {
    makeGroup();
    const opened = open(more);
    await expect(opened).rejects.toThrow(
      /^ResourceInitializationError: failed to validate logger args: .* : exit status 1$/,
    );
    await expect(opened).rejects.toThrow(words);
  });

  test("and another driver is refused by name", async () => {
    await expect(open({}, "splunk")).rejects.toThrow('Local AWS has no log driver "splunk"');
  });
});

test("without a log configuration lines are taken and dropped", async () => {
  const sink = await router.open({
    account: ACCOUNT,
    region: REGION,
    container: CONTAINER,
    logConfiguration: undefined,
  });
  sink.write("stdout", "nowhere", clock.now());
  await sink.close();
  expect(written()).toBe(0);
});

test("events past their retention are removed, hour by hour", async () => {
  makeGroup();
  const sink = await open();
  sink.write("stdout", "old", clock.now());
  const groups = store.of(logGroups, ACCOUNT, REGION);
  store.transaction(() => groups.patch("/ecs/app", { retentionInDays: 1 }));
  await clock.advance(86_400_000);
  expect(written()).toBe(1);
  await clock.advance(3_600_000);
  expect(written()).toBe(0);
});

describe("a full disk", () => {
  /** Lets the database grow by so many pages of 4 KiB, or without bound. */
  const leave = (pages: number | undefined) => {
    const { sql } = store.database;
    const { page_count: used } = sql.prepare("PRAGMA page_count").get() as { page_count: number };
    sql.exec(`PRAGMA max_page_count = ${pages === undefined ? 4_294_967_294 : used + pages}`);
  };
  const line = "x".repeat(10_000);
  const count = () => stored().length;

  test("holds a task that logs in blocking mode, and nothing is lost", async () => {
    makeGroup();
    const sink = await open({ mode: "blocking" });
    leave(2);
    let written = 0;
    let room: void | Promise<void> = undefined;
    while (!room) {
      room = sink.write("stdout", line, clock.now());
      written++;
      await clock.advance(100);
      if (written > 5_000) throw new Error("the task was never held");
    }
    expect(errors).toEqual([expect.stringContaining("the disk is full")]);
    leave(undefined);
    await clock.advance(1_000);
    await room;
    const all = store.database.sql.prepare("SELECT count(*) AS n FROM log_event").get();
    expect(all).toEqual({ n: written });
  });

  test("drops what a task logs in non-blocking mode past its buffer", async () => {
    makeGroup();
    const sink = await open({ mode: "non-blocking", "max-buffer-size": "64k" });
    leave(2);
    for (let index = 0; index < 100; index++) {
      expect(sink.write("stdout", line, clock.now())).toBeUndefined();
      await clock.advance(100);
    }
    leave(undefined);
    await clock.advance(1_000);
    expect(count()).toBeGreaterThan(5);
    expect(count()).toBeLessThan(20);
  });

  test("leaves readers what is on disk", async () => {
    makeGroup();
    const sink = await open();
    sink.write("stdout", "first", clock.now());
    await clock.advance(100);
    leave(0);
    for (let index = 0; index < 10; index++) void sink.write("stdout", line, clock.now());
    expect(stored().map(({ message }) => message)).toEqual(["first"]);
    leave(undefined);
  });
});
