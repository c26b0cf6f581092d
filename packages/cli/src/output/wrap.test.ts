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
});

test("lines that the text has stay apart, with their own indent", () => {
  expect(wrap("new Thing(this, {\n  name: 1,\n});", 60, "  ")).toBe(
    "  new Thing(this, {\n    name: 1,\n  });",
  );
});

test("Japanese is broken by its width", () => {
  expect(wrap("リポジトリを作ります。タグ", 24)).toBe("リポジトリを作ります。タ\nグ");
});
