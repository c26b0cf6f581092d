import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

import {
  makeWorkspace,
  removeWorkspace,
  resetWorkspace,
  type FreshWorkspace,
} from "../scripts/pages/fresh-workspace.ts";
import { runPage } from "../scripts/pages/run-page.ts";

const MINUTES = 60_000;
let workspace: FreshWorkspace;
const tell = () => undefined;

beforeAll(async () => {
  workspace = await makeWorkspace();
}, 3 * MINUTES);

afterAll(() => removeWorkspace(workspace), MINUTES);

// All pages take as long as all chapters do: `pnpm pages`, a job of its own in CI. This one stands for them.
test("chapter 03 does what its page says", { timeout: 15 * MINUTES }, async ({ signal }) => {
  const report = await runPage(workspace, "labs/03-cluster.md", { tell, signal });
  expect(report.problems).toEqual([]);
  expect(report.ran).toBeGreaterThan(2);
});

test(
  "a page that shows something else than is printed is found",
  { timeout: 5 * MINUTES },
  async ({ signal }) => {
    resetWorkspace(workspace);
    const file = join(workspace.folder, "page.md");
    writeFileSync(
      file,
      "```sh\nWORD=right\n```\n\n```sh\necho $WORD\n```\n\n```output\nwrong\n```\n\n```sh fails\ntrue\n```\n",
    );
    const report = await runPage(workspace, file, { tell, signal });
    expect(report).toMatchObject({ ran: 3, compared: 1, skipped: [] });
    expect(report.problems).toEqual([
      expect.stringContaining("+right"),
      expect.stringContaining("ended with 0, not 1"),
    ]);
  },
);

test(
  "another greeting in an app fails the page that shows it",
  { timeout: 15 * MINUTES },
  async ({ signal }) => {
    resetWorkspace(workspace);
    const file = join(workspace.folder, "apps/node-app/src/app.js");
    const source = readFileSync(file, "utf8");
    expect(source).toContain('"Hello World from node.js"');
    writeFileSync(file, source.replace('"Hello World from node.js"', '"Hello, World!"'));
    onTestFinished(() => writeFileSync(file, source));
    const { problems } = await runPage(workspace, "labs/07-load-balancer.md", { tell, signal });
    expect(problems[0]).toContain("prints something else than the page shows");
    expect(problems[0]).toContain("-Hello World from node.js");
    expect(problems[0]).toContain("+Hello, World!");
  },
);
