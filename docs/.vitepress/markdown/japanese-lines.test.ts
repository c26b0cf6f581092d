import { createMarkdownRenderer } from "vitepress";
import { expect, test } from "vitest";

import { japaneseLinesPlugin } from "./japanese-lines.ts";

const md = await createMarkdownRenderer(import.meta.dirname, {
  config: (renderer) => void renderer.use(japaneseLinesPlugin),
});

test("joins Japanese lines without a space, through links too", () => {
  expect(md.render("サービスは\nタスクを動かす")).toBe("<p>サービスはタスクを動かす</p>\n");
  expect(md.render("これは[名前](/x)\nです")).toContain("</a>です");
});

test("keeps the space beside Latin words", () => {
  expect(md.render("ECS は\nAWS の")).toBe("<p>ECS は\nAWS の</p>\n");
  expect(md.render("one\ntwo")).toBe("<p>one\ntwo</p>\n");
});

test("keeps a number and what it counts in one line", () => {
  expect(md.render("第 8 章の 2 つのタスク")).toBe(
    "<p>第\u00A08\u00A0章の 2\u00A0つのタスク</p>\n",
  );
  expect(md.render("EC2 インスタンス")).toBe("<p>EC2 インスタンス</p>\n");
  expect(md.render("`2 つ`")).toBe("<p><code>2 つ</code></p>\n");
});
