import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { defineKind } from "./kind.ts";
import { Store } from "./store.ts";

interface Thing {
  name: string;
  tags?: Record<string, string>;
}
const things = defineKind<Thing>("test.thing");
const names = defineKind<Thing>("test.name", { scope: "global" });
const seen = defineKind<Thing>("test.seen", { volatile: true });

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "store-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const open = () => Store.open(join(dir, "cloud.db"));

test("a committed value is there after reopening, in the order of creation", () => {
  const store = open();
  store.transaction(() => {
    const collection = store.of(things, "1", "r");
    collection.put("b", { name: "b" });
    collection.put("a", { name: "a" });
    collection.put("b", { name: "b2" });
  });
  // No close: as after kill -9.
  const again = open();
  expect(again.of(things, "1", "r").values()).toEqual([{ name: "b2" }, { name: "a" }]);
  again.close();
  store.close();
});

test("a transaction that throws leaves nothing, in memory or on disk", () => {
  const store = open();
  const collection = store.of(things, "1", "r");
  store.transaction(() => collection.put("a", { name: "a" }));
  expect(() =>
    store.transaction(() => {
      collection.put("a", { name: "changed" });
      collection.put("b", { name: "b" });
      collection.delete("a");
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(collection.values()).toEqual([{ name: "a" }]);
  store.close();
  expect(open().of(things, "1", "r").values()).toEqual([{ name: "a" }]);
});

test("accounts and regions are apart; global kinds are shared", () => {
  const store = open();
  store.transaction(() => {
    store.of(things, "1", "r").put("a", { name: "a" });
    store.of(names, "1", "r").put("n", { name: "n" });
  });
  expect(store.of(things, "1", "s").size).toBe(0);
  expect(store.of(things, "2", "r").size).toBe(0);
  expect(store.of(names, "2", "s").get("n")).toEqual({ name: "n" });
  store.close();
});

test("volatile kinds are not written", () => {
  const store = open();
  store.transaction(() => store.of(seen, "1", "r").put("a", { name: "a" }));
  expect(store.of(seen, "1", "r").size).toBe(1);
  store.close();
  expect(open().of(seen, "1", "r").size).toBe(0);
});

test("a change outside of a transaction is refused", () => {
  const store = open();
  expect(() => store.of(things, "1", "r").put("a", { name: "a" })).toThrow(
    "outside of a transaction",
  );
  expect(store.of(things, "1", "r").size).toBe(0);
  store.close();
});

test("stored values cannot be changed in place", () => {
  const store = open();
  store.transaction(() => store.of(things, "1", "r").put("a", { name: "a", tags: { x: "1" } }));
  const value = store.of(things, "1", "r").get("a") as Thing;
  expect(() => {
    value.tags!["x"] = "2";
  }).toThrow(TypeError);
  store.close();
});

test("listeners hear of a commit once, with what was before and after", () => {
  const store = open();
  const heard: unknown[] = [];
  store.onCommit((changes) => heard.push(changes));
  store.transaction(() => store.of(things, "1", "r").put("a", { name: "a" }));
  store.transaction(() => {});
  expect(heard).toEqual([
    [
      {
        kind: "test.thing",
        account: "1",
        region: "r",
        id: "a",
        before: undefined,
        after: { name: "a" },
      },
    ],
  ]);
  store.close();
});

test("data of a newer version is refused and left untouched", () => {
  const file = join(dir, "cloud.db");
  Store.open(file).close();
  const sql = new DatabaseSync(file);
  sql.exec("PRAGMA user_version = 999");
  sql.close();
  expect(() => Store.open(file)).toThrow("newer version");
});
