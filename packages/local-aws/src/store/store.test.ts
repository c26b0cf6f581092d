import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
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

test("an inner transaction that throws leaves nothing, where the outer one goes on", () => {
  const store = open();
  const collection = store.of(things, "1", "r");
  store.transaction(() => {
    collection.put("a", { name: "a" });
    const inner = () =>
      store.transaction(() => {
        collection.put("a", { name: "changed" });
        collection.put("b", { name: "b" });
        throw new Error("no");
      });
    expect(inner).toThrow("no");
    collection.put("c", { name: "c" });
  });
  expect(collection.values()).toEqual([{ name: "a" }, { name: "c" }]);
  store.close();
  expect(open().of(things, "1", "r").values()).toEqual([{ name: "a" }, { name: "c" }]);
});

test("a removal that is taken back leaves the order as it was", () => {
  const store = open();
  const collection = store.of(things, "1", "r");
  store.transaction(() => {
    for (const name of ["a", "b", "c"]) collection.put(name, { name });
  });
  const removal = () =>
    store.transaction(() => {
      collection.delete("a");
      collection.delete("b");
      collection.put("a", { name: "again" });
      throw new Error("no");
    });
  expect(removal).toThrow("no");
  expect(collection.ids()).toEqual(["a", "b", "c"]);
  store.close();
});

test("what was removed and put again is the newest, also after reopening", () => {
  const store = open();
  const collection = store.of(things, "1", "r");
  store.transaction(() => {
    for (const name of ["a", "b"]) collection.put(name, { name });
  });
  store.transaction(() => {
    collection.delete("a");
    collection.put("a", { name: "again" });
  });
  expect(collection.ids()).toEqual(["b", "a"]);
  store.close();
  expect(open().of(things, "1", "r").ids()).toEqual(["b", "a"]);
});

test("a listener that throws neither undoes what happened nor keeps it from the others", () => {
  const faults: unknown[] = [];
  const store = Store.open(join(dir, "cloud.db"), (fault) => faults.push(fault));
  const fault = new Error("a bug");
  const heard: string[] = [];
  store.onCommit(() => {
    throw fault;
  });
  store.onCommit((changes) => heard.push(changes[0]!.id));
  store.transaction(() => store.of(things, "1", "r").put("a", { name: "a" }));
  expect(faults).toEqual([fault]);
  expect(heard).toEqual(["a"]);
  expect(store.of(things, "1", "r").has("a")).toBe(true);
  store.close();
});

test("what an owner writes is part of the transaction", () => {
  const store = open();
  const count = () => store.database.sql.prepare("SELECT count(*) AS n FROM log_event").get();
  const insert = () =>
    store.database.write(() =>
      store.database.sql.exec(
        "INSERT INTO log_event (account, region, log_group, log_stream, timestamp, ingestion_time, message) VALUES ('1', 'r', 'g', 's', 1, 1, 'm')",
      ),
    );
  const failing = () =>
    store.transaction(() => {
      insert();
      throw new Error("no");
    });
  expect(failing).toThrow("no");
  store.transaction(() => {
    expect(() =>
      store.transaction(() => {
        insert();
        throw new Error("no");
      }),
    ).toThrow("no");
  });
  expect(count()).toEqual({ n: 0 });
  store.transaction(insert);
  insert();
  expect(count()).toEqual({ n: 2 });
  store.close();
});

test("what is recorded while the disk is full is written before what is written next, in its order", () => {
  const store = open();
  const all = store.of(things, "1", "r");
  const put = (name: string) => all.put(name, { name });
  store.transaction(() => ["old", "gone"].forEach(put));
  const heard: string[] = [];
  const waits: unknown[] = [];
  store.onCommit((changes) => heard.push(...changes.map(({ id }) => id)));
  store.writer.onUnwritten((cause) => waits.push(cause));
  const { sql } = store.database;
  const exec = vi.spyOn(sql, "exec").mockImplementation(() => {
    throw Object.assign(new Error("database or disk is full"), { errcode: 13 });
  });
  store.record(() => ["a", "b"].forEach(put));
  for (let count = 0; count < 100; count++) store.record(() => put("a"));
  store.record(() => all.delete("gone"));
  store.record(() => all.delete("old"));
  store.record(() => put("old"));
  expect(() => store.transaction(() => put("refused"))).toThrow("disk is full");
  expect(store.transaction(() => all.ids())).toEqual(["a", "b", "old"]);
  expect([store.writer.unwritten, waits.length, heard.length]).toEqual([4, 104, 105]);
  expect(() => store.record(() => store.transaction(() => put("c")))).not.toThrow();
  exec.mockRestore();
  store.transaction(() => put("last"));
  expect(store.writer.unwritten).toBe(0);
  store.close();
  const again = open();
  expect(again.of(things, "1", "r").ids()).toEqual(["a", "b", "old", "c", "last"]);
  again.close();
});

test("damaged data names its file and the way out, and is left untouched", () => {
  const file = join(dir, "cloud.db");
  const store = open();
  store.transaction(() => store.of(things, "1", "r").put("a", { name: "a" }));
  store.close();
  const sql = new DatabaseSync(file);
  sql.exec("UPDATE resource SET value = '{'");
  sql.close();
  expect(open).toThrow(`${file} is damaged: test.thing a cannot be read`);
  expect(open).toThrow("snapshot");
  const table = new DatabaseSync(file);
  table.exec("DROP TABLE log_event");
  table.close();
  expect(open).toThrow(`${file} is damaged: no such table: log_event`);
  writeFileSync(file, "no database");
  expect(open).toThrow(`${file} is damaged`);
  expect(readFileSync(file, "utf8")).toBe("no database");
});

test("data of a newer version is refused and left untouched", () => {
  const file = join(dir, "cloud.db");
  Store.open(file).close();
  const sql = new DatabaseSync(file);
  sql.exec("PRAGMA user_version = 999");
  sql.close();
  expect(() => Store.open(file)).toThrow("newer version");
});
