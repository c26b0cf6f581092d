import { expect, test } from "vitest";

import { compareTranslation, recordSource } from "./translation.ts";

const english = "# Title\n\n## What you'll need\n\n```sh\ntrue\n```\n\n<LabCost />\n";
const japanese = "# 題\n\n## 必要なもの {#what-you-ll-need}\n\n```sh\ntrue\n```\n\n<LabCost />\n";

test("a page without a translation is missing one", () => {
  expect(compareTranslation(english, undefined)).toEqual({ state: "missing" });
});

test("a translation is behind until it records its source, and again after the source has changed", () => {
  expect(compareTranslation(english, japanese)).toEqual({ state: "behind" });
  const recorded = recordSource(english, japanese);
  expect(compareTranslation(english, recorded)).toEqual({ state: "current", problems: [] });
  expect(compareTranslation(`${english}\nMore.\n`, recorded)).toEqual({ state: "behind" });
});

test("recording again replaces what was recorded, and keeps the rest of the front matter", () => {
  const first = recordSource(english, `---\norder: 2\n---\n${japanese}`);
  const second = recordSource(`${english}!`, first);
  expect(second).toMatch(/^---\norder: 2\nsource: [0-9a-f]{16}\n---\n# 題/);
});

test.each([
  ["an anchor", japanese.replace("{#what-you-ll-need}", "{#needs}"), 'heading 2 is "## #needs"'],
  ["a command", japanese.replace("true", "false"), 'code block 1 is "```sh false …"'],
  ["a component", japanese.replace("<LabCost />", ""), "component 1 is nothing"],
])("says that %s differs", (_, changed, problem) => {
  const state = compareTranslation(english, recordSource(english, changed));
  expect(state).toMatchObject({ problems: [expect.stringContaining(problem)] });
});

test("says that an answer opens by another check", () => {
  const folded = (check: string) => `\n::: details Compare {data-check=${check}}\n\n:::\n`;
  const source = english + folded("service");
  const state = compareTranslation(source, recordSource(source, japanese + folded("listener")));
  expect(state).toMatchObject({
    problems: ['folded answer 1 is "listener", where the English page has "service"'],
  });
});

test("says that an image has another digest, though what is printed is in the page's language", () => {
  const printed = (tag: string, digest: string) =>
    `\n\`\`\`output\n${tag} sha256:${digest}\n\`\`\`\n`;
  const source = english + printed("tag", "61f502a37920");
  const compare = (digest: string) =>
    compareTranslation(source, recordSource(source, japanese + printed("タグ", digest)));
  expect(compare("61f502a37920")).toEqual({ state: "current", problems: [] });
  expect(compare("b131c09d65d1")).toMatchObject({
    problems: [
      'digest 1 is "sha256:b131c09d65d1", where the English page has "sha256:61f502a37920"',
    ],
  });
});

test("what a script writes into a region of the English page leaves the translation as current as it was", () => {
  const region = (figures: string) =>
    `${english}\n<!-- #region figures -->\n${figures}\n<!-- #endregion figures -->\n`;
  const translated = `${japanese}\n<!--@include: @/page.md#figures-->\n`;
  const recorded = recordSource(region("| 1 |"), translated);
  const current = { state: "current", problems: [] };
  expect(compareTranslation(region("| 2 |\n\n### By machine"), recorded)).toEqual(current);
  expect(compareTranslation(`${region("| 1 |")}More.\n`, recorded)).toEqual({ state: "behind" });
});
