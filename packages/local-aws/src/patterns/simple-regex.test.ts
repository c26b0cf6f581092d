import { describe, expect, test } from "vitest";
import { SimpleRegex } from "./simple-regex.ts";
import { randomText } from "./testing/random-text.ts";

describe("expressions", () => {
  test.each<[string, string, boolean]>([
    ["", "", true],
    ["a", "xax", true],
    ["^a", "xa", false],
    ["a$", "ax", false],
    ["^$", "", true],
    ["^$", "x", false],
    ["a|^b$", "b", true],
    ["a|^b$", "bc", false],
    ["colou?r", "color", true],
    ["a.c", "a\nc", false],
    ["a*b*c*d", "d", true],
    [String.raw`\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}`, "from 10.0.0.255", true],
    [String.raw`^\d{4}-\d\d`, "2026-11", true],
    ["[Ee]rror|[Ff]ail", "Failed", true],
    ["[^a-c]", "abcabc", false],
    ["[^a-c]", "abcé", true],
    [String.raw`[\w-]+@[\d.]`, "some-one@1", true],
    ["a{3}", "aa", false],
    ["a{2,}$", "baaa", true],
    ["^a{0,2}$", "aaa", false],
    [String.raw`\x41\t\/`, "A\t/", true],
    ["x{", "x{", true],
  ])("%s on %j: %j", (source, text, expected) => {
    expect(new SimpleRegex(source).test(text)).toBe(expected);
  });
  test.each(["[", "*a", "a**", "a{3,2}", "a\\", "a^b", "a$b", String.raw`\1`, "[b-a]", "a{1025}"])(
    "%s is none",
    (source) => {
      expect(() => new SimpleRegex(source)).toThrow(SyntaxError);
    },
  );
});

test("20,000 expressions by chance answer as JavaScript's do, in a step a character", () => {
  const pieces = ["a", "b", ".", "[ab]", "[^a]", "a?", "b*", "a+", "b{2}", "[ab]{1,3}", "a{2,}"];
  let tried = 0;
  for (let seed = 1; tried < 20_000; seed++) {
    const picks = randomText(seed, "0123456789x|", seed % 8);
    let source = [...picks]
      .map((pick) => (pick === "|" ? "|" : pieces[parseInt(pick, 36) % 11]))
      .join("");
    if (seed % 3 === 0) source = `^${source}`;
    if (seed % 5 === 0) source = `${source}$`;
    const text = randomText(seed * 7, "abc\n", seed % 14);
    let steps = 0;
    const found = new SimpleRegex(source).test(text, () => steps++);
    expect([source, text, found]).toEqual([source, text, new RegExp(source).test(text)]);
    expect(steps).toBeLessThanOrEqual(text.length);
    tried++;
  }
});

test("what makes a backtracking engine stand still takes a step a character", () => {
  const text = "a".repeat(100_000);
  for (const source of ["a*a*a*a*a*b", `${"a?".repeat(200)}b`, "[ab]*a[ab]{500}b$"]) {
    let steps = 0;
    const regex = new SimpleRegex(source);
    expect(regex.test(text, () => steps++)).toBe(false);
    expect(steps).toBe(text.length);
    expect(regex.words).toBeLessThanOrEqual(33);
  }
});
