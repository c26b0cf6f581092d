import { describe, expect, test } from "vitest";
import { expandWord, splitWords } from "./words.ts";

const VALUES: Record<string, string> = { name: "app", empty: "", _x1: "one" };
const expand = (text: string, escape = "\\") =>
  expandWord(text, { escape, lookup: (name) => VALUES[name], line: 7 });

describe("expandWord", () => {
  test.each([
    ["$name", "app"],
    ["${name}-$_x1", "app-one"],
    ["$nothing", ""],
    ["${nothing:-a $name}", "a app"],
    ["${empty:-other}", "other"],
    ["${empty-other}", ""],
    ["${name:+set}", "set"],
    ["${empty:+set}", ""],
    ["${empty+set}", "set"],
    ["${name:?needed}", "app"],
    ["\\$name", "$name"],
    ["'$name'", "$name"],
    ["\"$name 'x'\"", "app 'x'"],
    ['"a\\"b\\c"', 'a"b\\c'],
    ["a\\ b", "a b"],
    ["5$", "5$"],
  ])("turns %s into %s", (text, expected) => {
    expect(expand(text)).toBe(expected);
  });

  test("uses the escape character that the Dockerfile chose", () => {
    expect(expand("c:\\$name`$", "`")).toBe("c:\\app$");
  });

  test.each([
    ["${name", /brace in \$\{name is not closed/],
    ["'a", /single quote in 'a is not closed/],
    ['"a', /double quote in "a is not closed/],
    ["${name%x}", /\$\{name%x\} is not a supported form/],
    ["${nothing:?give one}", /nothing: give one/],
  ])("refuses %s and names the line", (text, message) => {
    expect(() => expand(text)).toThrow(message);
    expect(() => expand(text)).toThrow(/^Dockerfile line 7: /);
  });
});

describe("splitWords", () => {
  test("keeps quotes and what is in them together", () => {
    expect(splitWords(`a="b c" d\\ e 'f  g'  h`, "\\")).toEqual([
      'a="b c"',
      "d\\ e",
      "'f  g'",
      "h",
    ]);
  });
});
