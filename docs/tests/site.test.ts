import axe from "axe-core";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { countScript, MOST_SCRIPT } from "./support/script-bytes.ts";
import { buildSite, findBrowser, type BuiltSite } from "./support/site.ts";

const MINUTES = 60_000;
let site: BuiltSite;
let browser: Browser;

beforeAll(async () => {
  site = await buildSite();
  browser = await chromium.launch({ executablePath: findBrowser(), args: ["--no-sandbox"] });
}, 10 * MINUTES);

afterAll(async () => {
  await browser?.close();
  await site?.stop();
}, MINUTES);

interface Look {
  readonly colorScheme: "light" | "dark";
  readonly width: number;
}

/** Opens a page and hands on what went wrong while it loaded. */
async function open(
  path: string,
  { colorScheme, width }: Look,
  use: (page: Page) => Promise<void>,
) {
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height: 900 },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(site.origin)) problems.push(`asks for ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  try {
    await page.goto(site.origin + path, { waitUntil: "load" });
    await use(page);
    expect(problems, path).toEqual([]);
  } finally {
    await context.close();
  }
}

test("the site is built without a warning", () => {
  expect(site.output).not.toMatch(/warn|dead link|\(!\)/i);
  expect(site.pages.length).toBeGreaterThan(30);
});

test.each<Look>([
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 320 },
])(
  "every page is accessible and fits, $colorScheme, $width pixels",
  { timeout: 15 * MINUTES },
  async (look) => {
    const found: string[] = [];
    for (const path of site.pages) {
      await open(path, look, async (page) => {
        const tooWide = await page.evaluate(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth",
        );
        if (Number(tooWide) > 0) found.push(`${path} is ${String(tooWide)} pixels too wide`);
        await page.evaluate(axe.source);
        const violations = (await page.evaluate(
          `axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] })
          .then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].target))`,
        )) as string[];
        found.push(...violations.map((violation) => `${path} ${violation}`));
      });
    }
    expect(found).toEqual([]);
  },
);

test(
  "search finds Japanese words in the middle of a sentence",
  { timeout: 2 * MINUTES },
  async () => {
    await open(`${site.base}ja/`, { colorScheme: "light", width: 1280 }, async (page) => {
      await page.getByRole("button", { name: "検索" }).click();
      await page.getByRole("searchbox").fill("タスク定義");
      const results = page.locator("#localsearch-list a");
      await expect.poll(() => results.count(), { timeout: MINUTES }).toBeGreaterThan(0);
      const addresses = await results.evaluateAll((links) =>
        links.map((link) => link.getAttribute("href")),
      );
      expect(addresses.every((address) => address?.startsWith(`${site.base}ja/`))).toBe(true);
    });
  },
);

test("the language switch keeps the page", { timeout: 2 * MINUTES }, async () => {
  const path = `${site.base}labs/07-load-balancer`;
  await open(path, { colorScheme: "light", width: 1280 }, async (page) => {
    await page.locator(".VPNavBarTranslations button").click();
    await page.locator(".VPNavBarTranslations").getByRole("link", { name: "日本語" }).click();
    await page.waitForURL(`**/ja/labs/07-load-balancer`, { timeout: MINUTES });
    await expect.poll(() => page.locator("html").getAttribute("lang")).toBe("ja");
  });
});

test("every page has a switch that leads to the same page in the other language", async () => {
  const { base, origin, pages } = site;
  const wrong: string[] = [];
  for (const path of pages) {
    const name = path.slice(base.length);
    const other = base + (name.startsWith("ja/") ? name.slice("ja/".length) : `ja/${name}`);
    const html = await (await fetch(origin + path)).text();
    if (!pages.includes(other) || !html.includes(`href="${other}"`)) wrong.push(path);
  }
  expect(wrong).toEqual([]);
});

test("a question is answered from the keyboard", { timeout: 2 * MINUTES }, async () => {
  await open(
    `${site.base}labs/07-load-balancer`,
    { colorScheme: "dark", width: 1280 },
    async (page) => {
      const question = page.locator(".quiz fieldset").first();
      await question.getByRole("radio").first().focus();
      await page.keyboard.press("Space");
      await expect
        .poll(() => question.locator(".verdict").textContent())
        .toMatch(/Right|Not quite/);
    },
  );
});

test("no kind of page loads more than 300 KB of script", { timeout: 5 * MINUTES }, async () => {
  const heaviest = [
    "",
    "ja/labs/08-two-services",
    "concepts/ports",
    "ja/reference/support-matrix",
    "benchmarks",
  ];
  for (const path of heaviest) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const count = countScript(page);
    await page.goto(`${site.origin}${site.base}${path}`, { waitUntil: "networkidle" });
    const bytes = await count();
    expect(bytes, path).toBeGreaterThan(0);
    expect(bytes, path).toBeLessThan(MOST_SCRIPT);
    await context.close();
  }
});
