/** Thrown for what Onigmo knows and JavaScript cannot do. */
class NotKnown extends Error {
  constructor(what: string) {
    super(`the workbook's router does not know ${what} in a regular expression`);
  }
}

/** Classes in brackets, by their names. They are of all of Unicode, where `\w` and `\d` are of ASCII. */
const POSIX: Readonly<Record<string, string>> = {
  alnum: String.raw`\p{L}\p{M}\p{N}`,
  alpha: String.raw`\p{Alphabetic}`,
  ascii: String.raw`\x00-\x7f`,
  blank: String.raw`\p{Zs}\t`,
  cntrl: String.raw`\p{Cc}`,
  digit: String.raw`\p{Nd}`,
  lower: String.raw`\p{Lowercase}`,
  punct: String.raw`\p{P}`,
  space: String.raw`\p{White_Space}`,
  upper: String.raw`\p{Uppercase}`,
  word: String.raw`\p{L}\p{M}\p{Nd}\p{Pc}`,
  xdigit: "0-9A-Fa-f",
};

/** What an escape of Onigmo's is outside of brackets, where JavaScript says it otherwise. */
const ESCAPES: Readonly<Record<string, string>> = {
  A: "(?<![^])",
  z: "(?![^])",
  Z: String.raw`(?=\n?(?![^]))`,
  h: "[0-9A-Fa-f]",
  H: "[^0-9A-Fa-f]",
  s: String.raw`[\t-\r ]`,
  S: String.raw`[^\t-\r ]`,
  R: String.raw`(?:\r\n|[\n-\r\x85\u2028\u2029])`,
  a: String.raw`\x07`,
  e: String.raw`\x1b`,
};
const SAME = /[bBdDfnrtvwW0-9xukcpP]/;

/** How far options that a group sets in its middle reach: to the end of the group. */
interface Group {
  closers: string;
  isDotAll: boolean;
}

/**
 * A regular expression of Ruby's syntax, as Fluent Bit's library Onigmo reads it, in JavaScript's: `^` and `$` stand at lines, `.` is
 * any character but a line's end, and classes have names (`[[:digit:]]`).
 * @param options `i`, `m` (a dot is a line's end as well), `x` (spaces and comments are none of it)
 * @throws Error where it is none, or JavaScript cannot do it
 * @see https://github.com/k-takata/Onigmo/blob/master/doc/RE
 */
export function fromOnigmo(text: string, options: string): RegExp {
  return new RegExp(new Reader(text, options).read(), `v${options.includes("i") ? "i" : ""}`);
}

class Reader {
  readonly #text: string;
  readonly #isExtended: boolean;
  readonly #groups: Group[];
  #at = 0;

  constructor(text: string, options: string) {
    this.#text = text;
    this.#isExtended = options.includes("x");
    this.#groups = [{ closers: "", isDotAll: options.includes("m") }];
  }

