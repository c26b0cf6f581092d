/** One piece of a pattern: a character to be there, any one character, or any run of them. */
type Piece = string | typeof ANY_ONE | typeof ANY_RUN;

type Escapes = "none" | "wildcards" | "all";

const ANY_ONE = Symbol("?");
const ANY_RUN = Symbol("*");

/**
 * A pattern in which `*` stands for any run of characters and `?` for exactly one. Matching takes at most
 * text × pattern steps: of the stars only the last one that was met is ever tried again.
 */
export class Glob {
  readonly #pieces: readonly Piece[];
  readonly #ignoreCase: boolean;

  /**
   * @param options.escapes what a backslash makes plain: nothing, `*`, `?` and itself, or any character
   * @param options.one whether `?` has its meaning; by default it has
   */
  constructor(
    pattern: string,
    options: {
      readonly ignoreCase?: boolean;
      readonly escapes?: Escapes;
      readonly one?: boolean;
    } = {},
  ) {
    this.#ignoreCase = options.ignoreCase ?? false;
    this.#pieces = [
      ...piecesOf(this.#fold(pattern), options.escapes ?? "none", options.one ?? true),
    ];
  }

  /** @param onStep called before each step; for tests that bound them */
  matches(text: string, onStep?: () => void): boolean {
    const pieces = this.#pieces;
    const subject = this.#fold(text);
    let at = 0;
    let piece = 0;
    let star = -1;
    let starAt = 0;
    while (at < subject.length) {
      onStep?.();
      const wanted = pieces[piece];
      if (wanted === ANY_RUN) {
        star = piece++;
        starAt = at;
      } else if (wanted !== undefined && (wanted === ANY_ONE || wanted === subject[at])) {
        piece++;
        at++;
      } else if (star >= 0) {
        piece = star + 1;
        at = ++starAt;
      } else return false;
    }
    while (pieces[piece] === ANY_RUN) piece++;
    return piece === pieces.length;
  }

  #fold(text: string): string {
    return this.#ignoreCase ? text.toLowerCase() : text;
  }
}

function* piecesOf(pattern: string, escapes: Escapes, one: boolean): Generator<Piece> {
  let isRun = false;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    const next = pattern[at + 1];
    const isEscape = char === "\\" && next !== undefined && isEscaped(escapes, next);
    if (isEscape) at++;
    if (!isEscape && char === "*") {
      if (!isRun) yield ANY_RUN;
      isRun = true;
      continue;
    }
    isRun = false;
    if (isEscape) yield next!;
    else yield one && char === "?" ? ANY_ONE : char;
  }
}

function isEscaped(escapes: Escapes, char: string): boolean {
  return escapes === "all" || (escapes === "wildcards" && "*?\\".includes(char));
}
