import type { TestProject } from "vitest/node";

import { buildSite, type BuiltSite } from "./site.ts";

declare module "vitest" {
  export interface ProvidedContext {
    site: Omit<BuiltSite, "stop">;
  }
}

/** Builds the site once, for all files that ask for it with `inject("site")`; runs before any test does. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  process.stdout.write("Building the site for the tests in a browser\n");
  const { stop, ...site } = await buildSite();
  project.provide("site", site);
  return stop;
}
