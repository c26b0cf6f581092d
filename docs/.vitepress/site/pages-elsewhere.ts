import { join } from "node:path";

import type { Plugin } from "vitepress";

const docs = join(import.meta.dirname, "../..");

/** Lets pages that lie outside of docs/ have what those in it have: what a page becomes imports Vue. */
export function resolveForPages(): Plugin {
  return {
    name: "workbook:pages-elsewhere",
    enforce: "pre",
    resolveId(id, importer) {
      const isElsewhere =
        importer !== undefined && /\.md(?:\?|$)/.test(importer) && !importer.startsWith(docs);
      if (!isElsewhere || id.startsWith(".") || id.startsWith("/")) return null;
      return this.resolve(id, join(docs, "index.md"), { skipSelf: true });
    },
  };
}
