/**
 * Breaks text into lines that fit, at spaces where there are some, with a margin on the left. Japanese, which has none,
 * is broken anywhere; its characters take two columns.
 *
 * @param width columns of the terminal
 * @param margin what stands before every line
 */
export function wrap(text: string, width: number, margin = ""): string {
  const room = Math.max(20, width - margin.length);
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

/** Words with the space after them; wide characters one by one. */
function pieces(line: string): readonly string[] {
  return line.match(/[\u2E80-\uFFEF]|[^\s\u2E80-\uFFEF]+\s*|\s+/gu) ?? [];
}

/** How many columns of a terminal text takes. */
export function columns(text: string): number {
  let count = 0;
  for (const character of text) count += /[\u1100-\u115F\u2E80-\uFFEF]/u.test(character) ? 2 : 1;
  return count;
}
