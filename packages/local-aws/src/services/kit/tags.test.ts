import { expect, test } from "vitest";
import { layTags } from "./tags.ts";

const rules = {
  reserved: (key: string) => new Error(`reserved ${key}`),
  twice: (key: string) => new Error(`twice ${key}`),
  tooMany: () => new Error("too many"),
};
const tag = (Key: string, Value = "") => ({ Key, Value });
const numbered = (count: number) => Array.from({ length: count }, (_, at) => tag(`key-${at}`));

test("a tag takes the place of the one with its key, and stands where that stood", () => {
  const before = [tag("team", "blue"), tag("stage", "test")];
  expect(layTags(before, [{ Key: "team", Value: "red" }, { Key: "empty" }], rules)).toEqual([
    tag("team", "red"),
    tag("stage", "test"),
    tag("empty"),
  ]);
});

test("keys may differ by more than case where a service says so", () => {
  const same = (key: string) => key.toLowerCase();
  expect(layTags([tag("Team", "blue")], [tag("team", "red")], { ...rules, same })).toEqual([
    tag("team", "red"),
  ]);
  expect(() => layTags([], [tag("Team"), tag("team")], { ...rules, same })).toThrow("twice team");
});

test("names that every object has are keys like others", () => {
  expect(layTags([], [tag("constructor")], rules)).toEqual([tag("constructor")]);
});

test.each([
  ["AWS:team", [], [tag("AWS:team")], "reserved AWS:team"],
  ["a key twice", [], [tag("team", "blue"), tag("team", "red")], "twice team"],
  ["51 tags", numbered(50), [tag("team")], "too many"],
])("%s is refused in the service's words", (_what, before, given, words) => {
  expect(() => layTags(before, given, rules)).toThrow(words);
});
