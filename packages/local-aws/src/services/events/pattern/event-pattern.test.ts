import { expect, test } from "vitest";
import { EventPattern } from "./event-pattern.ts";
import { parseJson, type JsonObject } from "./json-value.ts";
import { Wildcard } from "./value-tests.ts";

const matches = (pattern: object | string, event: object | string) =>
  new EventPattern(typeof pattern === "string" ? pattern : JSON.stringify(pattern)).matches(
    parseJson(typeof event === "string" ? event : JSON.stringify(event)) as JsonObject,
  );

const EVENT = {
  source: "aws.ecs",
  "detail-type": "ECS Task State Change",
  resources: ["arn:aws:ecs:ap-northeast-1:123456789012:task/c/1"],
  detail: {
    lastStatus: "STOPPED",
    exit: { code: 137, reason: null },
    address: "10.0.3.7",
    essential: true,
    path: "/var/log/app/error.log",
    empty: [],
    containers: [
      { name: "web", exitCode: 0 },
      { name: "side", exitCode: 1 },
    ],
  },
};

/** Patterns of `detail` that match, and that do not: the examples of the page on operators, and where they end. */
const YES: readonly object[] = [
  { lastStatus: ["RUNNING", "STOPPED"] },
  { exit: { code: [137] } },
  { exit: { reason: [null] } },
  { essential: [true] },
  { lastStatus: [{ prefix: "STOP" }] },
  { lastStatus: [{ prefix: { "equals-ignore-case": "stop" } }] },
  { path: [{ suffix: ".log" }] },
  { path: [{ suffix: { "equals-ignore-case": ".LOG" } }] },
  { lastStatus: [{ "equals-ignore-case": "stopped" }] },
  { lastStatus: [{ "anything-but": "RUNNING" }] },
  { lastStatus: [{ "anything-but": ["RUNNING", "PENDING"] }] },
  { exit: { code: [{ "anything-but": [0, 1] }] } },
  { lastStatus: [{ "anything-but": { prefix: "RUN" } }] },
  { lastStatus: [{ "anything-but": { prefix: ["RUN", "PEND"] } }] },
  { path: [{ "anything-but": { suffix: [".txt", ".gz"] } }] },
  { lastStatus: [{ "anything-but": { "equals-ignore-case": ["running", "pending"] } }] },
  { path: [{ "anything-but": { wildcard: "*/tmp/*" } }] },
  { exit: { code: [{ numeric: ["=", 137] }] } },
  { exit: { code: [{ numeric: [">", 0, "<=", 137] }] } },
  { exit: { code: [{ numeric: [">=", 1.37e2] }] } },
  { exit: { code: [{ exists: true }] } },
  { exit: { signal: [{ exists: false }] } },
  { gone: { signal: [{ exists: false }] } },
  { empty: [{ exists: false }] },
  { address: [{ cidr: "10.0.0.0/16" }] },
  { path: [{ wildcard: "/var/*/app/*.log" }] },
  { containers: { name: ["side"], exitCode: [1] } },
  { $or: [{ lastStatus: ["RUNNING"] }, { exit: { code: [137] } }] },
  { address: [{ cidr: "10.0.3.0/24" }], $or: [{ lastStatus: ["STOPPED"] }, { a: ["b"] }] },
];
const NO: readonly object[] = [
  { lastStatus: ["stopped"] },
  { exit: { code: ["137"] } },
  { exit: { reason: ["null", ""] } },
  { lastStatus: [{ prefix: "stop" }] },
  { path: [{ suffix: ".txt" }] },
  { lastStatus: [{ "equals-ignore-case": "STOPPE" }] },
  { lastStatus: [{ "anything-but": ["STOPPED"] }] },
  { gone: [{ "anything-but": ["STOPPED"] }] },
  { exit: { code: [{ "anything-but": 137 }] } },
  { path: [{ "anything-but": { suffix: [".txt", ".log"] } }] },
  { path: [{ "anything-but": { wildcard: "*.log" } }] },
  { exit: { code: [{ numeric: ["<", 137] }] } },
  { lastStatus: [{ numeric: ["=", 0] }] },
  { exit: [{ exists: true }] },
  { exit: { code: [{ exists: false }] } },
  { address: [{ cidr: "10.1.0.0/16" }] },
  { lastStatus: [{ cidr: "10.1.0.0/16" }] },
  { path: [{ wildcard: "/var/*/app" }] },
  { containers: { name: ["web"], exitCode: [1] } },
  { $or: [{ lastStatus: ["RUNNING"] }, { exit: { code: [0] } }] },
];

test.each(YES)("a detail pattern of AWS's operators matches: %j", (detail) => {
  expect(matches({ source: ["aws.ecs"], detail }, EVENT)).toBe(true);
});

test.each(NO)("a detail pattern that asks for something else does not match: %j", (detail) => {
  expect(matches({ source: ["aws.ecs"], detail }, EVENT)).toBe(false);
});

test("numbers are compared as they are written, unless numeric asks for their value", () => {
  expect(matches('{"n":[300]}', '{"n":300.0}')).toBe(false);
  expect(matches('{"n":[{"numeric":["=",300]}]}', '{"n":3.0e2}')).toBe(true);
});

test("$or is a field like any other where it holds no alternatives", () => {
  expect(matches({ $or: ["a"] }, { $or: "a" })).toBe(true);
});

