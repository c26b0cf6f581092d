import { join } from "node:path";

import { defineConfig } from "vitepress";

import { pageIn, root } from "../../scripts/site-pages.ts";

import { checksOfPage } from "./data/lab-checks.ts";
import { chapterRowsPlugin, readChapters } from "./markdown/chapter-rows.ts";
import { japaneseLinesPlugin } from "./markdown/japanese-lines.ts";
import { labDiffPlugin } from "./markdown/lab-diff.ts";
import { labImportsPlugin } from "./markdown/lab-imports.ts";
import { addPageFacts } from "./markdown/page-facts.ts";
import { tellProgress } from "./site/build-progress.ts";
import { englishLocale } from "./site/locale-en.ts";
import { japaneseLocale, japaneseSearch } from "./site/locale-ja.ts";
import { OUTLINE_LEVELS } from "./site/sidebar.ts";
import { resolveForPages } from "./site/pages-elsewhere.ts";
import { miniSearch, renderForSearch } from "./site/search.ts";

/** Where the site lies on its host; it begins and ends with a slash. */
const base = process.env["SITE_BASE"] ?? "/";

const progress = tellProgress();
const chapters = await readChapters();

export default defineConfig({
  base,
  // Chapters' pages lie with their labs, so what is served comes from the whole clone; addresses know nothing of that.
  srcDir: root,
  srcExclude: ["*.md", "!(docs|labs)/**", "labs/*/!(page).md", "labs/*/{start,solution}/**"],
  rewrites: (file) => pageIn(file) ?? file,
  cleanUrls: process.env["SITE_CLEAN_URLS"] !== "false",
  head: [
    ["link", { rel: "icon", type: "image/svg+xml", href: `${base}icon.svg` }],
    ["meta", { name: "color-scheme", content: "light dark" }],
  ],
  locales: { root: englishLocale(), ja: japaneseLocale() },
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    // What a command prints: a fence of its own, so that the page runner knows it.
    languages: [{ name: "output", scopeName: "text.output", patterns: [], repository: {} }],
    config: (md) =>
      void md
        .use(chapterRowsPlugin, chapters)
        .use(labDiffPlugin)
        .use(labImportsPlugin)
        .use(japaneseLinesPlugin),
  },
  transformPageData(page) {
    addPageFacts(page);
    page.frontmatter["live"] = checksOfPage(page.relativePath, chapters);
  },
  transformHtml: progress.written,
  vite: {
    publicDir: join(import.meta.dirname, "../public"),
    server: { watch: { ignored: ["**/.workbook/**", "**/workspace/**", "**/cdktf.out/**"] } },
    plugins: [progress.plugin, resolveForPages()],
    // A language's search index is one chunk, which is loaded when a reader searches and not before (kilobytes).
    build: { chunkSizeWarningLimit: 1_200 },
  },
  themeConfig: {
    i18nRouting: true,
    outline: { level: OUTLINE_LEVELS },
    search: {
      provider: "local",
      options: {
        locales: { ja: japaneseSearch },
        miniSearch,
        _render: renderForSearch,
      },
    },
  },
});
