import { describe, expect, test } from "vitest";
import { parseFilterPattern } from "./filter-pattern.ts";

/** Which of the messages match. */
function matching(pattern: string, messages: readonly string[]): string[] {
  return messages.filter(parseFilterPattern(pattern));
}

describe("terms", () => {
  const both = "ERROR WARN message";
  const error = "ERROR message";
  const warn = "WARN message";
  const all = [both, error, warn];

  test.each<[string, string[]]>([
    ["", all],
    ["ERROR", [both, error]],
    ["error", []],
    ["ERROR WARN", [both]],
    ["ERROR -WARN", [error]],
    ["-WARN", [error]],
    ["?ERROR ?WARN", all],
    ["?nothing ?WARN", [both, warn]],
    ['"ERROR WARN"', [both]],
    ['-"ERROR WARN"', [error, warn]],
    ['?"ERROR WARN" ?nothing', [both]],
    ["ERROR ?WARN", [both, error]],
    ["%WARN|ERROR m%", all],
    ["%^WARN%", [warn]],
  ])("%s", (pattern, expected) => {
    expect(matching(pattern, all)).toEqual(expected);
  });

  test("match inside of longer words", () => {
    expect(matching("ERROR", ["Exiting with ERRORCODE: -1"])).toHaveLength(1);
  });

  test("may be of any script, and phrases may hold any character", () => {
    expect(matching("失敗", ["処理に失敗しました"])).toHaveLength(1);
    expect(matching('"GET /healthz"', ['"GET /healthz HTTP/1.1" 200'])).toHaveLength(1);
    expect(matching('"a \\"b\\" c"', ['a "b" c', "a b c"])).toEqual(['a "b" c']);
  });
});

describe("JSON patterns", () => {
  const event = JSON.stringify({
    user: { id: 1, email: "John.Stiles@example.com", "full name": "John" },
    users: [
      { id: 2, email: "John.Doe@example.com" },
      { id: 3, email: "Jane.Doe@example.com" },
    ],
    actions: ["GET", "PUT", "DELETE"],
    coordinates: [
      [0, 1, 2],
      [4, 5, 6],
    ],
    latency: 55.5,
    status: "404",
    sourceIPAddress: "111.111.111.111",
    nothing: null,
    flag: true,
  });

  test.each<[string, boolean]>([
    ['{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', true],
    ['{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', false],
    [
      '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }',
      true,
    ],
    [
      '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }',
      false,
    ],
    ["{ $.latency >= 55.5 }", true],
    ["{ $.latency > 55.5 }", false],
    ["{ $.latency < 10e3 && $.latency != 5 }", true],
    ["{ $.status = 404 }", true],
    ["{ $.status >= 500 }", false],
    ["{ $.sourceIPAddress != 123.123.* }", true],
    ["{ $.sourceIPAddress = 111.* }", true],
    ["{ $.user.email = *@example.com }", true],
    ["{ $.user.email = *Stiles* }", true],
    ["{ $.user.email = %^John% }", true],
    ["{ $.nothing IS NULL }", true],
    ["{ $.flag IS TRUE }", true],
    ["{ $.flag is false }", false],
    ["{ $.other NOT EXISTS }", true],
    ["{ $.flag NOT EXISTS }", false],
    ["{ $.actions = GET }", false],
    ["{ $.actions != GET }", false],
    ["{ $.actions[*] = PUT }", true],
    ["{ $.users[*].id = 3 }", true],
    ['{ $.user.["full name"] = John }', true],
    ["{ $.other = * }", false],
    ["{ $.latency = * }", true],
  ])("%s is %s", (pattern, expected) => {
    expect(matching(pattern, [event])).toHaveLength(expected ? 1 : 0);
  });

  test("never match what is not JSON", () => {
    expect(matching("{ $.a != 1 }", ["plain text", "12", '{"a": ', '{"a": 2}'])).toEqual([
      '{"a": 2}',
    ]);
  });
});

describe("field patterns", () => {
  const ok =
    '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 200 1534';
  const missing =
    '127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /index.html HTTP/1.0" 404 300';
  const all = [ok, missing];

  test.each<[string, string[]]>([
    ["[ip, user, username, timestamp, request, status_code, bytes]", all],
    ["[ip, user, username, timestamp, request, status_code]", []],
    ["[ip, user, username, timestamp, request, status_code = 4*, bytes]", [missing]],
    [
      "[ip, user, username, timestamp, request = *html*, status_code = 4* && status_code != 403, bytes]",
      [missing],
    ],
    ["[..., status_code, bytes > 1000]", [ok]],
    ["[ip, user, ...]", all],
    ["[ip = 10.*, ...]", []],
    ["[..., status_code=4*,]", [missing]],
    ['[..., request = "GET /apache_pb.gif HTTP/1.0", status, bytes]', [ok]],
  ])("%s", (pattern, expected) => {
    expect(matching(pattern, all)).toEqual(expected);
  });

  test("take alternatives and negations", () => {
    const lines = ["ERROR x", "WARN x", "INFO x"];
    expect(matching("[w1=ERROR || w1=WARN, w2]", lines)).toEqual(["ERROR x", "WARN x"]);
    expect(matching("[w1=!ERROR&&w1=!WARN, w2]", lines)).toEqual(["INFO x"]);
  });
});

describe("a pattern that is none", () => {
  test.each<[string, string]>([
    ["GET /healthz", "Invalid filter pattern: Invalid character(s) in term '/healthz'"],
    ['""', `Invalid filter pattern: Invalid character(s) in term '""'`],
    ['"open', `Invalid filter pattern: Invalid character(s) in term '"open'`],
    ["{ $.a = 1", "If a filter pattern starts with '{' it must end with '}'"],
    ["[a, b", "If a filter pattern starts with '[' it must end with ']'"],
    ["{ a = 1 }", "Invalid filter pattern: Invalid property selector 'a'"],
    ["{ $.a > x }", "Invalid filter pattern: Invalid numeric value 'x'"],
    ["{ $.a ~ x }", "Invalid filter pattern: Invalid operator '~'"],
    ["{ ($.a = 1 }", "Invalid filter pattern: a parenthesis is not closed"],
    ["{ $.a = }", "Invalid filter pattern: the expression ends too early"],
    ["[..., a, ...]", "Invalid filter pattern: only one ellipsis is allowed"],
    ["%(a)%", "Invalid filter pattern: Invalid character(s) in regex '(a)'"],
    ["%[%", "Invalid filter pattern: Invalid regex '['"],
  ])("%s", (pattern, message) => {
    let error: unknown;
    try {
      parseFilterPattern(pattern);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "InvalidParameterException", message });
  });
});

describe("hard patterns", () => {
  test.each<[string, string]>([
    ["%a*a*a*a*a*a*b%", "a".repeat(50_000)],
    [`%${"a?".repeat(300)}b%`, "a".repeat(50_000)],
    ["[w = %a*a*a*b%]", "a".repeat(50_000)],
    ["[a, b]", "[ ".repeat(100_000)],
    ["[a, b]", '"\\" '.repeat(50_000)],
    ["{ $.a = %a*a*a*b% }", JSON.stringify({ a: "a".repeat(50_000) })],
  ])("%s takes linear time", (pattern, message) => {
    expect(matching(pattern, [message])).toEqual([]);
  });
});
