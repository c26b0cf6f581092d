import type { MarkdownRenderer } from "vitepress";

const JAPANESE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー、。「」()]/u;

/**
 * Joins lines of a paragraph without the space that browsers show for a line break, where Japanese stands on both sides:
 * https://www.w3.org/TR/css-text-3/#line-break-transform leaves that to the browser, and most keep the space.
 */
export function japaneseLinesPlugin(md: MarkdownRenderer): void {
  md.core.ruler.push("japanese-lines", ({ tokens }) => {
    for (const { children } of tokens) {
      for (const [index, token] of (children ?? []).entries()) {
        if (token.type !== "softbreak") continue;
        const before = nearestText(children!, index, -1).at(-1) ?? "";
        const after = nearestText(children!, index, 1).at(0) ?? "";
        if (!JAPANESE.test(before) || !JAPANESE.test(after)) continue;
        token.type = "text";
        token.content = "";
      }
    }
  });
}

/** The text next to a token, through the ends and beginnings of links and emphasis, which hold none. */
function nearestText(
  tokens: readonly { readonly type: string; readonly content: string }[],
  from: number,
  step: 1 | -1,
): string {
  for (let index = from + step; tokens[index] !== undefined; index += step) {
    const { content } = tokens[index]!;
    if (content !== "") return content;
  }
  return "";
}
