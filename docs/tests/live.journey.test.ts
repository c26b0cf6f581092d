import { copyFileSync } from "node:fs";
import { join } from "node:path";

import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { checks } from "../../labs/07-load-balancer/checks.ts";
import {
  makeWorkspace,
  removeWorkspace,
  type FreshWorkspace,
} from "../scripts/pages/fresh-workspace.ts";
import { LiveSite } from "../scripts/pages/live-site.ts";
import { LivePages } from "./support/live-pages.ts";
import { findBrowser } from "./support/site.ts";

const MINUTES = 60_000;
const LATER = { timeout: 3 * MINUTES, interval: 200 };
const LAB = "07-load-balancer";

let workspace: FreshWorkspace;
let site: LiveSite | undefined;
let browser: Browser;

beforeAll(async () => {
  workspace = await makeWorkspace();
  browser = await chromium.launch({ executablePath: findBrowser(), args: ["--no-sandbox"] });
}, 3 * MINUTES);
afterAll(async () => {
  await browser?.close();
  await site?.stop();
  removeWorkspace(workspace);
}, 2 * MINUTES);

const passed = (page: Page) => page.locator(".checks li.passed").count();
const failed = (page: Page) => page.locator(".checks li.failed").getAttribute("data-check");

test(
  "chapter 07 comes alive beside a terminal, in both languages",
  async () => {
    site = await LiveSite.start(workspace);
    await site.type(["start", "7"]);
    const { token } = site;
    const pages = new LivePages(browser, `${site.origin}/`);
    const en = await pages.openPanel(LAB, { token });
    const ja = await pages.openPanel(LAB, { token, language: "ja/" });
    const both = [en, ja];
    for (const page of both) {
      await expect.poll(() => failed(page), LATER).toBe("load-balancer");
      await expect.poll(() => page.locator(".task.running").count(), LATER).toBe(2);
    }

    // Saving is enough for what can be read in the files.
    const solution = join(workspace.folder, "labs", LAB, "solution/stack.ts");
    copyFileSync(solution, join(workspace.folder, "workspace", LAB, "stack.ts"));
    const inFiles = checks.filter(({ tier }) => tier === "synth").length;
    for (const page of both) await expect.poll(() => passed(page), LATER).toBe(inFiles);

    await site.type(["deploy", "7"]);
    for (const page of both)
      await expect.poll(() => page.locator(".task .healthy").count(), LATER).toBe(2);
    await site.type(["check", "7"]);
    for (const page of both) await expect.poll(() => passed(page), LATER).toBe(checks.length);

    await en.getByRole("button", { name: "Send /info" }).click();
    const answer = en.locator("li.latest");
    await expect.poll(() => answer.textContent(), LATER).toContain('"app": "node-app"');
    const lit = ja.locator(".task.lit");
    await expect.poll(() => lit.count(), LATER).toBe(1);
    expect(pages.problems).toEqual([]);
    await pages.close();
  },
  20 * MINUTES,
);