test("a star or a backslash stands for itself after a backslash", () => {
  expect(new Wildcard(String.raw`a\*b*\\`).matches(String.raw`a*bc\ `.trim())).toBe(true);
  expect(new Wildcard(String.raw`a\*b`).matches("axb")).toBe(false);
});

test.each([
  ["[]", "Filter is not an object"],
  ["{}", "Empty objects are not allowed"],
  ["nonsense", "Filter is not valid JSON"],
  ['{"source":"aws.ecs"}', '"source" must be an object or an array'],
  ['{"source":[]}', "Empty arrays are not allowed"],
  ['{"detail":{}}', "Empty objects are not allowed"],
  ['{"a":[{"like":"x"}]}', "Unrecognized match type like"],
  ['{"a":[{"prefix":"x","suffix":"y"}]}', "Only one key allowed in match expression"],
  ['{"a":[{"prefix":1}]}', "prefix match pattern must be a string"],
  ['{"a":[{"exists":"yes"}]}', "exists match pattern must be either true or false."],
  ['{"a":[{"numeric":[">"]}]}', "Too few or too many terms in numeric match"],
  ['{"a":[{"numeric":[">",5,"<",5]}]}', "Bad numeric range"],
  ['{"a":[{"numeric":["!",5]}]}', "Unrecognized numeric range operator"],
  ['{"a":[{"numeric":["=",5000000001]}]}', "Value must be between -5.0E9 and 5.0E9, inclusive"],
  ['{"a":[{"cidr":"10.0.0.0/33"}]}', "Malformed CIDR"],
  ['{"a":[{"wildcard":"a**b"}]}', "Consecutive wildcard characters at pos 1"],
  ['{"a":[{"anything-but":{"numeric":1}}]}', "Unsupported anything-but pattern: numeric"],
  ['{"a":[{"anything-but":["x",1]}]}', "Inside anything but list"],
  ['{"a":[["x"]]}', "Match value must be String, number, true, false, or null"],
])("a pattern that is none is refused: %s", (pattern, reason) => {
  expect(() => new EventPattern(pattern)).toThrow(`Event pattern is not valid. Reason: ${reason}`);
});

test("alternatives that make more than a thousand combinations are refused", () => {
  const two = [{ a: ["1"] }, { b: ["2"] }];
  const nested = (depth: number): object =>
    depth === 0 ? { $or: two } : { x: nested(depth - 1), $or: two };
  expect(() => new EventPattern(JSON.stringify(nested(8)))).not.toThrow();
  expect(() => new EventPattern(JSON.stringify(nested(10)))).toThrow("too complex");
});

/** A generator of numbers below `below`, the same in each run. https://en.wikipedia.org/wiki/Xorshift */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

test("a wildcard answers as a regular expression does, in steps that grow with the lengths alone", () => {
  const next = random(7);
  const text = (length: number, letters: string) =>
    Array.from({ length }, () => letters[next(letters.length)]).join("");
  for (let round = 0; round < 3_000; round++) {
    const pattern = text(1 + next(8), "ab*").replaceAll(/\*+/g, "*");
    const subject = text(next(16), "ab");
    const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(subject);
    let steps = 0;
    expect(
      new Wildcard(pattern).matches(subject, () => steps++),
      `${pattern} ${subject}`,
    ).toBe(expected);
    expect(steps).toBeLessThanOrEqual(2 * (pattern.length + subject.length));
  }
  const hard = `${"*aab".repeat(200)}*z`;
  const long = "a".repeat(100_000);
  let steps = 0;
  expect(new Wildcard(hard).matches(`${long}z`, () => steps++)).toBe(false);
  expect(steps).toBeLessThanOrEqual(2 * (hard.length + long.length + 1));
});

test("whatever the pattern and the event, matching ends within the product of their lengths", () => {
  const next = random(11);
  const name = () => "abc"[next(3)]!;
  const value = (depth: number): unknown => {
    const kind = next(depth > 0 ? 6 : 3);
    if (kind === 0) return name();
    if (kind === 1) return next(5);
    if (kind === 2) return null;
    if (kind < 5)
      return Object.fromEntries(Array.from({ length: 3 }, () => [name(), value(depth - 1)]));
    return Array.from({ length: next(5) }, () => value(depth - 1));
  };
  const items: readonly unknown[] = [
    "a",
    1,
    null,
    { exists: false },
    { exists: true },
    { prefix: "a" },
    { "anything-but": ["a"] },
    { wildcard: "*a*b*" },
  ];
  const pattern = (depth: number): object => {
    const fields = Array.from({ length: 1 + next(2) }, () => {
      const leaf = [items[next(items.length)], items[next(items.length)]];
      return [name(), depth > 0 && next(2) > 0 ? pattern(depth - 1) : leaf];
    });
    const either =
      depth > 0 && next(3) === 0 ? { $or: [pattern(depth - 1), pattern(depth - 1)] } : {};
    return { ...Object.fromEntries(fields), ...either };
  };
  for (let round = 0; round < 2_000; round++) {
    const [asked, event] = [
      JSON.stringify(pattern(3)),
      JSON.stringify({ a: value(4), b: value(4) }),
    ];
    let steps = 0;
    new EventPattern(asked).matches(parseJson(event) as JsonObject, () => steps++);
    expect(steps, `${asked} ${event}`).toBeLessThanOrEqual(asked.length * event.length);
  }
});
