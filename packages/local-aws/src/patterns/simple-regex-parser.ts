/** Whether a character belongs; 128 stands for every one beyond ASCII. */
export type CharacterSet = (code: number) => boolean;

/** One character of a text, or several of the same set. */
export interface Item {
  readonly matches: CharacterSet;
  /** May be left out. */
  readonly optional: boolean;
  /** May be there again and again. */
  readonly repeats: boolean;
}

/** What stands between two `|`. */
export interface Alternative {
  readonly items: readonly Item[];
  readonly fromStart: boolean;
  readonly toEnd: boolean;
}

/** So many characters an expression may ask for, repetitions counted: as many as a filter pattern may have. */
const MAX_ITEMS = 1_024;
const QUANTIFIER = /([*+?]|\{(\d{1,4})(?:(,)(\d{0,4}))?\})\??/y;
const CONTROLS: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  f: "\f",
  v: "\v",
  "0": "\0",
};

const isDigit: CharacterSet = (code) => code >= 48 && code <= 57;
const isWord: CharacterSet = (code) =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
const isSpace: CharacterSet = (code) => code === 32 || (code >= 9 && code <= 13);
const isAny: CharacterSet = (code) => code !== 10 && code !== 13;
const not =
  (set: CharacterSet): CharacterSet =>
  (code) =>
    !set(code);
const CLASSES: Readonly<Record<string, CharacterSet>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};

/** @throws SyntaxError */
export function parseSimpleRegex(source: string): Alternative[] {
  return new Parser(source).parse();
}

class Parser {
  readonly #source: string;
  #at = 0;
  #count = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): Alternative[] {
    const alternatives = [this.#alternative()];
    while (this.#accept("|")) alternatives.push(this.#alternative());
    if (this.#at < this.#source.length) throw this.#error("an anchor is not at an end");
    return alternatives;
  }

  #alternative(): Alternative {
    const fromStart = this.#accept("^");
    const items: Item[] = [];
    while (this.#at < this.#source.length && !"|$^".includes(this.#source[this.#at]!))
      this.#repeated(this.#one(), items);
    return { items, fromStart, toEnd: this.#accept("$") };
  }

  #one(): CharacterSet {
    const char = this.#source[this.#at++]!;
    if (char === ".") return isAny;
    if (char === "[") return this.#bracket();
    if (char === "\\") return this.#escape();
    if ("*+?".includes(char)) throw this.#error("nothing to repeat");
    const code = codeOf(char);
    return (other) => other === code;
  }

  #escape(): CharacterSet {
    const char = this.#source[this.#at++];
    if (char === undefined) throw this.#error("it ends in a backslash");
    const known = CLASSES[char];
    if (known) return known;
    const code = codeOf(this.#character(char));
    return (other) => other === code;
  }

  /** The character of an escape that is no class. */
  #character(char: string): string {
    if (char === "x") {
      const digits = /^[0-9A-Fa-f]{2}/.exec(this.#source.slice(this.#at))?.[0];
      if (digits === undefined) throw this.#error("an escape");
      this.#at += digits.length;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const control = CONTROLS[char];
    if (control === undefined && /[A-Za-z0-9]/.test(char)) throw this.#error("an unknown escape");
    return control ?? char;
  }

  #bracket(): CharacterSet {
    const negated = this.#accept("^");
    const members = new Set<number>();
    const sets: CharacterSet[] = [];
    for (let first = true; first || this.#source[this.#at] !== "]"; first = false) {
      const low = this.#member(sets);
      const isRange = this.#source[this.#at] === "-" && this.#source[this.#at + 1] !== "]";
      if (low === undefined || !isRange) {
        if (low !== undefined) members.add(low);
        continue;
      }
      this.#at++;
      const high = this.#member(sets);
      if (high === undefined || high < low) throw this.#error("a range out of order");
      for (let code = low; code <= high; code++) members.add(code);
    }
    this.#at++;
    const has: CharacterSet = (code) => members.has(code) || sets.some((each) => each(code));
    return negated ? not(has) : has;
  }

  /** One member of a bracket: its code, or undefined where it is a class, which goes to `sets`. */
  #member(sets: CharacterSet[]): number | undefined {
    const char = this.#source[this.#at++];
    if (char === undefined) throw this.#error("a bracket is not closed");
    if (char !== "\\") return codeOf(char);
    const escaped = this.#source[this.#at++];
    if (escaped === undefined) throw this.#error("it ends in a backslash");
    const known = CLASSES[escaped];
    if (!known) return codeOf(this.#character(escaped));
    sets.push(known);
    return undefined;
  }

  /** Writes out repetitions; only the last of them may be there without end. */
  #repeated(matches: CharacterSet, items: Item[]): void {
    const [min, max] = this.#quantifier();
    const count = Math.max(min, max === Infinity ? 1 : max);
    this.#count += count;
    if (this.#count > MAX_ITEMS) throw this.#error("it is too long");
    for (let index = 0; index < count; index++) {
      const repeats = max === Infinity && index === count - 1;
      items.push({ matches, optional: index >= min, repeats });
    }
  }

  #quantifier(): [min: number, max: number] {
    QUANTIFIER.lastIndex = this.#at;
    const found = QUANTIFIER.exec(this.#source);
    if (!found) return [1, 1];
    this.#at += found[0].length;
    if ("*+?{".includes(this.#source[this.#at] ?? " ")) throw this.#error("nothing to repeat");
    const [, sign = "", least, comma, most] = found;
    if (sign === "*") return [0, Infinity];
    if (sign === "+") return [1, Infinity];
    if (sign === "?") return [0, 1];
    const min = Number(least);
    const max = comma === undefined ? min : most === "" ? Infinity : Number(most);
    if (max < min) throw this.#error("a repetition out of order");
    return [min, max];
  }

  #accept(char: string): boolean {
    if (this.#source[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #error(what: string): SyntaxError {
    return new SyntaxError(`Invalid expression at character ${this.#at}: ${what}`);
  }
}

function codeOf(char: string): number {
  return Math.min(char.charCodeAt(0), 128);
}
