import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";

import { checks } from "../../labs/07-load-balancer/checks.ts";
import { LiveCloud } from "./support/live-cloud.ts";
import { findBarriers } from "./support/barriers.ts";
import { LivePages, type Look } from "./support/live-pages.ts";
import { OWNER, serveLive, type LiveServer } from "./support/live-server.ts";
import { countScript, MOST_SCRIPT } from "./support/script-bytes.ts";
import { findBrowser } from "./support/site.ts";

const MINUTE = 60_000;
/** Two cores and Chromium: what has to come, comes. */
const SOON = { timeout: MINUTE, interval: 50 };
const LAB = "07-load-balancer";

const site = inject("site");
let browser: Browser;
let cloud: LiveCloud;
let live: LiveServer;
let pages: LivePages;

beforeAll(async () => {
  cloud = await LiveCloud.start();
  live = await serveLive(site, cloud.endpoint);
  browser = await chromium.launch({ executablePath: findBrowser(), args: ["--no-sandbox"] });
  pages = new LivePages(browser, live.origin + site.base);
}, 2 * MINUTE);
afterEach(async () => {
  await pages.close();
  expect(pages.problems).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await live?.stop();
  await cloud?.end();
}, MINUTE);

const open = (look: Look = {}) => pages.openPanel(LAB, { token: cloud.token, ...look });
const picture = (page: Page) => page.locator(".picture");
const tasks = (page: Page) => page.locator(".task");
const way = (page: Page, words: string) => page.locator(".ways li", { hasText: words });
const textOf = (page: Page, selector: string) => page.locator(selector).allTextContents();

test("a page without the mark loads nothing of it", { timeout: MINUTE }, async () => {
  const unmarked = new LivePages(browser, site.origin + site.base);
  const page = await unmarked.open("");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`${site.origin}${site.base}labs/${LAB}`, { waitUntil: "networkidle" });
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((url) => /live|_local/.test(url))).toEqual([]);
  expect(await page.locator(".live").count()).toBe(0);
  await unmarked.close();
});

test("what is built appears as it is built", { timeout: 5 * MINUTE }, async () => {
  const page = await open();
  await expect.poll(() => picture(page).textContent(), SOON).toContain("ECR web 1 image");

  await cloud.addNetwork();
  await expect.poll(() => picture(page).textContent(), SOON).toContain("NAT gateway available");
  const zones = await textOf(page, ".vpc .where strong");
  // Of the public subnets and, below them, of the private ones.
  const both = ["ap-northeast-1a", "ap-northeast-1c"];
  expect(zones).toEqual([...both, ...both]);

  await cloud.addService();
  await expect.poll(() => textOf(page, ".task .status"), SOON).toEqual(["RUNNING", "RUNNING"]);
  await expect.poll(() => way(page, "alb → web").textContent(), SOON).toContain("closed");
  expect(await way(page, "alb → web").textContent()).toMatch(/sg-\w+/);
  expect(await way(page, "anybody else → alb").textContent()).toContain("closed");
  expect(await way(page, "you → alb").textContent()).toContain("open");

  await cloud.letIn();
  await expect.poll(() => way(page, "alb → web").textContent(), SOON).toContain("open");
  await expect.poll(() => page.locator(".task .healthy").count(), SOON).toBe(2);
  expect(await page.locator(".balancer").textContent()).toContain("2 of 2 healthy");
  await expect.poll(() => page.locator(".lines").textContent(), SOON).toContain("listening");
});

test("a request says which task answered, and lights it up", { timeout: 2 * MINUTE }, async () => {
  const page = await open();
  const send = page.getByRole("button", { name: "Send /info" });
  await send.focus();
  await page.keyboard.press("Enter");
  // It is lit for some seconds only.
  const lit = await page.locator(".task.lit").getAttribute("data-task");
  const answer = page.locator("li.latest");
  expect(await answer.textContent()).toContain(`task ${lit!.slice(0, 6)}`);
  expect(await answer.textContent()).toContain("200");
  expect(await answer.locator("pre").textContent()).toBe("Hello from a task");
  await expect.poll(() => page.locator(".lines").textContent(), SOON).toContain("asked for /info");
});

