import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";

import { checks } from "../../labs/07-load-balancer/checks.ts";
import { connectAws, disconnectAws } from "@workbook/lab-kit";
import { findBarriers } from "./support/barriers.ts";
import { LiveCloud } from "./support/live-cloud.ts";
import { approvePipeline, makePipeline } from "./support/live-pipeline.ts";
import { LivePages, type Look } from "./support/live-pages.ts";
import { serveLive, type LiveServer } from "./support/live-server.ts";
import { findBrowser } from "./support/site.ts";

const MINUTE = 60_000;
const SOON = { timeout: MINUTE, interval: 50 };
const LAB = "07-load-balancer";

const site = inject("site");
let browser: Browser;
let cloud: LiveCloud;
let live: LiveServer;
let pages: LivePages;

beforeAll(async () => {
  cloud = await LiveCloud.start();
  await cloud.addNetwork();
  await cloud.addService();
  await cloud.letIn();
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
const textOf = (page: Page, selector: string) => page.locator(selector).allTextContents();

test(
  "slow motion is switched on and off from the keyboard, and says how fast it is",
  async () => {
    const page = await open();
    const pace = page.locator(".live-pace");
    await expect.poll(() => pace.textContent(), SOON).toContain("60 times faster");
    const button = pace.getByRole("button", { name: "Slow motion" });
    await button.focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => button.getAttribute("aria-pressed"), SOON).toBe("true");
    const said = () => pace.getByRole("status").textContent();
    await expect.poll(said, SOON).toBe("Waits as long as on AWS");
    const ja = await open({ language: "ja/" });
    await expect.poll(() => ja.locator(".live-pace").textContent(), SOON).toContain("AWS と同じ");
    await page.keyboard.press("Space");
    await expect.poll(() => button.getAttribute("aria-pressed"), SOON).toBe("false");
  },
  2 * MINUTE,
);

test(
  "the panel stands beside the text and is resized by keys and by dragging, and stays so",
  async () => {
    const page = await open({ width: 1280, height: 720 });
    const panel = page.locator("#live-body");
    const text = page.locator(".vp-doc h1");
    const handle = page.getByRole("separator", { name: "Width of the panel" });
    const box = async (at: typeof panel) => (await at.boundingBox())!;
    expect((await box(text)).x + (await box(text)).width).toBeLessThan((await box(panel)).x);
    const { width } = await box(panel);
    await handle.focus();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(async () => (await box(panel)).width, SOON).toBe(width + 24);
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await box(panel)).width, SOON).toBe(width);
    const edge = await box(handle);
    await page.mouse.move(edge.x + 6, 300);
    await page.mouse.down();
    await page.mouse.move(edge.x - 54, 300);
    await page.mouse.up();
    await expect.poll(async () => (await box(panel)).width, SOON).toBe(width + 60);
    await page.reload();
    await panel.waitFor({ timeout: MINUTE });
    await expect.poll(async () => (await box(panel)).width, SOON).toBe(width + 60);
    await expect.poll(() => handle.getAttribute("aria-valuenow"), SOON).toBe(String(width + 60));
    await page.getByRole("button", { name: "Live" }).click();
    await page.reload();
    const toggle = page.locator(".live-bar .toggle");
    await expect.poll(() => toggle.getAttribute("aria-expanded"), SOON).toBe("false");
  },
  2 * MINUTE,
);

test(
  "below the text the panel leaves more than half of it, with tasks and checks in view",
  async () => {
    const page = await open({ width: 1024, height: 768 });
    await page.locator(".live-now .service").waitFor({ timeout: MINUTE });
    const top = (await page.locator(".live-bar").boundingBox())!.y;
    const above = (await page.locator(".VPLocalNav").boundingBox())!;
    const text = 768 - above.y - above.height;
    expect((768 - top) / text).toBeLessThanOrEqual(0.45);
    for (const title of ["Tasks", "Checks"]) {
      const heading = page.locator(".live").getByRole("heading", { name: title, exact: true });
      expect((await heading.boundingBox())!.y).toBeLessThan(768 - 20);
    }
  },
  2 * MINUTE,
);

