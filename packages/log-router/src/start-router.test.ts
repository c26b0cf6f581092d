import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createConnection, createServer, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
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
  writeFileSync(join(folder, "parsers.conf"), "[PARSER]\n    Name json\n    Format json\n");
  const filters = `
[SERVICE]
    Flush 0.5
    Parsers_File DIR/parsers.conf
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

/**
 * What becomes of records by a filter, as the JSON that their order makes: what Fluent Bit 5.1.1 made of the same; of Hard_copy, Move_to_start,
 * Move_to_end and names that JavaScript's objects have, what its pages and its source say. https://docs.fluentbit.io/manual/pipeline/filters/modify
 */
test.each<[filter: string, records: Record<string, unknown>[], become: string[]]>([
  ["grep\nRegex log a\nRegex log b", [{ log: "a" }, { log: "b" }], ['{"log":"a"}']],
  ["grep\nRegex log a\nExclude log b", [{ log: "ab" }], ['{"log":"ab"}']],
  ["grep\nExclude log b\nRegex log a", [{ log: "ab" }, { log: "a" }], ['{"log":"a"}']],
  ["grep\nLogical_Op or\nRegex log a\nRegex log b", [{ log: "b" }], ['{"log":"b"}']],
  ["grep\nLogical_Op AND\nExclude log a\nExclude log b", [{ log: "ab" }], []],
  ["grep\nRegex n ^4", [{ n: 42 }, { n: "4" }], ['{"n":"4"}']],
  ["grep\nRegex   log   a", [{ log: "a" }, { log: "   a" }], ['{"log":"   a"}']],
  ["record_modifier\nRecord a 1\nRecord b two words", [{}], ['{"a":"1"}']],
  ['record_modifier\nRecord b "two words"', [{}], ['{"b":"two words"}']],
  ["record_modifier\nRemove_key A*", [{ abc: 1, b: 2 }], ['{"b":2}']],
  ["record_modifier\nAllowlist_key A", [{ a: 1, b: 2 }], ['{"a":1}']],
  [
    "modify\nRemove a\nAdd a 2\nRename a c\nSet d 1\nCopy d e",
    [{ a: 1, b: 2 }],
    ['{"b":2,"c":"2","d":"1","e":"1"}'],
  ],
  ["modify\nRename log message\nAdd log again", [{ log: "x" }], ['{"message":"x","log":"again"}']],
  ["modify\nSet a 9", [{ a: 1, b: 2 }], ['{"b":2,"a":"9"}']],
  ["modify\nAdd a 9", [{ a: null }], ['{"a":null}']],
  ["modify\nHard_rename a b", [{ a: 1, b: 2, c: 3 }], ['{"b":1,"c":3}']],
  ["modify\nHard_rename z b", [{ a: 1, b: 2 }], ['{"a":1,"b":2}']],
  ["modify\nHard_copy a c", [{ c: 3, a: 1, b: 2 }, { b: 2 }], ['{"a":1,"c":1,"b":2}', '{"b":2}']],
  ["modify\nHard_copy a c", [{ a: 1, b: 2 }], ['{"a":1,"c":1,"b":2}']],
  ["modify\nCopy a c", [{ a: 1, c: 3 }], ['{"a":1,"c":3}']],
  ["modify\nHard_copy a a", [{ a: 1, b: 2 }], ['{"a":1,"b":2}']],
  ["modify\nMove_to_start b", [{ a: 1, b: 2, c: 3, bc: 4 }], ['{"b":2,"bc":4,"a":1,"c":3}']],
  ["modify\nMove_to_end b", [{ a: 1, b: 2, bc: 4, c: 3 }], ['{"a":1,"c":3,"b":2,"bc":4}']],
  ["modify\nMove_to_end z", [{ a: 1, b: 2 }], ['{"a":1,"b":2}']],
  [
    "modify\nAdd constructor x\nHard_rename toString b",
    [{ a: 1, b: 2 }],
    ['{"a":1,"b":2,"constructor":"x"}'],
  ],
  ["modify\nCondition Key_exists toString\nSet hit 1", [{ a: 1 }], ['{"a":1}']],
  ["modify\nRemove_wildcard a\nRemove_regex ^c", [{ ab: 1, cd: 2, e: 3 }], ['{"e":3}']],
  [
    "modify\nCondition Key_value_does_not_match a ^x\nSet hit 1",
    [{ a: "xy" }, { a: 1 }, { b: 1 }],
    ['{"a":"xy"}', '{"a":1,"hit":"1"}', '{"b":1}'],
  ],
  ["modify\nCondition A_key_matches ^a\nSet hit 1", [{ abc: 1 }], ['{"abc":1,"hit":"1"}']],
  [
    "parser\nKey_Name log\nParser line\nReserve_Data On",
    [{ x: 1, log: "GET 200" }, { log: "GET -" }],
    ['{"method":"GET","code":200,"x":1}', '{"method":"GET"}'],
  ],
  [
    "parser\nKey_Name log\nParser timed",
    [{ log: ' {"time":"2026-01-01T09:00:00.5+0900","a":1}' }],
    ['{"a":1} at 1767225600.5'],
  ],
])("%j becomes what Fluent Bit makes of it", async (filter, records, become) => {
  const parsers = `[PARSER]
    Name line
    Format regex
    Regex ^(?<method>[^ ]+) (?:(?<code>\\d+)|-)$
    Types code:integer