test("checks turn green as they are reported", { timeout: 2 * MINUTE }, async () => {
  const page = await open();
  const ja = await open({ language: "ja/" });
  const reported = checks.map(({ id, tier, title }, i) => {
    const status = i < 3 ? "passed" : i === 3 ? "failed" : "not-run";
    const [expected, actual] =
      i === 3
        ? [
            { en: "two running tasks", ja: "実行中のタスクが 2 つ" },
            { en: "one", ja: "1 つ" },
          ]
        : [null, null];
    return { id, tier, title, status, expected, actual };
  });
  await cloud.report(LAB, reported);
  const sum = page.locator("[aria-live] >> text=checks pass");
  await expect.poll(() => sum.textContent(), SOON).toBe(`3 of ${checks.length} checks pass`);
  expect(await page.locator(".checks li.passed").count()).toBe(3);
  const fourth = (of: Page) => of.locator(`.checks [data-check="${checks[3]!.id}"]`).textContent();
  expect(await fourth(page)).toMatch(/Expected.*two running tasks.*Seen.*one/s);
  await expect.poll(() => fourth(ja), SOON).toMatch(/期待.*実行中のタスクが 2 つ.*実際.*1 つ/s);
  const titles = await textOf(ja, ".checks li");
  expect(titles[0]).toContain(checks[0]!.title.ja);
  await cloud.report(
    LAB,
    reported.map((check) => ({ ...check, status: "passed" })),
  );
  await expect.poll(() => page.locator(".checks li.passed").count(), SOON).toBe(checks.length);
  await expect.poll(() => ja.locator(".checks li.passed").count(), SOON).toBe(checks.length);
});

test.each<Look>([
  { colorScheme: "light", width: 1400 },
  { colorScheme: "dark", width: 1400 },
  { colorScheme: "light", width: 1024, height: 720 },
  { colorScheme: "dark", width: 800, language: "ja/" },
  { colorScheme: "light", width: 320, language: "ja/" },
  { colorScheme: "dark", width: 320, token: undefined },
])(
  "the panel is accessible and fits, $colorScheme, $width pixels",
  async (look) => {
    const page = await open(look);
    await page.locator(".task .healthy").first().waitFor({ timeout: MINUTE });
    expect(await findBarriers(page)).toEqual({ violations: [], tooWide: 0 });
  },
  2 * MINUTE,
);

test("a live page loads less than 300 KB of script", { timeout: 2 * MINUTE }, async () => {
  const page = await open();
  const count = countScript(page);
  await page.reload();
  await tasks(page).first().waitFor({ timeout: MINUTE });
  const bytes = await count();
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(MOST_SCRIPT);
});

test("without the token the page says where it is", { timeout: 2 * MINUTE }, async () => {
  const page = await open({ token: undefined });
  const send = page.getByRole("button", { name: "Send /info" });
  await send.waitFor({ timeout: MINUTE });
  expect(await send.isDisabled()).toBe(true);
  expect(await page.locator("#live-token").textContent()).toContain("./workbook site");
  await page.evaluate(`location.hash = "token=${cloud.token}"`);
  await expect.poll(() => send.isEnabled(), SOON).toBe(true);
});

test("a token of another workbook is refused in words", { timeout: 2 * MINUTE }, async () => {
  const page = await open({ token: "another" });
  await page.getByRole("button", { name: "Send /info" }).click();
  const problem = page.locator(".live-problem");
  await expect.poll(() => problem.textContent(), SOON).toContain("needs the workspace's token");
  expect(await page.locator("#live-token").isVisible()).toBe(true);
});