  read(): string {
    let out = "";
    while (this.#at < this.#text.length) out += this.#next();
    return out + this.#groups.map(({ closers }) => closers).join("");
  }

  /** What matches here, and goes behind it. */
  #take(form: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(form.source, "uy");
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text);
    this.#at += found?.[0].length ?? 0;
    return found;
  }

  #next(): string {
    if (this.#isExtended && this.#take(/\s+|#[^\n]*/)) return "";
    const quantifier = this.#take(/(?:[*+?]|\{\d*,?\d*\})[?+]?/)?.[0];
    if (quantifier !== undefined && /\d|^[*+?]/.test(quantifier)) return quantified(quantifier);
    if (quantifier !== undefined) return literal(quantifier);
    const letter = this.#take(/[^]/)![0];
    const group = this.#groups.at(-1)!;
    switch (letter) {
      case "\\":
        return this.#escape();
      case "[":
        return this.#brackets();
      case "(":
        return this.#open(group);
      case ")":
        if (this.#groups.length > 1) this.#groups.pop();
        return `${group.closers})`;
      case ".":
        return group.isDotAll ? "[^]" : String.raw`[^\n]`;
      case "^":
        return String.raw`(?<![^\n])`;
      case "$":
        return String.raw`(?![^\n])`;
      case "|":
        return letter;
      default:
        return literal(letter);
    }
  }

  #escape(): string {
    const named = this.#take(/[pP]\{\^?\w+\}/)?.[0];
    if (named !== undefined) return property(named);
    const letter = this.#take(/[^]/)?.[0] ?? "";
    if (/[gGKXyY]/.test(letter)) throw new NotKnown(`\\${letter}`);
    return ESCAPES[letter] ?? (SAME.test(letter) ? `\\${letter}` : literal(letter));
  }

  #open(outer: Group): string {
    if (this.#take(/\?#[^)]*\)/)) return "";
    const set = this.#take(/\?([imx]*)(?:-([imx]*))?([:)])/);
    if (!set) {
      const kind = this.#take(/\?(?:<?[=!]|<\w+>|'\w+'|[^])/)?.[0] ?? "";
      if (/^\?(?![<=!'])|^\?<$/.test(kind)) throw new NotKnown(`(${kind}`);
      this.#groups.push({ closers: "", isDotAll: outer.isDotAll });
      return `(${kind.replaceAll("'", (_, index: number) => (index === 1 ? "<" : ">"))}`;
    }
    const [, on = "", off = "", end] = set;
    if (/x/.test(on + off)) throw new NotKnown("(?x)");
    const flags = off.includes("i") ? "-i" : on.includes("i") ? "i" : "";
    const isDotAll = off.includes("m") ? false : on.includes("m") || outer.isDotAll;
    if (end === ":") this.#groups.push({ closers: "", isDotAll });
    else {
      outer.isDotAll = isDotAll;
      outer.closers += ")";
    }
    return `(?${flags}:`;
  }

  /** Brackets may have others in them, and `&&` between two that both have to fit. */
  #brackets(): string {
    const sides = [""];
    const not = this.#take(/\^/)?.[0] ?? "";
    const add = (part: string) => (sides[sides.length - 1] += part);
    for (let isFirst = true; ; isFirst = false) {
      const posix = this.#take(/\[:(\^?)(\w+):\]/);
      const [, isNot, name = ""] = posix ?? [];
      if (posix && POSIX[name] === undefined) throw new NotKnown(`[:${name}:]`);
      if (posix) add(isNot ? `[^${POSIX[name]}]` : POSIX[name]!);
      else if (this.#take(/&&/)) sides.push("");
      else {
        const letter = this.#take(/[^]/)?.[0];
        if (letter === undefined) throw new Error("premature end of char-class");
        if (letter === "]" && !isFirst) break;
        if (letter === "[") add(this.#brackets());
        else if (letter === "\\") add(this.#escapeInBrackets());
        else add(this.#isRange(letter, sides.at(-1)!) ? "-" : inBrackets(letter));
      }
    }
    const all = sides.length === 1 ? sides[0]! : sides.map((side) => `[${side}]`).join("&&");
    return `[${not}${all}]`;
  }

  /** A hyphen between two letters; at an end, or beside a class, it is itself. */
  #isRange(letter: string, before: string): boolean {
    const isBetween = letter === "-" && !/^(?:\]|\[|\\[dDwWsShHpP]|&&|$)/.test(this.#rest());
    return isBetween && before !== "" && !/(?:[^\\]-.|\]|\\[dDwWpP]|\})$/su.test(before);
  }

  #rest = () => this.#text.slice(this.#at);

  #escapeInBrackets(): string {
    const named = this.#take(/[pP]\{\^?\w+\}/)?.[0];
    if (named !== undefined) return property(named);
    const code = this.#take(/x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}/)?.[0];
    if (code !== undefined) return `\\${code}`;
    const letter = this.#take(/[^]/)?.[0] ?? "";
    if (/[dDwWfnrtv0]/.test(letter)) return `\\${letter}`;
    return letter === "b" ? String.raw`\x08` : (ESCAPES[letter] ?? inBrackets(letter));
  }
}

function quantified(text: string): string {
  if (/[*+?]\+$/.test(text)) throw new NotKnown(`the possessive ${text}`);
  return text.replace(/^\{,/, "{0,");
}

function property(text: string): string {
  const [, kind = "", not, name = ""] = /^([pP])\{(\^?)(\w+)\}$/.exec(text)!;
  const isNot = (kind === "P") !== (not === "^");
  const posix = POSIX[name.toLowerCase()];
  if (posix !== undefined) return `[${isNot ? "^" : ""}${posix}]`;
  return String.raw`\${isNot ? "P" : "p"}{${/^[A-Z][a-z]?$/.test(name) ? name : `Script=${name}`}}`;
}

const literal = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
const inBrackets = (letter: string) =>
  /[^\w\s"']/.test(letter) && letter < "\x7f" ? `\\${letter}` : letter;
