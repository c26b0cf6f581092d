import { readFileSync } from "node:fs";
import { join } from "node:path";

import { listSitePages, pageFile } from "../../../scripts/site-pages.ts";
import { compareTranslation, type TranslationState } from "./translation.ts";

/** How the pages of both languages stand to each other. */
export interface Survey {
  /** English pages by name, such as `labs/05-service.md`, with what the Japanese one is like. */
  readonly pages: ReadonlyMap<string, TranslationState>;
  /** Japanese pages, by the same names, that have no English one. */
  readonly orphans: readonly string[];
}

/**
 * Compares the pages of both languages.
 *
 * @param root of the workbook
 */
export function surveyTranslations(root: string): Survey {
  const read = (page: string) => readFileSync(join(root, pageFile(page)), "utf8");
  const all = listSitePages(root);
  const english = all.filter((page) => !page.startsWith("ja/"));
  const japanese = new Set(
    all.filter((page) => page.startsWith("ja/")).map((page) => page.slice(3)),
  );
  const compare = (page: string) =>
    compareTranslation(read(page), japanese.has(page) ? read(`ja/${page}`) : undefined);
  return {
    pages: new Map(english.map((page) => [page, compare(page)])),
    orphans: [...japanese].filter((page) => !english.includes(page)).toSorted(),
  };
}
