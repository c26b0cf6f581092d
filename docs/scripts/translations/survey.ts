import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { compareTranslation, type TranslationState } from "./translation.ts";

/** The pages of one language, below its folder: all that lies there but scripts and what the site is made of. */
const PAGES = "{*,labs/*,concepts/*,reference/*}.md";

/** How the pages of both languages stand to each other. */
export interface Survey {
  /** English pages by name, such as `labs/05-service.md`, with what the Japanese one is like. */
  readonly pages: ReadonlyMap<string, TranslationState>;
  /** Japanese pages, by the same names, that have no English one. */
  readonly orphans: readonly string[];
}

/**
 * Compares all pages below a folder with those below its `ja/`.
 *
 * @param docs absolute
 */
export function surveyTranslations(docs: string): Survey {
  const read = (page: string) => readFileSync(join(docs, page), "utf8");
  const english = globSync(PAGES, { cwd: docs }).toSorted();
  const japanese = new Set(globSync(PAGES, { cwd: join(docs, "ja") }));
  const compare = (page: string) =>
    compareTranslation(read(page), japanese.has(page) ? read(join("ja", page)) : undefined);
  return {
    pages: new Map(english.map((page) => [page, compare(page)])),
    orphans: [...japanese].filter((page) => !english.includes(page)).toSorted(),
  };
}
