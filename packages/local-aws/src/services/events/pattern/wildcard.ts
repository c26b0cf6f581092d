/** A text in which `*` stands for any run of characters. Matching looks at each character a bounded number of times. */
export class Wildcard {
  /** What stands between the stars. */
  readonly #parts: readonly string[];

  /**
   * @param pattern a backslash makes a star or a backslash plain
   * @throws SyntaxError where two stars follow each other, or a backslash stands before something else
   */
  constructor(pattern: string) {
    const parts = [""];
    for (let at = 0; at < pattern.length; at++) {
      const char = pattern[at]!;
      const next = pattern[at + 1];
      if (char === "*") {
        if (next === "*") throw new SyntaxError(`Consecutive wildcard characters at pos ${at}`);
        parts.push("");
        continue;
      }
      if (char === "\\") {
        if (next !== "*" && next !== "\\")
          throw new SyntaxError(`Invalid escape character at pos ${at}`);
        at++;
      }
      const plain = char === "\\" ? next! : char;
      parts.push(parts.pop()! + plain);
    }
    this.#parts = parts;
  }

  /** @param onStep called for each comparison of two characters; for tests that bound them */
  matches(text: string, onStep: () => void = () => {}): boolean {
    const [first = "", ...rest] = this.#parts;
    const last = rest.pop();
    if (last === undefined) return text === first;
    if (text.length < first.length + last.length) return false;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const part of rest) {
      at = indexOf(text, part, at, end, onStep);
      if (at < 0) return false;
      at += part.length;
    }
    return at <= end;
  }
}

/**
 * Where `part` stands in `text` between two places; -1 where it does not. Takes steps as the two lengths together.
 * https://en.wikipedia.org/wiki/Knuth–Morris–Pratt_algorithm
 */
function indexOf(text: string, part: string, from: number, end: number, onStep: () => void) {
  const border = bordersOf(part, onStep);
  let matched = 0;
  if (part === "") return from;
  for (let at = from; at < end; at++) {
    while (matched > 0 && text[at] !== part[matched]) {
      onStep();
      matched = border[matched - 1]!;
    }
    onStep();
    if (text[at] === part[matched]) matched++;
    if (matched === part.length) return at - matched + 1;
  }
  return -1;
}

/** Of each beginning of a text: how long the longest part is with which it both begins and ends. */
function bordersOf(part: string, onStep: () => void): number[] {
  const borders = [0];
  let length = 0;
  for (let at = 1; at < part.length; at++) {
    while (length > 0 && part[at] !== part[length]) {
      onStep();
      length = borders[length - 1]!;
    }
    onStep();
    if (part[at] === part[length]) length++;
    borders.push(length);
  }
  return borders;
}
