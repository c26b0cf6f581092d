import type { Browser, BrowserContext, Page } from "playwright-core";

/** How somebody looks at a page. */
export interface ReaderLook {
  readonly colorScheme: "light" | "dark";
  /** Of the window, in pixels. */
  readonly width: number;
}

export const LIGHT: ReaderLook = { colorScheme: "light", width: 1280 };
export const DARK: ReaderLook = { colorScheme: "dark", width: 320 };

const HEIGHT = 900;
/** A colour that is on its way to another would be judged as it is in between. */
const AT_ONCE = "*, ::before, ::after { transition: none !important; animation: none !important; }";

const PATIENCE_MS = 60_000;

/** Waits until a page does what is asked of it: before its scripts have taken it over, a click is lost. */
export async function answers(page: Page): Promise<void> {
  await page.waitForFunction("document.querySelector('#app')?.__vue_app__ !== undefined");
}

/** Somebody who reads one page after the other in one browser, and is told what goes wrong. */
export class Reader {
  readonly #origin: string;
  readonly #context: BrowserContext;
  readonly #page: Page;
  #path = "";
  /** What scripts threw, what was not there, and what was asked of another host; each with its page. */
  readonly problems: string[] = [];

  private constructor(origin: string, context: BrowserContext, page: Page) {
    this.#origin = origin;
    this.#context = context;
    this.#page = page;
    const note = (problem: string) => this.problems.push(`${this.#path}: ${problem}`);
    page.on("pageerror", (error) => note(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(origin)) note(`asks for ${request.url()}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400) note(`${response.status()} ${response.url()}`);
    });
  }

  static async start(browser: Browser, origin: string): Promise<Reader> {
    const { colorScheme, width } = LIGHT;
    const viewport = { width, height: HEIGHT };
    const context = await browser.newContext({ colorScheme, viewport, reducedMotion: "reduce" });
    context.setDefaultTimeout(PATIENCE_MS);
    return new Reader(origin, context, await context.newPage());
  }

  /** Opens a page, light and wide. */
  async open(path: string): Promise<Page> {
    this.#path = path;
    await this.#page.emulateMedia({ colorScheme: LIGHT.colorScheme });
    await this.#page.setViewportSize({ width: LIGHT.width, height: HEIGHT });
    await this.#page.goto(this.#origin + path, { waitUntil: "load" });
    await answers(this.#page);
    return this.#page;
  }

  /** Goes on reading the open page in another window; the page has seen it when this returns. */
  async look({ colorScheme, width }: ReaderLook): Promise<void> {
    await this.#page.addStyleTag({ content: AT_ONCE });
    await this.#page.emulateMedia({ colorScheme });
    await this.#page.setViewportSize({ width, height: HEIGHT });
    const isDark = colorScheme === "dark";
    await this.#page.waitForFunction(
      `document.documentElement.classList.contains("dark") === ${isDark} && innerWidth === ${width}`,
    );
    await this.#page.evaluate(
      "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
    );
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}
