import { invalidPattern } from "../faults.ts";

/** A word of an expression and what it is. `raw` is as it was written. */
export interface Token {
  readonly kind: "symbol" | "string" | "regex" | "word";
  readonly text: string;
}

const TOKEN =
  /\s*(?:(&&|\|\||<=|>=|!=|[()=<>!])|"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)*)%|((?:\['[^']*'\]|[^\s"%&|<>=!()])+))/y;

/** @throws AwsError `InvalidParameterException` */
export function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  const scanner = new RegExp(TOKEN);
  const text = expression.trimEnd();
  while (scanner.lastIndex < text.length) {
    const start = scanner.lastIndex;
    const match = scanner.exec(text);
    if (!match) throw invalidPattern(`Invalid character(s) in term '${text.slice(start).trim()}'`);
    const [, symbol, string, regex, word] = match;
    if (symbol !== undefined) tokens.push({ kind: "symbol", text: symbol });
    else if (string !== undefined)
      tokens.push({ kind: "string", text: string.replaceAll(/\\(.)/g, "$1") });
    else if (regex !== undefined) tokens.push({ kind: "regex", text: regex });
    else tokens.push({ kind: "word", text: word! });
  }
  return tokens;
}

/** Reads `a && (b || c)`, where `&&` binds more tightly than `||`; what a condition is, the caller knows. */
export class ConditionParser<Subject> {
  readonly #tokens: readonly Token[];
  readonly #condition: (parser: ConditionParser<Subject>) => (subject: Subject) => boolean;
  #at = 0;

  constructor(
    tokens: readonly Token[],
    condition: (parser: ConditionParser<Subject>) => (subject: Subject) => boolean,
  ) {
    this.#tokens = tokens;
    this.#condition = condition;
  }

  /** The whole expression. @throws AwsError `InvalidParameterException` */
  parse(): (subject: Subject) => boolean {
    const test = this.#any();
    const rest = this.peek();
    if (rest) throw invalidPattern(`Invalid character(s) in term '${rest.text}'`);
    return test;
  }

  peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  /** The next token. @throws AwsError where there is none */
  next(): Token {
    const token = this.#tokens[this.#at++];
    if (!token) throw invalidPattern("the expression ends too early");
    return token;
  }

  /** Goes past the next token where it is this symbol or word (in any case). */
  accept(text: string): boolean {
    const token = this.peek();
    if (!token || token.kind === "string" || token.kind === "regex") return false;
    if (token.text.toUpperCase() !== text) return false;
    this.#at++;
    return true;
  }

  #any(): (subject: Subject) => boolean {
    const tests = [this.#all()];
    while (this.accept("||")) tests.push(this.#all());
    return (subject) => tests.some((test) => test(subject));
  }

  #all(): (subject: Subject) => boolean {
    const tests = [this.#one()];
    while (this.accept("&&")) tests.push(this.#one());
    return (subject) => tests.every((test) => test(subject));
  }

  #one(): (subject: Subject) => boolean {
    if (!this.accept("(")) return this.#condition(this);
    const test = this.#any();
    if (!this.accept(")")) throw invalidPattern("a parenthesis is not closed");
    return test;
  }
}
