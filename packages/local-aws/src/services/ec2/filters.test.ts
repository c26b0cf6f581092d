import { expect, test } from "vitest";
import type { Scope } from "../../store/store.ts";
import { toFilterTest, type Filter } from "./filters.ts";

interface Thing {
  name: string;
  zones: string[];
  open: boolean;
  tags: Record<string, string>;
}

const scope = {} as Scope;
const things: Thing[] = [
  { name: "one", zones: ["a", "b"], open: true, tags: { Name: "first", empty: "" } },
  { name: "two*", zones: [], open: false, tags: { Name: "second" } },
];

function select(...filters: Filter[]): string[] {
  const table = {
    name: ({ name }: Readonly<Thing>) => name,
    zone: ({ zones }: Readonly<Thing>) => zones,
    open: ({ open }: Readonly<Thing>) => open,
  };
  const matches = toFilterTest<Thing>(filters, table, scope, ({ tags }) => tags);
  return things.filter(matches).map(({ name }) => name);
}

test("values of one filter are alternatives, filters add up", () => {
  expect(select({ Name: "name", Values: ["one", "two*"] })).toEqual(["one", "two*"]);
  expect(select({ Name: "zone", Values: ["b", "c"] }, { Name: "open", Values: ["true"] })).toEqual([
    "one",
  ]);
  expect(select({ Name: "zone", Values: ["b"] }, { Name: "open", Values: ["false"] })).toEqual([]);
});

test("stars and question marks are wildcards, a backslash makes them plain", () => {
  expect(select({ Name: "name", Values: ["*o*"] })).toEqual(["one", "two*"]);
  expect(select({ Name: "name", Values: ["?ne"] })).toEqual(["one"]);
  expect(select({ Name: "name", Values: ["two\\*"] })).toEqual(["two*"]);
  expect(select({ Name: "name", Values: ["one\\*"] })).toEqual([]);
  expect(select({ Name: "name", Values: ["o.e"] })).toEqual([]);
});

test("tags are found by key, by value, and by both", () => {
  expect(select({ Name: "tag:Name", Values: ["sec*"] })).toEqual(["two*"]);
  expect(select({ Name: "tag:empty", Values: [""] })).toEqual(["one"]);
  expect(select({ Name: "tag-key", Values: ["empty"] })).toEqual(["one"]);
  expect(select({ Name: "tag-value", Values: ["second"] })).toEqual(["two*"]);
  expect(select({ Name: "tag:constructor", Values: ["*"] })).toEqual([]);
});

test("a filter that the operation does not have is an error", () => {
  expect(() => select({ Name: "colour", Values: ["red"] })).toThrow(
    "The filter 'colour' is invalid",
  );
  expect(() => select({ Name: "toString", Values: ["x"] })).toThrow("invalid");
});
