import { expect, test } from "vitest";

import { tokenize } from "./search.ts";

const written = (text: string) => tokenize(text, "text");
const sought = (text: string) => tokenize(text);

test("names of code are found whole and by their parts", () => {
  expect(written("imageTagMutability")).toEqual([
    "imageTagMutability",
    "image",
    "Tag",
    "Mutability",
  ]);
  expect(written("3 ECRImages")).toEqual(["3", "ECRImages", "ECR", "Images"]);
  expect(sought("ignore_changes")).toEqual(["ignore", "changes"]);
});

test("a digest is one word, whatever numbers are in it", () => {
  expect(written("node-app:61f502a37920")).toEqual(["node", "app", "61f502a37920"]);
});

test("Japanese is cut where the script changes, and into each two characters", () => {
  expect(written("NATゲートの設定")).toEqual(["NAT", "ゲー", "ート", "設定"]);
  expect(written("しきい値")).toEqual(["しき", "きい", "値"]);
  expect(written("サーバー")).toEqual(["サー", "ーバ", "バー"]);
});

test("all that is sought stands on a page that has the same words with other endings", () => {
  for (const [query, page] of [
    ["タスクを停止する", "タスクはすぐに停止します"],
    ["しきい値", "ヘルスチェックのしきい値です"],
    ["タスク停止", "タスクの停止"],
    ["ＡＺ", "2 つの AZ"],
  ] as const)
    expect(written(page), query).toEqual(expect.arrayContaining(sought(query)));
  expect(written("値が大きい")).not.toEqual(expect.arrayContaining(sought("しきい値")));
});

test("the function works as the browser gets it: from its own text", () => {
  const sent = new Function(`return ${tokenize.toString()}`)() as typeof tokenize;
  expect(sent("タスク定義 awsvpc")).toEqual(sought("タスク定義 awsvpc"));
});