test(
  "chapters that are passed have a tick, and a page of one says where the learner is",
  async () => {
    live.marks = { current: LAB, passed: ["01-images", "05-service"] };
    const page = await pages.openPanel("05-service", { token: cloud.token });
    const tick = (selector: string) =>
      page.evaluate<string>(
        `getComputedStyle(document.querySelector(${JSON.stringify(selector)}), "::after").content`,
      );
    const link = (id: string) => `.VPSidebar a[href$="/labs/${id}"] .text`;
    await expect.poll(() => tick(link("05-service")), SOON).toContain("✓");
    expect(await tick(link("04-task-definition"))).toBe("none");
    expect(await tick(".vp-doc h1")).toContain("✓ passed");
    expect(await page.locator(link("05-service")).textContent()).toMatch(/^05 /);
    const checks = page.locator(".checks");
    expect(await checks.textContent()).toContain("You have passed this chapter");
    expect(await checks.textContent()).toContain("You are in chapter 7 now");
    expect(await page.locator(".live-bar .sum").textContent()).toBe("✓ Chapter passed");
    live.marks = { current: null, passed: [] };
  },
  2 * MINUTE,
);

test(
  "a rolling update under requests shows both revisions answering, and loses none",
  async () => {
    const page = await open();
    await expect.poll(() => page.locator(".task.running").count(), SOON).toBe(2);
    const before = await page.locator(".live-now .revision h3").textContent();
    await page.getByRole("button", { name: "Keep sending" }).click();
    const tally = page.locator(".tally");
    await expect.poll(() => tally.textContent(), SOON).toMatch(/revision \d+ answered/);
    await cloud.deployAnother();
    await expect
      .poll(() => tally.textContent(), SOON)
      .toMatch(/revision \d+ answered.*revision \d+/s);
    await expect
      .poll(() => textOf(page, ".live-now .revision h3"), { ...SOON, timeout: 2 * MINUTE })
      .not.toContain(before);
    await page.getByRole("button", { name: "Stop sending" }).click();
    expect(await tally.textContent()).toContain("lost: 0");
  },
  4 * MINUTE,
);

test(
  "an answer opens by itself when its check passes, and stays closed where it is closed again",
  { timeout: 2 * MINUTE },
  async () => {
    const page = await open();
    const answer = (id: string) => page.locator(`details[data-check="${id}"]`);
    const isOpen = (id: string) => answer(id).getAttribute("open");
    const outcome = (passed: readonly string[]) =>
      checks.map(({ id, tier, title }) => {
        const status = passed.includes(id) ? "passed" : "failed";
        const [expected, actual] = [
          { en: "it", ja: "それ" },
          { en: "nothing", ja: "なし" },
        ];
        return { id, tier, title, status, expected, actual };
      });
    await cloud.report(LAB, outcome(["load-balancer"]));
    await expect.poll(() => isOpen("load-balancer"), SOON).not.toBeNull();
    expect(await isOpen("listener")).toBeNull();

    await answer("load-balancer").locator("summary").click();
    await cloud.report(LAB, outcome(["load-balancer", "listener"]));
    await expect.poll(() => isOpen("listener"), SOON).not.toBeNull();
    expect(await isOpen("load-balancer")).toBeNull();

    const later = await open({ language: "ja/" });
    await expect.poll(() => later.locator("details[data-check][open]").count(), SOON).toBe(2);
  },
);

