import { expect, test } from "vitest";
import { wrap } from "./wrap.ts";

test("text is broken at spaces, and every line begins with the margin", () => {
  expect(wrap("one two three four five six", 24, "  > ")).toBe(
    "  > one two three four\n  > five six",
  );
});

test("a word that is too long stays whole", () => {
  const url = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html";
  expect(wrap(`See ${url} first`, 40)).toBe(`See\n${url}\nfirst`);
  expect(wrap(`説明は ${url} です。`, 40)).toBe(`説明は\n${url}\nです。`);
});

test("lines that the text has stay apart, with their own indent", () => {
  expect(wrap("new Thing(this, {\n  name: 1,\n});", 60, "  ")).toBe(
    "  new Thing(this, {\n    name: 1,\n  });",
  );
});

test("Japanese is broken by its width, between words", () => {
  expect(wrap("リポジトリを作ります。タグ", 24)).toBe("リポジトリを作ります。\nタグ");
});

test("no line begins with what ends a sentence, or ends with a bracket that opens", () => {
  const text = "サブネットは「プライベート」です。次に、ルートテーブルを確認してください。";
  for (let width = 20; width <= 60; width += 1) {
    for (const line of wrap(text, width).split("\n")) {
      expect(line).not.toMatch(/^[、。」]|「$/u);
    }
  }
});

test("colours take no room", () => {
  expect(wrap("\u001B[1mone two three\u001B[22m four five", 20)).toBe(
    "\u001B[1mone two three\u001B[22m four\nfive",
  );
});
