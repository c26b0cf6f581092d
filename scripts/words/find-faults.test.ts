import { expect, test } from "vitest";
import { findFaults } from "./find-faults.ts";

const faults = (source: string) =>
  findFaults("a.ts", source).map(({ line, what }) => `${line} ${what}`);

test("a sentence in English alone is found, wherever it stands", () => {
  expect(faults('step.detail("waiting for it");')).toEqual(["1 English alone: waiting for it"]);
  expect(faults("const a = 1;\nsession.result({}, `All ${a} checks passed.`);")).toEqual([
    "2 English alone: All … checks passed.",
  ]);
  expect(
    faults('throw new UserError("It is full.", { code: "FULL", next: "make room" });'),
  ).toEqual(["1 English alone: It is full.", "1 English alone: make room"]);
});

test("what comes next is said in both languages too", () => {
  expect(faults("session.result({}, `Next: ${command}`);")).toHaveLength(1);
});

test("a pair with both halves is the catalogue's, as is an object with both languages", () => {
  expect(faults('step.detail(["waiting for it", "待っています"]);')).toEqual([]);
  expect(faults('const a = { en: "no task is running", ja: "タスクがありません" };')).toEqual([]);
  expect(faults("f([n === 1 ? `one of them is ${n}` : `all are ${n}`, `${n} 件`]);")).toEqual([]);
});

test("English in the place of Japanese, and the other way round, is found", () => {
  expect(faults('f({ en: "no task is running", ja: "no task is running" });')).toHaveLength(1);
  expect(
    faults('f(["no task is running", 1 > 2 ? "no task is there" : "タスクがありません"]);'),
  ).toEqual(["1 English in the Japanese: no task is there"]);
  expect(faults('f(["タスクがありません", "タスクがありません"]);')).toEqual([
    "1 Japanese in the English: タスクがありません",
  ]);
});

test("a value that only one half names is found", () => {
  expect(faults("f([`${count} of ${all} run`, `${count} 件が動いています`]);")).toEqual([
    "1 only one half names all",
  ]);
  expect(faults("f([`see ${GUIDE}`, `${GUIDE_JA} を参照`]);")).toEqual([]);
});

test("what is typed, what is for developers and the line of a hint are no sentences", () => {
  expect(faults('const next = "./workbook cloud up";')).toEqual([]);
  expect(faults('throw new RangeError("there is nothing to check");')).toEqual([]);
  expect(
    faults(
      'hint(["Why is that so?", "なぜですか。"], ["See there.", "参照。"], "const a = new b();");',
    ),
  ).toEqual([]);
  expect(findFaults("a.ts", 'f("typed by hand here");', new Set(["typed by hand here"]))).toEqual(
    [],
  );
});

test("two arguments that follow each other are a pair, and both are looked at", () => {
  expect(faults('cause("id", `${a} is not there`, `${a} がありません`);')).toEqual([]);
  expect(faults('cause("id", `${a} is not there`, "ありません");')).toEqual([
    "1 only one half names a",
  ]);
});
