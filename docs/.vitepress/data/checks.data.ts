import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import type { AnyCheck } from "@workbook/lab-kit/check";

import { watched } from "./watched.ts";

const labsFolder = join(import.meta.dirname, "../../../labs");

/** A lab's checks, in the order in which they are run. */
export interface LabChecks {
  readonly lab: string;
  readonly checks: readonly Pick<AnyCheck, "id" | "tier" | "title">[];
}

declare const data: readonly LabChecks[];
export { data };

export default {
  watch: watched("../../../labs/*/checks.ts"),
  /** The checks of all labs, from their own lists. Only the live part of a page has them. */
  async load(): Promise<readonly LabChecks[]> {
    const labs = globSync("*/checks.ts", { cwd: labsFolder }).map((file) => dirname(file));
    return Promise.all(labs.toSorted().map(readChecks));
  },
};

async function readChecks(lab: string): Promise<LabChecks> {
  const file = pathToFileURL(join(labsFolder, lab, "checks.ts")).href;
  const { checks } = (await import(file)) as { readonly checks: readonly AnyCheck[] };
  return { lab, checks: checks.map(({ id, tier, title }) => ({ id, tier, title })) };
}
