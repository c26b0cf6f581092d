import { expect, test } from "vitest";
import { saidBy, UserError } from "./user-error.ts";
import { both, list, say, text } from "./words.ts";

test("one string reads the same in both languages, a pair does not", () => {
  expect(text("./workbook run")).toEqual({ en: "./workbook run", ja: "./workbook run" });
  expect(text(["a task", "タスク"])).toEqual({ en: "a task", ja: "タスク" });
  expect(text(text(["a task", "タスク"]))).toEqual({ en: "a task", ja: "タスク" });
  expect(say(["a task", "タスク"], "ja")).toBe("タスク");
});

test("words are set into a template in their own language", () => {
  const seen = text(["no task", "タスクがありません"]);
  expect(both`go-app ${8080}: ${seen} (${["why", "理由"]})`).toEqual({
    en: "go-app 8080: no task (why)",
    ja: "go-app 8080: タスクがありません (理由)",
  });
  expect(both`${"name"}`).toEqual({ en: "name", ja: "name" });
});

test("a list is written as each language writes one", () => {
  expect(list(["go-app", ["the rest", "残り"]])).toEqual({
    en: "go-app, the rest",
    ja: "go-app、残り",
  });
  expect(list(["a", ["b", "ビー"]], "\n")).toEqual({ en: "a\nb", ja: "a\nビー" });
});

test("an error speaks English in logs, and both languages to people", () => {
  const error = new UserError(["It is full.", "いっぱいです。"], {
    code: "FULL",
    next: "make room",
  });
  expect(error.message).toBe("It is full.");
  expect(saidBy(error)).toEqual({ en: "It is full.", ja: "いっぱいです。" });
  expect(error.next).toEqual({ en: "make room", ja: "make room" });
  expect(saidBy(new Error("bug"))).toEqual({ en: "bug", ja: "bug" });
});
