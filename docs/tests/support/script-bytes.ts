import type { Page } from "playwright-core";

/** A quick page on a slow line: so much script at most, as it is before compression, in bytes. */
export const MOST_SCRIPT = 300_000;

/** Adds up the script that a page loads from now on, in bytes before compression. */
export function countScript(page: Page): () => Promise<number> {
  const scripts: Promise<Buffer>[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() === "script") scripts.push(response.body());
  });
  return async () => (await Promise.all(scripts)).reduce((sum, { length }) => sum + length, 0);
}
