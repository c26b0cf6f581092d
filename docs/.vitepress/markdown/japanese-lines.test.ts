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
