import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DefaultTheme } from "vitepress";

import { listPages, pagesFolder } from "./pages.ts";

/** What the groups of the sidebar are called in a language. */
export interface SidebarWords {
  readonly start: string;
  readonly labs: string;
  readonly concepts: string;
  readonly reference: string;
  readonly inside: string;
}

/** Pages that stand at the top of the site, by group. */
const START = ["getting-started", "instructors"];
const INSIDE = ["architecture", "benchmarks", "writing"];

/**
 * The sidebar of a language: whatever pages its folders hold, so that a new page needs no entry anywhere.
 *
 * @param prefix `""` for English, `"ja/"` for Japanese
 */
export function toSidebar(prefix: string, words: SidebarWords): DefaultTheme.SidebarItem[] {
  const top = listPages(prefix || ".");
  const pick = (names: readonly string[]) =>
    names.flatMap((name) => {
      const page = top.find((each) => each.name === name);
      return page ? [{ text: page.title, link: `/${prefix}${page.name}` }] : [];
    });
  const folder = (name: string) =>
    existsSync(join(pagesFolder, prefix, name))
      ? listPages(`${prefix}${name}`).map((page) => ({
          text: page.title,
          link: `/${prefix}${name}/${page.name}`,
        }))
      : [];
  const groups: DefaultTheme.SidebarItem[] = [
    { text: words.start, items: pick(START) },
    { text: words.labs, items: folder("labs") },
    { text: words.concepts, items: folder("concepts") },
    { text: words.reference, items: folder("reference") },
    { text: words.inside, items: pick(INSIDE) },
  ];
  return groups.filter(({ items }) => items && items.length > 0);
}