test("a rolling update shows both revisions", { timeout: 3 * MINUTE }, async () => {
  const page = await open();
  await expect.poll(() => page.locator(".task.running").count(), SOON).toBe(2);
  await cloud.deployAnother();
  await page.locator(".task.old", { hasText: "revision 1" }).first().waitFor({ timeout: MINUTE });
  const fresh = page.locator(".task.current", { hasText: "revision 2" });
  await fresh.first().waitFor({ timeout: MINUTE });
  const counts = async () => [await tasks(page).count(), await fresh.count()];
  await expect.poll(counts, { ...SOON, timeout: 2 * MINUTE }).toEqual([2, 2]);
});

test("a task is stopped after a warning, and replaced", { timeout: 3 * MINUTE }, async () => {
  const page = await open();
  await expect.poll(() => page.locator(".task.running").count(), SOON).toBe(2);
  const id = await page.locator(".task.running").first().getAttribute("data-task");
  const task = page.locator(`[data-task="${id}"]`);
  await task.getByRole("button", { name: "Stop" }).focus();
  await page.keyboard.press("Enter");
  const warning = "the service web starts another";
  await expect.poll(() => task.textContent(), SOON).toContain(warning);
  await page.keyboard.press("Enter");
  await task.waitFor({ state: "detached", timeout: MINUTE });
  await expect.poll(() => page.locator(".task.running").count(), SOON).toBe(2);
});

test("code has the reader's own names, copied as well", { timeout: 2 * MINUTE }, async () => {
  const page = await open();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const link = page.locator(".live a", { hasText: "http://127.0.0.1:" });
  await link.waitFor({ timeout: MINUTE });
  const address = await link.textContent();
  const codes = () => textOf(page, ".vp-doc code:not([data-as-written] *)");
  const asWritten = async () =>
    (await codes()).filter((code) => /hanako|http:\/\/127\.0\.0\.1(?![:\d])/.test(code));
  await expect.poll(asWritten, SOON).toEqual([]);
  expect((await codes()).join()).toContain(`task/workbook-${OWNER}/`);
  const block = page.locator(".vp-doc .language-sh", { hasText: `curl ${address}/info` });
  await block.locator(".copy").focus();
  await page.keyboard.press("Enter");
  const copied = () => page.evaluate("navigator.clipboard.readText()");
  await expect.poll(copied, SOON).toBe(`curl ${address}/info; echo`);

  // The next page is put together in the browser.
  await page.locator(".pager-link.next").focus();
  await page.keyboard.press("Enter");
  await page.locator("#two-services-behind-one-load-balancer").waitFor({ timeout: MINUTE });
  await expect.poll(async () => (await codes()).join(), SOON).toContain(`workbook-${OWNER}`);
  await expect.poll(asWritten, SOON).toEqual([]);
});

test(
  "a site whose server stops is told from a cloud that does",
  { timeout: 2 * MINUTE },
  async () => {
    const server = await serveLive(site, cloud.endpoint);
    const others = new LivePages(browser, server.origin + site.base);
    const page = await others.openPanel(LAB);
    await tasks(page).first().waitFor({ timeout: MINUTE });
    await server.stop();
    const notice = page.locator(".live-notice", { hasText: "The site's server has stopped" });
    await notice.waitFor({ timeout: MINUTE });
    expect(await notice.textContent()).toContain("./workbook site");
    await others.close();
  },
);

test("Local AWS may go and come back", { timeout: 3 * MINUTE }, async () => {
  const page = await open();
  await tasks(page).first().waitFor({ timeout: MINUTE });
  await cloud.stop();
  const notice = page.locator(".live-notice", { hasText: "./workbook cloud up" });
  await notice.waitFor({ timeout: MINUTE });
  await cloud.startAgain();
  await notice.waitFor({ state: "detached", timeout: MINUTE });
  await expect.poll(() => page.locator(".task.running").count(), SOON).toBe(2);
});
