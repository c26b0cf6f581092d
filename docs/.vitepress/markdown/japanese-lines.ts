import type { MarkdownRenderer } from "vitepress";

const JAPANESE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー、。「」()]/u;

/** A space between a number and what it counts, or before the number of a chapter. */
const COUNT =
  /(?<=第) (?=\d)|(?<=(?<![\w.:/-])\d[\d.,]*) (?=[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}])/gu;
const NO_BREAK_SPACE = "\u00A0";

/**
 * Joins lines of a paragraph without the space that browsers show for a line break, where Japanese stands on both sides:
 * https://www.w3.org/TR/css-text-3/#line-break-transform leaves that to the browser, and most keep the space.
 * A number stays with what it counts: of the space between the two, browsers make a place to break a line.
 */
export function japaneseLinesPlugin(md: MarkdownRenderer): void {
  md.core.ruler.push("japanese-lines", ({ tokens }) => {
    for (const { children } of tokens) {
      for (const [index, token] of (children ?? []).entries()) {
        if (token.type === "text") token.content = token.content.replace(COUNT, NO_BREAK_SPACE);
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
