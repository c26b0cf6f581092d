import { expect, test } from "vitest";
import { fromOnigmo } from "./onigmo.ts";

/** What Fluent Bit's own library says of each: which texts fit, and which do not. */
test.each<[pattern: string, options: string, fits: string[], others: string[]]>([
  ["^b$", "", ["a\nb\nc", "b"], ["ab"]],
  ["a.c", "", ["abc"], ["a\nc"]],
  ["a.c", "m", ["abc", "a\nc"], []],
  ["ABC", "i", ["abc"], ["x"]],
  ["a b c # all", "x", ["abc"], ["a b c"]],
  ["^[[:digit:]]+$", "", ["123"], ["abc", ":d]"]],
  ["^[^[:space:]/]+$", "", ["ab"], ["a b", "a/b"]],
  [String.raw`\Ab\z`, "", ["b"], ["a\nb", "AbZ", "Abz"]],
  [String.raw`^\h+$`, "", ["abc1"], ["h", "xyz"]],
  ["(?i)abc", "", ["ABC"], ["x"]],
  ["a(?i)b|c", "", ["aB", "aC"], ["AB"]],
  ["a(?i:b)c", "", ["aBc"], ["aBC"]],
  ["^.$", "", ["é", "😀"], ["ab"]],
  [String.raw`^\w$`, "", ["a"], ["é", "日", "-"]],
  [String.raw`^\p{Alpha}$`, "", ["é", "a"], ["1"]],
  ['{"a"', "", ['{"a":1}'], ["x"]],
  ["^a{2}$", "", ["aa"], ["a"]],
  ["^a{,2}$", "", ["", "aa"], ["aaa"]],
  [String.raw`^[\w.-]+@[a-z-]+$`, "", ["a.b-c@x-y"], ["a b@x"]],
  [String.raw`^[a-z&&[^aeiou]]$`, "", ["b"], ["a"]],
  [String.raw`^\[\-\_\/\"\]$`, "", ['[-_/"]'], ["x"]],
  ["^(?<method>[^ ]*) (?:/[^?]*)", "", ["GET /x"], ["GET"]],
])("%s with %j is read as Onigmo reads it", (pattern, options, fits, others) => {
  const expression = fromOnigmo(pattern, options);
  expect(fits.filter((text) => !expression.test(text))).toEqual([]);
  expect(others.filter((text) => expression.test(text))).toEqual([]);
});

test.each([
  ["(", /Unterminated group/],
  ["[a", /premature end of char-class/],
  ["^(?>a+)b", /does not know \(\?>/],
  ["a++", /does not know the possessive \+\+/],
  [String.raw`\g<a>`, /does not know \\g/],
  ["[[:nope:]]", /does not know \[:nope:\]/],
])("%s is refused", (pattern, words) => {
  expect(() => fromOnigmo(pattern, "")).toThrow(words);
});
