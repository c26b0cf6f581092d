/**
 * Takes the pictures of `docs/public/screenshots/` anew: `pnpm screenshots`. Chapter 07 is done in a fresh workspace,
 * beside its live page in both languages, and then updated in AWS's own time, which leaves time to look. The pictures
 * have the machine's own fonts: it looks best where `system-ui` is Inter, and Noto Sans CJK is there.
 */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { chromium, type Page } from "playwright-core";

import { LivePages } from "../tests/support/live-pages.ts";
import { findBrowser } from "../tests/support/site.ts";
import { makeWorkspace, removeWorkspace } from "./pages/fresh-workspace.ts";
import { LiveSite } from "./pages/live-site.ts";

const pictures = join(import.meta.dirname, "../public/screenshots");
const LAB = "07-load-balancer";
const WIDTH = 1440;
/** AWS looks at a new task after half a minute, and again. */
const LATER = { timeout: 300_000 };
/** In the task's container: reason enough for another revision. */
const CHANGE = 'environment: { RELEASE: "2" },';
/** The folder of the pages, and what the pictures' names end with. */
const LANGUAGES = [
  { language: "", suffix: "" },
  { language: "ja/", suffix: "-ja" },
];

const workspace = await makeWorkspace();
const browser = await chromium.launch({ executablePath: findBrowser(), args: ["--no-sandbox"] });
const site = await LiveSite.start(workspace);
const pages = new LivePages(browser, `${site.origin}/`);
try {
  console.log("home");
  for (const { language, suffix } of LANGUAGES)
    await shoot(await pages.open("", { width: 1280, language }), `home${suffix}`, 860);

  console.log("chapter");
  await site.type(["start", "7"]);
  const stack = join(workspace.folder, "workspace", LAB, "stack.ts");
  copyFileSync(join(workspace.folder, "labs", LAB, "solution/stack.ts"), stack);
  await site.type(["deploy", "7"]);
  await site.type(["check", "7"]);
  for (const { language, suffix } of LANGUAGES) await shootChapter(language, suffix);

  console.log("rolling update");
  await site.type(["cloud", "pace", "real"]);
  await shootRollingUpdate(stack);
  if (pages.problems.length > 0) throw new Error(pages.problems.join("\n"));
} finally {
  await browser.close();
  await site.stop();
  removeWorkspace(workspace);
}

/** All checks pass, and three requests have been answered. */
async function shootChapter(language: string, suffix: string): Promise<void> {
  const page = await pages.openPanel(LAB, { width: WIDTH, language, token: site.token });
  await page.locator(".task .healthy").nth(1).waitFor(LATER);
  for (let sent = 1; sent <= 3; sent += 1) {
    await page.getByRole("button", { name: "/info" }).click();
    await page
      .locator(".live-part li p.line")
      .nth(sent - 1)
      .waitFor(LATER);
  }
  await page.locator(".task.lit").nth(1).waitFor(LATER);
  await shoot(page, `chapter${suffix}`, 1000);
}

/** Two tasks of the old revision are healthy, two of the new one are being checked. */
async function shootRollingUpdate(stack: string): Promise<void> {
  const opened = await Promise.all(
    LANGUAGES.map(async ({ language, suffix }) => {
      const look = { width: WIDTH, language, token: site.token };
      const page = await pages.openPanel(LAB, look);
      await page.locator(".live-bar button").last().click();
      await page.locator(".task .healthy").nth(1).waitFor(LATER);
      return { page, name: `rolling-update${suffix}` };
    }),
  );
  const changed = readFileSync(stack, "utf8").replace(/^ {8}port: 80,$/m, `$&\n        ${CHANGE}`);
  writeFileSync(stack, changed);
  const deployed = site.type(["deploy", "7"]);
  for (const { page, name } of opened) {
    await page.locator(".task.current", { hasText: "initial" }).nth(1).waitFor(LATER);
    await page.locator(".task.old .healthy").nth(1).waitFor(LATER);
    await shoot(page, name, 860);
  }
  await deployed;
}

async function shoot(page: Page, name: string, height: number): Promise<void> {
  await page.setViewportSize({ width: name.startsWith("home") ? 1280 : WIDTH, height });
  await page.evaluate("document.fonts.ready");
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}
