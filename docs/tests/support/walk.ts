import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
  makeWorkspace,
  removeWorkspace,
  type FreshWorkspace,
} from "../../scripts/pages/fresh-workspace.ts";
import { listSitePages } from "../../../scripts/site-pages.ts";
import { readBlocks, runPage } from "../../scripts/pages/run-page.ts";

const MINUTES = 60_000;

/**
 * A learner who takes chapter after chapter in one workspace and one cloud, and takes nothing away in between: each
 * chapter finds what the ones before have left, revisions that have counted up among it. Typed is what the pages say,
 * and compared what they show.
 *
 * @param folder of the language's addresses: `""` or `"ja/"`
 */
export function describeWalk(folder: "" | "ja/"): void {
  describe("one walk through all chapters, nothing taken away in between", () => {
    const chapters = listSitePages().filter((page) =>
      /^labs\/\d\d-/.test(page.slice(folder.length)),
    );
    let workspace: FreshWorkspace;
    beforeAll(async () => {
      workspace = await makeWorkspace();
    }, 3 * MINUTES);
    afterAll(() => removeWorkspace(workspace), MINUTES);

    test.for(chapters)(
      "%s does what it says",
      { timeout: 20 * MINUTES },
      async (page, { signal }) => {
        const tell = (line: string) => void process.stdout.write(`${line}\n`);
        const goesOn = page !== chapters.at(-1);
        const report = await runPage(workspace, page, { goesOn, tell, signal });
        expect(report.problems).toEqual([]);
        // A block may say itself why it is not run; none is left out because this machine lacks a program.
        const own = readBlocks(page).filter(({ skip }) => skip !== undefined);
        expect(report.skipped).toEqual(own.map(({ line, skip }) => `${page}:${line} ${skip}`));
        expect(report.ran).toBeGreaterThan(2);
        tell(`${page}: ${report.seconds.toFixed(0)} s`);
      },
    );
  });
}
