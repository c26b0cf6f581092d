import type { Plugin, SiteConfig } from "vitepress";

/** How far a build is: each page is read for the browser and for the server, and then written. */
export interface BuildProgress {
  /** Of `pages`, as parts of work: a page in the middle counts as a part of one. */
  readonly done: number;
  readonly pages: number;
}

const STEPS = 3;

/**
 * Tells the process that has started the build how far it is, by the channel between the two; nothing where there is none.
 * What is written is counted by `written`, once a page.
 */
export function tellProgress(): { readonly plugin: Plugin; readonly written: () => void } {
  let steps = 0;
  let pages = 0;
  const step = () => {
    steps += 1;
    // Beside the pages there is the one for an address that has none.
    const done = Math.min(Math.floor(steps / STEPS), pages);
    process.send?.({ done, pages } satisfies BuildProgress);
  };
  const plugin: Plugin = {
    name: "workbook:progress",
    apply: "build",
    enforce: "pre",
    configResolved(config) {
      pages = (config as unknown as { readonly vitepress: SiteConfig }).vitepress.pages.length;
    },
    transform(_code, id) {
      if (id.endsWith(".md")) step();
    },
  };
  return { plugin, written: step };
}
