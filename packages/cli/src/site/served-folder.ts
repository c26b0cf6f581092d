import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inStep } from "@workbook/lab-kit/deploy/reporter";
import type { Session } from "../session.ts";
import { buildSite } from "./build-site.ts";
import { siteKey } from "./site-key.ts";

/** The site that is served, built where it is not there, or not from what the sources are now. */
export function servedFolder(session: Session): Promise<string> {
  const { root, state } = session.workspace;
  const folder = servedSite(state);
  return inStep(session.progress, "Site", async (step) => {
    const key = siteKey(root);
    const keyFile = join(folder, SITE_KEY_FILE);
    if (existsSync(keyFile) && readFileSync(keyFile, "utf8") === key)
      return { summary: "built already", value: folder };
    step.detail("building");
    const onDetail = (text: string) => step.detail(text);
    const { pages } = await buildSite({
      root,
      out: folder,
      base: "/",
      signal: session.signal,
      onDetail,
    });
    writeFileSync(keyFile, key);
    return { summary: `${pages} pages`, value: folder };
  });
}

/** Where the site that is served is kept: away from one that was built for another host. */
export const servedSite = (state: string) => join(state, "site");

/** Lies in the built site: written last, so that one that was built by half has none. */
export const SITE_KEY_FILE = ".key";
