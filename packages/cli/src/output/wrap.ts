import columns from "string-width";

/** What may not begin a line of Japanese, and what may not end one: https://www.w3.org/TR/jlreq/#characters_not_starting_a_line */
const NOT_FIRST =
  /^[、。，．・：；？！」』）】〉》］｝〕ー々ゝヽぁぃぅぇぉっゃゅょァィゥェォッャュョ…]+$/u;
const NOT_LAST = /[「『（([【〈《［｛〔]$/u;
/** Characters of scripts that are written without spaces. */
const WIDE = /[\u2E80-\uFFEF]/u;

/**
 * Breaks text into lines that fit, at spaces where there are some, with a margin on the left. Japanese, which has none,
 * is broken between words, where wrap-ansi breaks anywhere and lets a line begin with 。. What is too long stays whole, so that
 * it can be copied.
 *
 * @param width columns of the terminal
 * @param margin what stands before every line
 */
export function wrap(text: string, width: number, margin = ""): string {
  const room = Math.max(20, width - columns(margin));
  return text
    .split("\n")
    .flatMap((line) => breakLine(line, room))
    .map((line) => `${margin}${line}`.trimEnd())
    .join("\n");
}

function breakLine(line: string, room: number): string[] {
  const indent = /^\s*/.exec(line)![0];
  const lines: string[] = [];
  let current = "";
  for (const piece of pieces(line)) {
    if (columns(current + piece.trimEnd()) > room && current.trim() !== "") {
      lines.push(current.trimEnd());
      current = indent + piece.trimStart();
    } else {
      current += piece;
    }
  }
  lines.push(current.trimEnd());
  return lines;
}

/** What stays together: words with the space after them, Japanese words with their punctuation. */
function pieces(line: string): string[] {
  const words = line.match(/\S+\s*|\s+/g) ?? [];
  return words.flatMap((word) => (WIDE.test(word) ? splitJapanese(word) : [word]));
}

function splitJapanese(text: string): string[] {
  const parts: string[] = [];
  for (const { segment } of new Intl.Segmenter("ja", { granularity: "word" }).segment(text)) {
    const before = parts.at(-1);
    const stays = !WIDE.test(segment) && before !== undefined && !WIDE.test(before.at(-1) ?? "");
    if (
      before !== undefined &&
      (stays || NOT_FIRST.test(segment) || /^\s+$/.test(segment) || NOT_LAST.test(before))
    )
      parts[parts.length - 1] = before + segment;
    else parts.push(segment);
  }
  return parts;
}

/** Text with spaces behind it, as many columns wide as a terminal counts them. */
export function fill(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columns(text)));
}
