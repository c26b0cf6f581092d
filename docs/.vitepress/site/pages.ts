import { readFileSync } from "node:fs";
import { basename, join, posix } from "node:path";

import { listSitePages, pageFile, root } from "../../../scripts/site-pages.ts";

/** A page as a list shows it. */
export interface ListedPage {
  /** Relative to the folder that was listed, without `.md`. */
  readonly name: string;
  readonly title: string;
  /** Where it stands among its neighbours: `order` of its front matter, else last. */
  readonly order: number;
}

/**
 * The pages of a folder, by their `order`, then by name. An `index.md` is not among them.
 *
 * @param folder of their addresses, e.g. `ja/concepts`; `.` is the root
 */
export function listPages(folder: string): ListedPage[] {
  return listSitePages()
    .filter((page) => posix.dirname(page) === folder && basename(page) !== "index.md")
    .map(readListed)
    .toSorted((a, b) => a.order - b.order || a.name.localeCompare(b.name));
}

function readListed(page: string): ListedPage {
  const file = pageFile(page);
  const source = readFileSync(join(root, file), "utf8");
  const name = basename(page, ".md");
  const heading = /^#\s+(.+?)(?:\s+\{#[^}]*\})?\s*$/m.exec(source)?.[1];
  if (!heading) throw new Error(`${file} has no heading of the first level`);
  const order = /^order:\s*(\d+)\s*$/m.exec(source)?.[1];
  return {
    name,
    title: heading.replaceAll("`", ""),
    order: order === undefined ? Number.MAX_SAFE_INTEGER : Number(order),
  };
}
