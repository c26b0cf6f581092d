import type { Browser, BrowserContext, Page } from "playwright-core";

const MINUTE = 60_000;

/** How a page is looked at. */
export interface Look {
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
  /** The folder of the language, such as `ja/`. */
  readonly language?: string;
  /** With none the page is opened as from a bookmark. */
  readonly token?: string;
}

/** Opens pages of a site whose live panel is there, each in a browser of its own, and closes them. */
export class LivePages {
  readonly #browser: Browser;
  readonly #root: string;
  readonly #contexts: BrowserContext[] = [];
  /** What scripts of the pages threw. */
  readonly problems: string[] = [];

  /** @param root the address of the site's home page */
  constructor(browser: Browser, root: string) {
    this.#browser = browser;
    this.#root = root;
  }

  /** Opens a page; `path` is below the language's folder. */
  async open(path: string, look: Look = {}): Promise<Page> {
    const { colorScheme = "light", width = 1400, height = 900, language = "", token } = look;
    const context = await this.#browser.newContext({
      colorScheme,
      viewport: { width, height },
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(MINUTE);
    this.#contexts.push(context);
    const page = await context.newPage();
    page.on("pageerror", (error) => this.problems.push(error.message));
    const fragment = token === undefined ? "" : `#token=${token}`;
    await page.goto(this.#root + language + path + fragment);
    return page;
  }

  /** Opens a chapter and, where it is closed, its panel. */
  async openPanel(chapter: string, look: Look = {}): Promise<Page> {
    const page = await this.open(`labs/${chapter}`, look);
    const toggle = page.locator(".live-bar .toggle");
    await toggle.waitFor();
    if ((await toggle.getAttribute("aria-expanded")) === "false") await toggle.click();
    return page;
  }

  /** Closes all that was opened. */
  async close(): Promise<void> {
    for (const context of this.#contexts.splice(0)) await context.close();
  }
}
