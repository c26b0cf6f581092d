import { createMarkdownRenderer } from "vitepress";
import { expect, test } from "vitest";

import { labDiffPlugin } from "./lab-diff.ts";

const md = await createMarkdownRenderer(import.meta.dirname, {
  config: (renderer) => void renderer.use(labDiffPlugin),
});

const CHAPTER_4 = "labs/04-task-definition/solution/stack.ts";
const CHAPTER_7 = "labs/07-load-balancer/solution/stack.ts";
const CHAPTER_8 = "labs/08-two-services/solution/stack.ts";

/** What a fence of this content comes to: its lines, each with a sign. */
function diff(...content: readonly string[]): string[] {
  const html = md.render(["```lab-diff", ...content, "```"].join("\n"));
  const lines = html.matchAll(/<span class="line( diff add| diff remove)?[^"]*">(.*)<\/span>/g);
  return [...lines].map(([, kind, spans = ""]) => {
    const sign = kind === " diff add" ? "+" : kind === " diff remove" ? "-" : " ";
    return `${sign}${spans.replaceAll(/<[^>]+>/g, "").trimEnd()}`;
  });
}

test("shows all of a region, what differs marked, and not the region's own marks", () => {
  const lines = diff(`from: ${CHAPTER_7}`, `to: ${CHAPTER_8}`, "region: service");
  expect(lines).toContain(`-new EcsService(this, "node_service", {`);
  expect(lines).toContain(`+new EcsService(this, "go_service", {`);
  expect(lines).toContain(`   desiredCount: 2,`);
  expect(lines.at(-1)).toBe(" });");
  expect(lines.join("\n")).not.toMatch(/region|…/);
});

test("says nothing of how a region's last line ends", () => {
  const lines = diff(`from: ${CHAPTER_4}`, `to: ${CHAPTER_8}`, "region: task");
  expect(lines.at(-1)).toBe(" });");
  expect(lines.join("\n")).not.toContain("No newline");
});

test("shows a difference inside of a container that opens and closes", () => {
  const fence = [
    "```lab-diff",
    `from: ${CHAPTER_7}`,
    `to: ${CHAPTER_8}`,
    "region: listener",
    "```",
  ];
  const html = md.render(["::: details Compare", ...fence, ":::"].join("\n"));
  expect(html).toMatch(/<details[^]*<summary>Compare<\/summary>[^]*diff add[^]*<\/details>/);
});

test.each([
  ["a file that is not there", ["from: no.ts", `to: ${CHAPTER_8}`], "there is no file no.ts"],
  [
    "a region that one file has not",
    [`from: ${CHAPTER_4}`, `to: ${CHAPTER_8}`, "region: listener"],
    `${CHAPTER_4} has no region listener`,
  ],
  ["files that agree", [`from: ${CHAPTER_8}`, `to: ${CHAPTER_8}`], "do not differ"],
  ["a word that it does not know", [`from: ${CHAPTER_7}`, `to: ${CHAPTER_8}`, "lines: 3"], "not:"],
])("refuses %s", (_, content, problem) => {
  expect(() => diff(...content)).toThrow(problem);
});
