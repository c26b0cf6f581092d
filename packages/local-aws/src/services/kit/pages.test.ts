import { expect, test } from "vitest";
import { cutPage } from "./pages.ts";

const invalid = () => new Error("no such token");
const page = (items: readonly string[], token?: string, more: object = {}) =>
  cutPage(items, { key: (item) => item, size: 2, token, of: "letters", invalid, ...more });
/** More than fits, in no order. */
const letters = ["d", "a", "e", "b", "c"];

test("pages follow each other, each item once", () => {
  const seen: string[] = [];
  let token: string | undefined;
  do {
    const { items, next } = page(letters, token);
    seen.push(...items);
    token = next;
  } while (token !== undefined);
  expect(seen).toEqual(["a", "b", "c", "d", "e"]);
  expect(page(letters, undefined, { descending: true }).items).toEqual(["e", "d"]);
});

test("what is deleted between pages skips nothing, and what is created repeats nothing", () => {
  const { next } = page(letters);
  expect(page(["c", "d", "e"], next).items).toEqual(["c", "d"]);
  expect(page(["0", "a", "aa", "b", "c", "d"], next).items).toEqual(["c", "d"]);
  expect(page([], next)).toEqual({ items: [], next: undefined });
});

test.each([0, -5])("a size of %d is one item, so that a caller gets on", (size) => {
  expect(page(letters, undefined, { size }).items).toEqual(["a"]);
});

test("a list that fits keeps its order", () => {
  expect(page(["b", "a"])).toEqual({ items: ["b", "a"], next: undefined });
});

test.each(["", "x", "MQ", Buffer.from('["numbers","a"]').toString("base64url"), "%%%"])(
  "the token %j is refused",
  (token) => {
    expect(() => page(letters, token)).toThrow("no such token");
  },
);
