import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** The folder of the site's pages. */
export const pagesFolder = join(import.meta.dirname, "../..");

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
 * @param folder relative to the site's folder, e.g. `ja/concepts`
 */
export function listPages(folder: string): ListedPage[] {
  const files = globSync("*.md", { cwd: join(pagesFolder, folder) });
  return files
    .filter((file) => file !== "index.md")
    .map((file) => readListed(join(pagesFolder, folder, file)))
    .toSorted((a, b) => a.order - b.order || a.name.localeCompare(b.name));
}

function readListed(file: string): ListedPage {
  const source = readFileSync(file, "utf8");
  const name = basename(file, ".md");
  const heading = /^#\s+(.+?)(?:\s+\{#[^}]*\})?\s*$/m.exec(source)?.[1];
  if (!heading) throw new Error(`${file} has no heading of the first level`);
  const order = /^order:\s*(\d+)\s*$/m.exec(source)?.[1];
  return {
    name,
    title: heading.replaceAll("`", ""),
    order: order === undefined ? Number.MAX_SAFE_INTEGER : Number(order),
  };
}