test(
  "an answer stays as the reader leaves it when the page is read again, and is open on paper",
  async () => {
    const chapter = "08-two-services";
    const page = await pages.openPanel(chapter, { token: cloud.token });
    const answer = page.locator('details[data-check="go-listener"]');
    const isOpen = () => answer.evaluate((details) => (details as HTMLDetailsElement).open);
    await answer.waitFor({ timeout: MINUTE });
    expect(await isOpen()).toBe(false);
    const nothing = { expected: null, actual: null };
    const titled = { title: { en: "a listener", ja: "リスナー" }, tier: "synth", status: "passed" };
    const pass = () => cloud.report(chapter, [{ id: "go-listener", ...titled, ...nothing }]);
    const isOpenWhenReadAgain = async () => {
      await page.reload();
      await page.locator("details[data-passed]").first().waitFor({ timeout: MINUTE });
      return isOpen();
    };
    // A reader may close it before the browser has told anybody that it is open.
    await answer.evaluate((details) =>
      new MutationObserver((_, observer) => {
        observer.disconnect();
        details.querySelector("summary")!.click();
      }).observe(details, { attributeFilter: ["open"] }),
    );
    await pass();
    await page.locator("details[data-passed]").first().waitFor({ timeout: MINUTE });
    expect(await isOpen()).toBe(false);
    expect(await isOpenWhenReadAgain()).toBe(false);
    for (const choice of [true, false]) {
      await answer.locator("summary").focus();
      await page.keyboard.press("Enter");
      await expect.poll(isOpen, SOON).toBe(choice);
      expect(await isOpenWhenReadAgain()).toBe(choice);
    }
    await page.emulateMedia({ media: "print" });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator(".vp-doc details:not([open])").count()).toBe(0);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await isOpen()).toBe(false);
  },
  2 * MINUTE,
);

test("the printed address opens every page's actions", { timeout: 2 * MINUTE }, async () => {
  const page = await pages.open("", { token: cloud.token });
  await expect.poll(() => page.url(), SOON).not.toContain("token");
  await page.goto(`${live.origin}${site.base}labs/${LAB}`);
  const send = page.getByRole("button", { name: "Send /info" });
  await expect.poll(() => send.isEnabled(), SOON).toBe(true);
});

test(
  "a service that scales is drawn with its alarms, and a button loads it",
  { timeout: 2 * MINUTE },
  async () => {
    await cloud.addScaling();
    const part = (await open()).locator(".scaled");
    await expect.poll(() => part.locator("path.tasks").getAttribute("d"), SOON).toMatch(/^M.*H1$/);
    await expect.poll(() => part.locator("li strong").count(), SOON).toBe(2);
    const alarm = part.locator("li p").first();
    await expect.poll(() => alarm.textContent(), SOON).toMatch(/> 60\s+[A-Z_]+\s*$/);
    await part.getByRole("button", { name: /^Load:/ }).click();
    await expect.poll(() => part.textContent(), SOON).toMatch(/[1-9]\d* sent, lost: 0/);
    await part.getByRole("button", { name: "Stop the load" }).click();
  },
);

test(
  "a pipeline moves as it runs: in the panel, and in the picture of its chapter",
  { timeout: 2 * MINUTE },
  async () => {
    const [page, ja] = await Promise.all(
      ["", "ja/"].map((language) =>
        pages.openPanel("17-pipeline", { token: cloud.token, language }),
      ),
    );
    const stages = page!.locator(".pipeline li");
    const looks = () =>
      page!
        .locator("[data-stage]")
        .evaluateAll((boxes) => boxes.map((box) => (box as SVGElement).dataset["look"] ?? "-"));
    expect(await looks()).toEqual(["-", "-", "-", "-", "-"]);
    const aws = await connectAws(cloud.connection);
    await makePipeline(aws, "greeting");
    await expect.poll(() => stages.last().textContent(), SOON).toContain("waits for approval");
    expect(await stages.first().textContent()).toContain("Succeeded");
    await expect.poll(looks, SOON).toEqual(["done", "-", "asking", "-", "-"]);
    const told = () => ja!.locator(".pipeline li").last().textContent();
    await expect.poll(told, SOON).toContain("承認待ち");
    for (const shown of [page!, ja!])
      expect(await findBarriers(shown)).toEqual({ violations: [], tooWide: 0 });
    await approvePipeline(aws, "greeting");
    await expect.poll(() => stages.last().textContent(), SOON).toContain("Succeeded");
    await expect.poll(looks, SOON).toEqual(["done", "-", "done", "-", "-"]);
    disconnectAws(aws);
  },
);