[PARSER]
    Name timed
    Format json
    Time_Key time
    Time_Format %Y-%m-%dT%H:%M:%S.%L%z
`;
  writeFileSync(join(folder, "parsers.conf"), parsers);
  const properties = filter.replaceAll("\n", "\n    ");
  const service = "[SERVICE]\n    Parsers_File DIR/parsers.conf\n";
  const router = await start(
    `${service}${INPUT}[FILTER]\n    Match_Regex ^t\n    Name ${properties}\n${OUTPUT}`,
  );
  await send(...records.map((record) => ["t", 1, record]), ["end", 1, { log: "end" }]);
  await router.stop();
  await arrived(become.length + 1);
  const events = batches.flatMap(({ tag, events: own }) => (tag === "t" ? own : []));
  expect(
    events.map(({ time, record }) => JSON.stringify(record) + (time === 1 ? "" : ` at ${time}`)),
  ).toEqual(become);
});

/** A rule is four words between spaces, of which one may stand between double quotation marks. https://github.com/fluent/fluent-bit/blob/master/src/flb_slist.c */
test.each<[rule: string, log: string, tags: string[]]>([
  ['$log "^GET /health" health false', "GET /health", ["health"]],
  ["$log ^GET /health other false", "GET /", ["/health"]],
  [String.raw`$log "say \"hi\"" said false`, 'say "hi"', ["said"]],
  ['$log a"b quoted false', 'a"b', ["quoted"]],
  ["$log   ^a   b   false   more", "a", ["b"]],
  ["$log ^a b yes", "a", ["b", "t"]],
  ["$log ^a b ON", "a", ["b", "t"]],
  ["$log ^a b maybe", "a", ["b"]],
])("a rule is read as Fluent Bit reads it: %j", async (rule, log, tags) => {
  const filter = `[FILTER]\n    Name rewrite_tag\n    Match t\n    Rule ${rule}\n`;
  const router = await start(INPUT + filter + OUTPUT);
  await send(["t", 1, { log }]);
  await router.stop();
  const found = await arrived(tags.length);
  expect(found.map(({ tag }) => tag).toSorted()).toEqual(tags);
});

test.each<[options: string, printed: string]>([
  ["", '[0] t: [[1767225600.123000000, {}], {"log"=>"é "q"", "n"=>[nil, true]}]\n'],
  ["Format json", '[{"date":1767225600.123,"log":"\\u00e9 \\"q\\"","n":[null,true]}]\n'],
  [
    "Format json_lines\n    json_date_key ts\n    json_date_format iso8601",
    '{"ts":"2026-01-01T00:00:00.123000Z","log":"\\u00e9 \\"q\\"","n":[null,true]}\n',
  ],
  [
    "Format json_lines\n    json_date_format java_sql_timestamp",
    '{"date":"2026-01-01 00:00:00.123000","log":"\\u00e9 \\"q\\"","n":[null,true]}\n',
  ],
  ["Format json_stream\n    json_date_key false", '{"log":"\\u00e9 \\"q\\"","n":[null,true]}\n'],
])("writes to standard output with %j as Fluent Bit does", async (options, printed) => {
  let out = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  onTestFinished(() => void write.mockRestore());
  const router = await start(`${INPUT}[OUTPUT]\n    Name stdout\n    Match *\n    ${options}\n`);
  await send(["t", 1_767_225_600.123, { log: 'é "q"', n: [null, true] }]);
  await router.stop();
  expect(out).toBe(printed);
});

/** Takes what is sent to AWS: the resource or the operation, and the body. */
async function endpoint() {
  const taken: string[] = [];
  const server = createHttpServer(async (request, response) => {
    const operation = request.headers["x-amz-target"] ?? `${request.method} ${request.url}`;
    const acl = request.headers["x-amz-acl"];
    taken.push([operation, acl, await text(request)].filter(Boolean).join(" "));
    response.end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { taken, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const CREDENTIALS = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };

test("sends to CloudWatch Logs what Fluent Bit sends, letter by letter", async () => {
  const { taken, url } = await endpoint();
  const output = (more: string) =>
    `[OUTPUT]\n    Name cloudwatch_logs\n    Match *\n    region r\n    endpoint ${url}\n    log_group_name g\n    log_stream_prefix p-\n    ${more}\n`;
  const router = await start(
    INPUT + output("log_stream_template $TAG.$k") + output("log_key log"),
    CREDENTIALS,
  );
  await send(
    ["t", 2.5, { log: 'é "q"', k: "v" }],
    ["t", 3, { log: 12_345 }],
    ["t", 4, { log: "" }],
  );
  await router.stop();
  const put = (stream: string, events: string) =>
    `Logs_20140328.PutLogEvents {"logGroupName":"g","logStreamName":"${stream}","logEvents":[${events}]}`;
  expect(taken).toContain(
    put(
      "t.v",
      String.raw`{"timestamp":2500,"message":"{\"log\":\"\\u00e9 \\\"q\\\"\",\"k\":\"v\"}"}`,
    ),
  );
  expect(taken).toContain(
    put(
      "p-t",
      String.raw`{"timestamp":2500,"message":"\u00e9 \"q\""},{"timestamp":3000,"message":"234"}`,
    ),
  );
});

test("puts objects with times to the microsecond, under a name that the time makes", async () => {
  const { taken, url } = await endpoint();
  const output = `[OUTPUT]\n    Name s3\n    Match *\n    region r\n    endpoint ${url}\n    bucket b\n    s3_key_format /$TAG/%y%%%e/$UUID\n    canned_acl private\n    log_key LOG_KEY\n`;
  const dated = output.replace("    log_key LOG_KEY\n", "");
  const router = await start(INPUT + dated + output.replace("LOG_KEY", "log"), CREDENTIALS);
  await send(["t", 1_767_225_600.5, { log: "é" }], ["t", 1_767_225_601, { other: 1 }]);
  await router.stop();
  const named = String.raw`^PUT /b/t/\d\d%25(?:%20|\d)\d/[0-9a-f]{8} private `;
  expect(taken.toSorted((a, b) => a.length - b.length)).toEqual([
    expect.stringMatching(new RegExp(`${named}é\n$`)),
    expect.stringMatching(
      new RegExp(
        String.raw`${named}\{"date":"2026-01-01T00:00:00.500000Z","log":"\\u00e9"\}\n\{"date":"2026-01-01T00:00:01.000000Z","other":1\}\n$`,
      ),
    ),
  ]);
  expect(said).toContain("Could not find log_key 'log' in 1 records");
});

/** An output of S3 whose objects are full at so many bytes, beside one that shows what has been flushed. */
const fullAt = (bytes: number, url: string) =>
  `[SERVICE]\n    Flush 0.02\n${INPUT}${OUTPUT}[OUTPUT]\n    Name s3\n    Match *\n    region r\n    endpoint ${url}\n    bucket b\n    log_key log\n    total_file_size ${bytes}\n`;

test("an object is full by its bytes, and not by its letters", async () => {
  const { taken, url } = await endpoint();
  const router = await start(fullAt(7, url), CREDENTIALS);
  await send(["t", 1, { log: "日本" }]);
  await arrived(1);
  await send(["t", 1, { log: "x" }]);
  await arrived(2);
  await router.stop();
  expect(taken.map((each) => each.split(" ").at(-1))).toEqual(["日本\n", "x\n"]);
});

test("what could not be put counts with what comes next, and goes before it", async () => {
  const bodies: string[] = [];
  const held = Promise.withResolvers<void>();
  const server = createHttpServer(async (request, response) => {
    bodies.push(await text(request));
    if (bodies.length === 1) await held.promise;
    response.writeHead(bodies.length === 1 ? 403 : 200).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const router = await start(fullAt(8, url), CREDENTIALS);
  await send(["t", 1, { log: "seventy" }]);
  await vi.waitFor(() => expect(bodies).toHaveLength(1), WAIT);
  await send(["t", 1, { log: "b" }]);
  await arrived(2);
  held.resolve();
  await vi.waitFor(() => expect(said).toContain("PutObject request failed"), WAIT);
  await send(["t", 1, { log: "c" }]);
  await arrived(3);
  await send(["t", 1, { log: "d" }]);
  await arrived(4);
  await router.stop();
  expect(bodies).toEqual(["seventy\n", "seventy\nb\nc\n", "d\n"]);
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
  [
    "[OUTPUT]\n    Name s3\n    Match *\n    bucket b\n    s3_key_format /%Q\n",
    "router does not know %Q in s3_key_format",
  ],
  ["[OUTPUT]\n    Name s3\n    Match *\n", "'bucket' is a required parameter"],
  ["@INCLUDE missing.conf\n", "could not open configuration file"],
  [
    "[FILTER]\n    Name grep\n    Match *\n    Regex log (\n",
    "could not compile regex pattern '('",
  ],
  [
    "[FILTER]\n    Name grep\n    Match *\n    Regex log\n",
    "expected field and regular expression",
  ],
  ["[FILTER]\n    Name grep\n    Regex log a\n", "NO match rule for grep.0 filter instance"],
  ["[FILTER]\n    Name modify\n    Match *\n    Set a two words\n", "Invalid config for set"],
  [
    "[FILTER]\n    Name parser\n    Match *\n    Key_Name log\n    Parser json\n",
    "requested parser 'json' not found",
  ],
  [
    "[OUTPUT]\n    Name forward\n    Match *\n    Port 1\n    Port 2\n",
    "configuration property 'port' is set 2 times",
  ],
  [
    "[OUTPUT]\n    Name cloudwatch_logs\n    Match *\n    region r\n    log_group_name x\n    log_stream_name y\n    log_stream_template $a-$b\n",
    "Could not parse `log_stream_template`",
  ],
  [
    '[FILTER]\n    Name rewrite_tag\n    Match *\n    Rule $log "^a b" c\n',
    "property 'rule' expects 4 values (only 3 were found)",
  ],
  ["[SERVICE]\n    Flush 0\n", "invalid flush value, aborting."],
  ["[FILTER]\n    Match *\n", "section 'filter' is missing the 'name' property"],
])("does not start with %j", async (config, words) => {
  await expect(start(config)).rejects.toThrow(words);
});
