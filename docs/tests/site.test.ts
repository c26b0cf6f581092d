import { join } from "node:path";

import { listLabs } from "@workbook/lab-kit";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { root } from "../../scripts/site-pages.ts";
import { findBarriers } from "./support/barriers.ts";
import { answers, DARK, LIGHT, Reader } from "./support/reader.ts";
import { countScript, MOST_SCRIPT } from "./support/script-bytes.ts";
import { findBrowser } from "./support/site.ts";

const MINUTES = 60_000;
const site = inject("site");
let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: findBrowser(), args: ["--no-sandbox"] });
});

afterAll(() => browser?.close());

/** Opens a page in a browser of its own, for as long as it is used. */
async function open(path: string, use: (page: Page) => Promise<void>) {
  const reader = await Reader.start(browser, site.origin);
  try {
    await use(await reader.open(path));
    expect(reader.problems).toEqual([]);
  } finally {
    await reader.close();
  }
}

test("the site is built without a warning", () => {
  expect(site.output).not.toMatch(/warn|dead link|\(!\)/i);
  expect(site.pages.length).toBeGreaterThan(30);
});

test(
  "every page is accessible and fits, light and wide, dark and narrow",
  { timeout: 15 * MINUTES },
  async () => {
    const left = [...site.pages];
    const found: string[] = [];
    const readAll = async () => {
      const reader = await Reader.start(browser, site.origin);
      for (let path = left.shift(); path !== undefined; path = left.shift()) {
        const page = await reader.open(path);
        for (const look of [LIGHT, DARK]) {
          await reader.look(look);
          const { violations, tooWide } = await findBarriers(page);
          const where = `${path} ${look.colorScheme}, ${look.width} pixels`;
          if (tooWide > 0) found.push(`${where}: ${tooWide} pixels too wide`);
          found.push(...violations.map((violation) => `${where}: ${violation}`));
        }
      }
      found.push(...reader.problems);
      await reader.close();
    };
    await Promise.all([readAll(), readAll()]);
    expect(found).toEqual([]);
  },
);

/** What is typed, and the page that one of the first results must lead to; undefined where nothing is to be found. */
const SOUGHT = {
  "": {
    "execution role": "concepts/roles",
    "how to stop a task": "labs/05-service",
    "rolling update": "concepts/",
    "target group unhealthy": "labs/07-load-balancer",
    CannotPull: "labs/05-service",
    "502": "labs/07-load-balancer",
    ignore_changes: "concepts/deploying",
    mutability: "labs/01-images",
    "nat gatway": "labs/02-network",
    "zeppelin task": undefined,
  },
  "ja/": {
    タスク実行ロール: "concepts/roles",
    タスク定義: "labs/04-task-definition",
    NATゲートウェイ: "labs/02-network",
    セキュリティグループ: "labs/02-network",
    "ヘルスチェック 猶予": "concepts/services",
    ローリングアップデート: "concepts/",
    "502": "labs/07-load-balancer",
    リビジョン: "labs/04-task-definition",
    CannotPull: "labs/05-service",
    ツェッペリンのタスク: undefined,
  },
};

test.for(Object.entries(SOUGHT))(
  "search finds what is asked for, and nothing for what is not there, under /%s",
  { timeout: 3 * MINUTES },
  async ([language, queries]) => {
    await open(site.base + language, async (page) => {
      await page.locator(".VPNavBarSearch button").click();
      for (const [query, wanted] of Object.entries(queries)) {
        await page.getByRole("searchbox").fill(query);
        if (wanted === undefined) {
          await page.locator(".no-results").waitFor({ timeout: MINUTES });
          continue;
        }
        const results = page.locator("#localsearch-list a");
        const addresses = () =>
          results.evaluateAll((links) =>
            links.slice(0, 6).map((link) => link.getAttribute("href") ?? ""),
          );
        const start = `${site.base}${language}`;
        await expect
          .poll(async () => (await addresses()).map((each) => each.replace(start, "")), {
            message: query,
            timeout: MINUTES,
          })
          .toContainEqual(expect.stringMatching(new RegExp(`^${wanted}`)));
        expect((await addresses()).every((each) => each.startsWith(start))).toBe(true);
      }
    });
  },
);

test(
  "where there is no page, the search and the chapters are, and the one that was meant",
  async () => {
    const context = await browser.newContext({ viewport: { width: 360, height: 800 } });
    const page = await context.newPage();
    for (const [path, title, meant] of [
      ["labs/07-alb", "There is no such page", "A load balancer in front of the service"],
      ["ja/labs/7", "ページが見つかりません", "サービスの前に ALB を置く"],
    ] as const) {
      await page.goto(`${site.origin}${site.base}${path}`);
      await answers(page);
      await page.getByRole("heading", { name: title }).waitFor({ timeout: MINUTES });
      expect(await page.locator(".not-found p a").first().textContent()).toContain(meant);
      expect(await page.locator(".chapters li").count()).toBe(listLabs(join(root, "labs")).length);
      expect(await findBarriers(page)).toEqual({ violations: [], tooWide: 0 });
      await page.locator(".not-found button").click();
      await page.getByRole("searchbox").waitFor({ timeout: MINUTES });
      await page.keyboard.press("Escape");
    }
    await context.close();
  },
  2 * MINUTES,
);

test("the language switch keeps the page, and its outline", { timeout: 2 * MINUTES }, async () => {
  const path = `${site.base}architecture`;
  await open(path, async (page) => {
    const outlined = () => page.locator(".VPDocAsideOutline a").count();
    await expect.poll(outlined, { timeout: MINUTES }).toBeGreaterThan(1);
    const links = await outlined();
    await page.locator(".VPNavBarTranslations button").click();
    await page.locator(".VPNavBarTranslations").getByRole("link", { name: "日本語" }).click();
    await page.waitForURL(`**/ja/architecture`, { timeout: MINUTES });
    await expect
      .poll(() => page.locator("html").getAttribute("lang"), { timeout: 60_000 })
      .toBe("ja");
    await expect.poll(outlined, { timeout: MINUTES }).toBe(links);
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

test(
  "every command of a chapter, and what it prints, is seen whole on a window of 1280 pixels",
  { timeout: 5 * MINUTES },
  async () => {
    const reader = await Reader.start(browser, site.origin);
    const cut: string[] = [];
    for (const path of site.pages.filter((each) => /\/labs\/\d/.test(each))) {
      const page = await reader.open(path);
      const blocks = await page
        .locator("div.language-sh pre, div.language-output pre")
        .evaluateAll((found) =>
          found
            .filter((block) => block.scrollWidth > block.clientWidth)
            .map((block) => block.textContent.trim().split("\n", 1)[0]),
        );
      cut.push(...blocks.map((block) => `${path}: ${block}`));
    }
    await reader.close();
    expect(cut).toEqual([]);
  },
);

test("a question is answered from the keyboard", { timeout: 2 * MINUTES }, async () => {
  await open(`${site.base}labs/07-load-balancer`, async (page) => {
    const question = page.locator(".quiz fieldset").first();
    await question.getByRole("radio").first().focus();
    await page.keyboard.press("Space");
    await expect
      .poll(() => question.locator(".verdict").textContent(), { timeout: 60_000 })
      .toMatch(/Right|Not quite/);
  });
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
