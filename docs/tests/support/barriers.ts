import axe from "axe-core";
import type { Page } from "playwright-core";

/** What is wrong with a page for somebody who cannot see it, or not all of it. */
export interface Barriers {
  /** Rules of axe with the elements that break them, such as `color-contrast: <p>…`. */
  readonly violations: readonly string[];
  /** In pixels; 0 where nobody has to scroll to the side. */
  readonly tooWide: number;
}

/**
 * Looks for what WCAG 2.1 A and AA and axe's best practice forbid, in a page as it looks now.
 * @see https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md
 */
export async function findBarriers(page: Page): Promise<Barriers> {
  const root = "document.documentElement";
  const tooWide = await page.evaluate<number>(`${root}.scrollWidth - ${root}.clientWidth`);
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source);
  const violations = await page.evaluate<string[]>(
    `axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] })
    .then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map((node) => node.html)))`,
  );
  return { violations, tooWide };
}
