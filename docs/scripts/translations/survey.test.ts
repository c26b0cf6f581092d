import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { surveyTranslations } from "./survey.ts";
import { recordSource } from "./translation.ts";

function folder(files: Readonly<Record<string, string>>): string {
  const docs = mkdtempSync(join(tmpdir(), "translations-"));
  onTestFinished(() => rmSync(docs, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(docs, name)), { recursive: true });
    writeFileSync(join(docs, name), content);
  }
  return docs;
}

test("every page of this site is there in both languages", () => {
  const { pages, orphans } = surveyTranslations(join(import.meta.dirname, "../.."));
  const missing = [...pages].filter(([, { state }]) => state === "missing").map(([page]) => page);
  expect({ missing, orphans }).toEqual({ missing: [], orphans: [] });
  expect(pages.size).toBeGreaterThan(30);
});

test("tells pages without a translation from translations without a page", () => {
  const docs = folder({
    "one.md": "# One\n",
    "ja/one.md": recordSource("# One\n", "# 一\n"),
    "labs/01-two.md": "# Two\n",
    "ja/labs/02-three.md": "# 三\n",
  });
  const { pages, orphans } = surveyTranslations(docs);
  expect(Object.fromEntries(pages)).toEqual({
    "one.md": { state: "current", problems: [] },
    "labs/01-two.md": { state: "missing" },
  });
  expect(orphans).toEqual(["labs/02-three.md"]);
});
