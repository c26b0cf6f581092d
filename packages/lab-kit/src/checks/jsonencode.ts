/** The text is not a literal that {@link parseJsonencode} reads. */
class NotLiteralError extends Error {}

/**
 * Reads what cdktf makes of `Fn.jsonencode(value)`: `${jsonencode([{"name" = "go-app"}])}`.
 *
 * Lists, objects, strings, numbers, true, false and null come back as they are; a reference comes back as the text
 * `${…}` that Terraform would interpolate.
 * https://developer.hashicorp.com/terraform/language/expressions/types#literal-expressions
 *
 * @returns undefined when the text is no such call, or says something that is no literal, such as a loop
 */
export function parseJsonencode(text: string): unknown {
  const argument = /^\$\{jsonencode\(([\s\S]*)\)\}$/.exec(text)?.[1];
  if (argument === undefined) return undefined;
  try {
    return new LiteralReader(argument).read();
  } catch (error) {
    if (error instanceof NotLiteralError) return undefined;
    throw error;
  }
}

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): unknown {
    const value = this.#value();
    if (this.#peek() !== "") throw new NotLiteralError();
    return value;
  }

  #value(): unknown {
    switch (this.#peek()) {
      case "[":
        return this.#sequence("[", "]", () => this.#value());
      case "{":
        return Object.fromEntries(this.#sequence("{", "}", () => this.#entry()));
      case '"':
        return this.#string();
      default:
        return this.#word();
    }
  }

  #sequence<T>(open: string, close: string, item: () => T): T[] {
    this.#take(open);
    const items: T[] = [];
    while (this.#peek() !== close) {
      items.push(item());
      if (this.#peek() !== close) this.#take(",");
    }
    this.#take(close);
    return items;
  }

  #entry(): [string, unknown] {
    const key = this.#string();
    this.#take("=");
    return [key, this.#value()];
  }

  /** A quoted string; `${…}` in it stays as it is, quotes inside that included. */
  #string(): string {
    const match = this.#match(/"(?:[^"\\$]|\\.|\$\{[^}]*\}|\$)*"/y);
    return match.slice(1, -1).replace(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? char);
  }

  #word(): unknown {
    const word = this.#match(/[\w.\-[\]"*]+?(?=\s*(?:[,}\]]|$))/y);
    if (word in WORDS) return WORDS[word];
    if (/^-?\d+(?:\.\d+)?$/.test(word)) return Number(word);
    // What is left is a reference: a name, then a dot.
    if (/^[a-z_]\w*\./i.test(word)) return `\${${word}}`;
    throw new NotLiteralError();
  }

  #take(char: string): void {
    if (this.#peek() !== char) throw new NotLiteralError();
    this.#at += 1;
  }

  #match(pattern: RegExp): string {
    this.#peek();
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found === undefined) throw new NotLiteralError();
    this.#at += found.length;
    return found;
  }

  /** The next character that is no blank; empty at the end. */
  #peek(): string {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at += 1;
    return this.#text[this.#at] ?? "";
  }
}

const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
