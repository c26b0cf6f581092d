import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeMulti, encode } from "@msgpack/msgpack";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { forwardMessages, type Batch } from "./inputs/forward-decoder.ts";
import { startRouter } from "./start-router.ts";

let folder: string;
let batches: Batch[];
/** What is said on standard error. */
let said: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "router-"));
  const own: Batch[] = [];
  batches = own;
  said = "";
  const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
  onTestFinished(() => void write.mockRestore());
  const server = createServer((socket) => {
    socket.on("error", () => {});
    void (async () => {
      for await (const batch of forwardMessages(socket)) own.push(batch);
    })();
  });
  server.listen(join(folder, "end.sock"));
  await once(server, "listening");
  onTestFinished(() => void server.close());
});
afterEach(() => rmSync(folder, { recursive: true }));

const WAIT = { timeout: 60_000, interval: 10 };
const INPUT = "[INPUT]\n    Name forward\n    unix_path DIR/in.sock\n";
const OUTPUT = "[OUTPUT]\n    Name forward\n    Match *\n    unix_path DIR/end.sock\n";

async function start(config: string, variables: Record<string, string> = {}) {
  const file = join(folder, "router.conf");
  writeFileSync(file, config.replaceAll("DIR", folder));
  return startRouter(file, variables);
}

/** Sends messages as they are, and ends. */
async function send(...messages: unknown[]): Promise<void> {
  const socket = createConnection(join(folder, "in.sock"));
  await once(socket, "connect");
  for (const message of messages) socket.write(encode(message));
  socket.end();
  await once(socket.resume(), "close");
}

/** What has arrived by its tags, once it is so much. */
const arrived = (count: number) =>
  vi.waitFor(() => {
    const all = batches.flatMap(({ tag, events }) => events.map(({ record }) => ({ tag, record })));
    expect(all).toHaveLength(count);
    return all;
  }, WAIT);

test("takes all modes of the protocol, and answers those who want to know", async () => {
  const router = await start(INPUT + OUTPUT);
  const entries = [
    [1, { log: "b" }],
    [2, { log: "c" }],
  ];
  const packed = Buffer.concat(entries.map((entry) => Buffer.from(encode(entry))));
  const socket = createConnection(join(folder, "in.sock"));
  socket.write(encode(["t", 1, { log: "a" }]));
  socket.write(encode(["t", entries]));
  socket.write(encode(["t", packed, { chunk: "p8n9gmxTQVC8/nh2wlKKeQ==" }]));
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect([...decodeMulti(answer)]).toEqual([{ ack: "p8n9gmxTQVC8/nh2wlKKeQ==" }]);
  socket.destroy();
  await router.stop();
  expect((await arrived(5)).map(({ record }) => record["log"])).toEqual(["a", "b", "c", "b", "c"]);
});

test("filters in the order of the configuration", async () => {
  const filters = `
[FILTER]
    Name   grep
    Match app-firelens*
    Exclude log ^GET /health
[FILTER]
    Name record_modifier
    Match *
    Record ecs_cluster workbook
    Remove_key container_id
[FILTER]
    Name parser
    Match app-*
    Key_Name log
    Parser json
    Reserve_Data True
[FILTER]
    Name modify
    Match *
    Condition Key_Value_Equals level error
    Add alarm yes
    Rename level severity
[FILTER]
    Name rewrite_tag
    Match app-*
    Rule $alarm ^yes$ alarms.$TAG false
`;
  const router = await start(INPUT + filters + OUTPUT);
  await send(
    ["app-firelens-1", 1, { log: "GET /health", container_id: "x" }],
    ["app-firelens-1", 2, { log: "GET /", container_id: "x" }],
    ["app-firelens-1", 3, { log: '{"level":"error","at":"db"}' }],
    ["other", 4, { log: "GET /health" }],
  );
  await router.stop();
  expect(await arrived(3)).toEqual([
    { tag: "app-firelens-1", record: { log: "GET /", ecs_cluster: "workbook" } },
    {
      tag: "alarms.app-firelens-1",
      record: { ecs_cluster: "workbook", at: "db", severity: "error", alarm: "yes" },
    },
    { tag: "other", record: { log: "GET /health", ecs_cluster: "workbook" } },
  ]);
});

test("reads the files that it includes, with variables of its environment", async () => {
  writeFileSync(
    join(folder, "extra.conf"),
    "@SET to=end\n[FILTER]\n    Name modify\n    Match *\n    Set by ${NAME_0}-${to}${unset}\n",
  );
  const router = await start(`${INPUT}\n@INCLUDE extra.conf\n${OUTPUT}`, { NAME_0: "us" });
  await send(["t", 1, { log: "a" }]);
  await router.stop();
  expect(await arrived(1)).toEqual([{ tag: "t", record: { log: "a", by: "us-end" } }]);
});

test("says what it could not deliver when it stops", async () => {
  const away = "[OUTPUT]\n    Name forward\n    Match *\n    unix_path DIR/nobody.sock\n";
  const router = await start(INPUT + away);
  await send(["t", 1, { log: "a" }]);
  await router.stop();
  expect(said).toContain("no upstream connections available");
  expect(said).toContain(
    "chunk '1' cannot be retried: task_id=1, input=forward > output=forward.0",
  );
});

test.each<[config: string, words: string]>([
  ["[OUTPUT]\n    Name splunk\n    Match *\n", "router has no output 'splunk'"],
  ["[FILTER]\n    Name lua\n    Match *\n", "router has no filter 'lua'"],
  [
    "[OUTPUT]\n    Name cloudwatch_logs\n    Match *\n    log_grup_name x\n",
    "cloudwatch_logs.0: unknown configuration property 'log_grup_name'. The following properties are allowed: region",
  ],
  [
    "[OUTPUT]\n    Name cloudwatch_logs\n    Match *\n    log_group_name x\n    region r\n",
    "Either 'log_stream_name' or 'log_stream_prefix' is required",
  ],
  ["[OUTPUT]\n    Name s3\n    Match *\n", "'bucket' is a required parameter"],
  ["@INCLUDE missing.conf\n", "could not open configuration file"],
  [
    "[FILTER]\n    Name grep\n    Match *\n    Regex log (\n",
    "could not compile regex pattern '('",
  ],
])("does not start with %j", async (config, words) => {
  await expect(start(config)).rejects.toThrow(words);
});
