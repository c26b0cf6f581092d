import type { SignedCall } from "../src/server/testing/signed-call.ts";
import { Caller } from "./calls.ts";
import { Chance, inParallel, note, type Generator } from "./outcome.ts";

const PIECES = [
  "a",
  "*",
  "?",
  "a*",
  "*a",
  ".*",
  "a+",
  "[ab]",
  "[^b]*",
  "a?",
  "{2,50}",
  "{9}",
  "|",
  "^",
  "$",
  "\\",
  "\\d",
  "b",
  " ",
  "%",
  '"',
  "-",
  "z",
];
const logs = (operation: string, input: object): SignedCall => ({
  service: "logs",
  headers: {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": `Logs_20140328.${operation}`,
  },
  body: JSON.stringify(input),
});
const GROUP = { logGroupName: "patterns" };

/** Patterns by chance over log events that make a backtracking engine stand still. */
export const patterns: Generator = {
  name: "patterns",
  tries: { full: 5_000, short: 100 },
  mostSeconds: 25,
  run: async (target, tries, outcome) => {
    const caller = new Caller(target);
    await caller.send(logs("CreateLogGroup", GROUP));
    await caller.send(logs("CreateLogStream", { ...GROUP, logStreamName: "s" }));
    const messages = [
      "a".repeat(20_000),
      "[ ".repeat(5_000),
      '" '.repeat(5_000),
      JSON.stringify({ a: "a".repeat(5_000) }),
    ];
    const logEvents = messages.map((message) => ({ timestamp: Date.now(), message }));
    await caller.send(logs("PutLogEvents", { ...GROUP, logStreamName: "s", logEvents }));
    await inParallel(patterns, tries, async (at) => {
      const pattern = patternOf(new Chance(at));
      const call =
        at % 4 === 3
          ? ec2Filter(pattern)
          : logs("FilterLogEvents", { ...GROUP, filterPattern: pattern });
      const { status } = await caller.send(call);
      note(outcome, status, pattern);
    });
    caller.close();
  },
};

function patternOf(chance: Chance): string {
  const text = Array.from({ length: 1 + chance.below(20) }, () => chance.one(PIECES)).join("");
  return chance.one([
    `%${text}%`,
    text,
    `[a = %${text}%, ...]`,
    `[..., b = ${text}]`,
    `{ $.a = %${text}% }`,
    `{ $.a = "${text}" && $.b != ${text} }`,
  ]);
}

function ec2Filter(pattern: string): SignedCall {
  const body = new URLSearchParams({
    Action: "DescribeVpcs",
    Version: "2016-11-15",
    "Filter.1.Name": "tag:a",
    "Filter.1.Value.1": pattern,
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return { service: "ec2", headers, body: body.toString() };
}
