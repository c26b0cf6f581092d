import { describe, expect, test } from "vitest";
import { Glob } from "./glob.ts";
import { randomText } from "./testing/random-text.ts";

describe("stars and question marks", () => {
  test.each<[string, string, boolean]>([
    ["", "", true],
    ["", "a", false],
    ["*", "", true],
    ["*", "anything\nat all", true],
    ["a*c", "abc", true],
    ["a*c", "abcd", false],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["*a*b*", "xxaxxbxx", true],
    ["*a*b*", "xxbxxaxx", false],
    ["**", "x", true],
    ["a.c", "abc", false],
    ["[a]", "a", false],
  ])("%j on %j: %j", (pattern, text, expected) => {
    expect(new Glob(pattern).matches(text)).toBe(expected);
  });
  test("a backslash is a character, unless it escapes", () => {
    expect(new Glob(String.raw`a\*`).matches(String.raw`a\bc`)).toBe(true);
    const escaped = new Glob(String.raw`a\*\?\\`, { escapes: "wildcards" });
    expect(escaped.matches(String.raw`a*?\ `.trim())).toBe(true);
    expect(escaped.matches("abc")).toBe(false);
    expect(new Glob(String.raw`\a\*`, { escapes: "all" }).matches("a*")).toBe(true);
  });
  test("case counts, unless it does not", () => {
    expect(new Glob("*.COM").matches("a.com")).toBe(false);
    expect(new Glob("*.COM", { ignoreCase: true }).matches("a.com")).toBe(true);
  });
});

/** The same by a regular expression, whose answers on short texts are beyond doubt. */
function byRegExp(pattern: string, text: string): boolean {
  const source = pattern.replaceAll(/\*+/g, "[^]*").replaceAll("?", "[^]");
  return new RegExp(`^${source}$`).test(text);
}

test("20,000 patterns by chance answer as a regular expression does, in bounded steps", () => {
  for (let seed = 1; seed <= 20_000; seed++) {
    const pattern = randomText(seed, "ab*?", seed % 9);
    const text = randomText(seed * 7, "ab", seed % 13);
    let steps = 0;
    const found = new Glob(pattern).matches(text, () => steps++);
    expect([pattern, text, found]).toEqual([pattern, text, byRegExp(pattern, text)]);
    expect(steps).toBeLessThanOrEqual((text.length + 1) * (pattern.length + 1));
  }
});

test("what makes a backtracking matcher stand still takes text × pattern steps at most", () => {
  const text = "a".repeat(20_000);
  for (const pattern of ["*a*a*a*a*a*a*z", `${"*a".repeat(64)}*z`, `${"?*".repeat(64)}z`]) {
    let steps = 0;
    expect(new Glob(pattern).matches(text, () => steps++)).toBe(false);
    expect(steps).toBeLessThanOrEqual(text.length * pattern.length);
  }
});
