import { say, type Words } from "@workbook/toolchain";
import { expect, test } from "vitest";
import { tellBuild } from "./served-folder.ts";

test("of a build every ten pages are told, in the reader's language", () => {
  const told: Words[] = [];
  const step = {
    detail: (what: Words) => void told.push(what),
    terraform: () => {},
    end: () => {},
    fail: () => {},
    stop: () => {},
  };
  const tell = tellBuild(step, ["once", "初回のみ"]);
  for (let done = 0; done <= 25; done++) tell({ done, pages: 25 });
  expect(told.map((words) => say(words, "en"))).toEqual([
    "building (once)",
    "building (once), 10 of 25 pages",
    "building (once), 20 of 25 pages",
  ]);
  expect(say(told[1]!, "ja")).toBe("作成中 (初回のみ)、25 ページ中 10 ページ");
});
