import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { root } from "../../../scripts/site-pages.ts";
import { surveyTranslations } from "./survey.ts";
import { recordSource } from "./translation.ts";

function folder(files: Readonly<Record<string, string>>): string {
  const clone = mkdtempSync(join(tmpdir(), "translations-"));
  onTestFinished(() => rmSync(clone, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(clone, name)), { recursive: true });
    writeFileSync(join(clone, name), content);
  }
  return clone;
}

test("every page of this site is there in both languages", () => {
  const { pages, orphans } = surveyTranslations(root);
  const missing = [...pages].filter(([, { state }]) => state === "missing").map(([page]) => page);
  expect({ missing, orphans }).toEqual({ missing: [], orphans: [] });
  expect(pages.size).toBeGreaterThan(30);
});

test("tells pages without a translation from translations without a page", () => {
  const clone = folder({
    "docs/one.md": "# One\n",
    "docs/ja/one.md": recordSource("# One\n", "# 一\n"),
    "labs/01-two/page.md": "# Two\n",
    "labs/02-three/ja/page.md": "# 三\n",
  });
  const { pages, orphans } = surveyTranslations(clone);
  expect(Object.fromEntries(pages)).toEqual({
    "one.md": { state: "current", problems: [] },
    "labs/01-two.md": { state: "missing" },
  });
  expect(orphans).toEqual(["labs/02-three.md"]);
});
