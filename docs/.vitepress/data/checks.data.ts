import { join } from "node:path";

import { type AnyCheck, loadLabs } from "@workbook/lab-kit";

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
    const labs = await loadLabs(labsFolder);
    return labs.map(({ id, checks }) => ({
      lab: id,
      checks: checks.map(({ id, tier, title }) => ({ id, tier, title })),
    }));
  },
};
