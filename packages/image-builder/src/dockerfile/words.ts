import { both, type Words } from "@workbook/toolchain";
import { BuildError } from "../errors.ts";

/** Gives the value of a variable; undefined if it is not set. */
export type Lookup = (name: string) => string | undefined;

interface Options {
  escape: string;
  lookup: Lookup;
  line: number;
}

/**
 * Expands variables and removes quotes, as Docker does in the arguments of an instruction: `$name`, `${name}`,
 * `${name:-word}`, `${name-word}`, `${name:+word}`, `${name+word}`, `${name:?word}`, `${name?word}`; none of them inside
 * single quotes.
 * https://docs.docker.com/reference/dockerfile/#environment-replacement
 *
 * @throws {BuildError} `SYNTAX` for a form that is not one of these
 */
export function expandWord(text: string, options: Options): string {
  return new Expansion(text, options).run();
}

/**
 * Splits a text at blanks outside of quotes. The words keep their quotes and their variables.
 */
export function splitWords(text: string, escape: string): string[] {
  const words: string[] = [];
  let word = "";
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === escape && quote !== "'" && at + 1 < text.length) {
      word += char + text.charAt(++at);
    } else if (quote === "" && /\s/.test(char)) {
      if (word !== "") words.push(word);
      word = "";
    } else {
      if (char === quote) quote = "";
      else if (quote === "" && (char === '"' || char === "'")) quote = char;
      word += char;
    }
  }
  if (word !== "") words.push(word);
  return words;
}

class Expansion {
  readonly #text: string;
  readonly #options: Options;
  #at = 0;

  constructor(text: string, options: Options) {
    this.#text = text;
    this.#options = options;
  }

  run(): string {
    let result = "";
    let inDouble = false;
    while (this.#at < this.#text.length) {
      const char = this.#text.charAt(this.#at);
      if (char === "'" && !inDouble) {
        result += this.#singleQuoted();
      } else if (char === '"') {
        inDouble = !inDouble;
        this.#at++;
      } else if (char === this.#options.escape) {
        result += this.#escaped(inDouble);
      } else if (char === "$") {
        result += this.#variable();
      } else {
        result += char;
        this.#at++;
      }
    }
    if (inDouble)
      throw this.#error([
        `the double quote in ${this.#text} is not closed`,
        `${this.#text} の二重引用符が閉じていません`,
      ]);
    return result;
  }

  #error(said: Words): BuildError {
    return new BuildError("SYNTAX", said, { line: this.#options.line });
  }

  #singleQuoted(): string {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end === -1)
      throw this.#error([
        `the single quote in ${this.#text} is not closed`,
        `${this.#text} の一重引用符が閉じていません`,
      ]);
    const inner = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return inner;
  }

  #escaped(inDouble: boolean): string {
    const next = this.#text.charAt(this.#at + 1);
    this.#at += 2;
    // Inside double quotes the escape character is itself, except before what it can escape there.
    if (inDouble && next !== '"' && next !== "$" && next !== this.#options.escape)
      return this.#options.escape + next;
    return next;
  }

  #variable(): string {
    const rest = this.#text.slice(this.#at + 1);
    const plain = /^[A-Za-z_][A-Za-z0-9_]*|^[0-9@*#]/.exec(rest);
    if (plain !== null) {
      this.#at += 1 + plain[0].length;
      return this.#options.lookup(plain[0]) ?? "";
    }
    if (!rest.startsWith("{")) {
      this.#at++;
      return "$";
    }
    const end = closingBrace(this.#text, this.#at + 1);
    if (end === -1)
      throw this.#error([
        `the brace in ${this.#text} is not closed`,
        `${this.#text} の波かっこが閉じていません`,
      ]);
    const inner = this.#text.slice(this.#at + 2, end);
    this.#at = end + 1;
    return this.#braced(inner);
  }

  #braced(inner: string): string {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])(.*))?$/s.exec(inner);
    if (match === null)
      throw this.#error([
        `\${${inner}} is not a supported form of a variable`,
        `\${${inner}} は対応していない変数の書き方です`,
      ]);
    const [, name = "", operator = "", word = ""] = match;
    const value = this.#options.lookup(name);
    const present = operator.startsWith(":")
      ? value !== undefined && value !== ""
      : value !== undefined;
    const alternative = () => expandWord(word, this.#options);
    if (operator.endsWith("-")) return present ? (value ?? "") : alternative();
    if (operator.endsWith("+")) return present ? alternative() : "";
    if (operator.endsWith("?") && !present)
      throw this.#error(
        both`${name}: ${alternative() || (["is not set", "設定されていません"] as const)}`,
      );
    return value ?? "";
  }
}

function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text.charAt(at) === "{") depth++;
    if (text.charAt(at) === "}" && --depth === 0) return at;
  }
  return -1;
}
