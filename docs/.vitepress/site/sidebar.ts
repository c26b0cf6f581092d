import type { DefaultTheme } from "vitepress";

import { listPages } from "./pages.ts";

/** Which headings a page's outline has. A language that names its outline says so as well: it replaces the site's. */
export const OUTLINE_LEVELS: [number, number] = [2, 3];

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
  const top = listPages(prefix.replace(/\/$/, "") || ".");
  const pick = (names: readonly string[]) =>
    names.flatMap((name) => {
      const page = top.find((each) => each.name === name);
      return page ? [{ text: page.title, link: `/${prefix}${page.name}` }] : [];
    });
  const folder = (name: string) =>
    listPages(`${prefix}${name}`).map((page) => ({
      text: page.title,
      link: `/${prefix}${name}/${page.name}`,
    }));
  const groups: DefaultTheme.SidebarItem[] = [
    { text: words.start, items: pick(START) },
    { text: words.labs, items: folder("labs").map(withNumber) },
    { text: words.concepts, items: folder("concepts") },
    { text: words.reference, items: folder("reference") },
    { text: words.inside, items: pick(INSIDE) },
  ];
  return groups.filter(({ items }) => items && items.length > 0);
}

/** A chapter's number stands before its name, as commands take it. */
function withNumber({ text, link }: { readonly text: string; readonly link: string }) {
  const number = /\/(\d\d)-[^/]*$/.exec(link)?.[1];
  return { text: number === undefined ? text : `${number} ${text}`, link };
}
