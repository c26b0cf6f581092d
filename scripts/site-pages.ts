import { globSync } from "node:fs";
import { join } from "node:path";

/*
 * A page is named by its address, such as `concepts/tasks.md` or `ja/labs/05-service.md`. It lies in docs/ by that name,
 * but for a chapter's, which lies in the folder of its lab. VitePress's search sees a page's language in the folders that
 * its file lies in, so the Japanese one has a folder of its own there too.
 */
const CHAPTER = /^(ja\/)?labs\/(\d\d-[^/]+)\.md$/;
const CHAPTER_FILE = /^labs\/(\d\d-[^/]+)\/(ja\/)?page\.md$/;
const FILES = [
  "docs/{,ja/}{*,labs/*,concepts/*,reference/*}.md",
  "labs/[0-9][0-9]-*/{,ja/}page.md",
];

/** The clone. */
export const root = join(import.meta.dirname, "..");

/** Where a page lies, relative to the root: `labs/05-service.md` is `labs/05-service/page.md`. */
export function pageFile(page: string): string {
  const [, language = "", lab] = CHAPTER.exec(page) ?? [];
  return lab === undefined ? `docs/${page}` : `labs/${lab}/${language}page.md`;
}

/** The page that lies in a file, which is given relative to the root; undefined where that is no page's. */
export function pageIn(file: string): string | undefined {
  const [, lab, language = ""] = CHAPTER_FILE.exec(file) ?? [];
  if (lab !== undefined) return `${language}labs/${lab}.md`;
  return /^docs\/(.+\.md)$/.exec(file)?.[1];
}

/** All pages of the site, in both languages, by their names. */
export function listSitePages(folder = root): string[] {
  return globSync(FILES, { cwd: folder })
    .map((file) => pageIn(file.replaceAll("\\", "/"))!)
    .toSorted();
}
