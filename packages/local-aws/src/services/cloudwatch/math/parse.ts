/** An expression of metric math, read. */
export type Node =
  | { readonly type: "number"; readonly value: number }
  | { readonly type: "text"; readonly value: string }
  | { readonly type: "name"; readonly name: string }
  | { readonly type: "list"; readonly items: readonly Node[] }
  | { readonly type: "minus"; readonly of: Node }
  | {
      readonly type: "operator";
      readonly operator: string;
      readonly left: Node;
      readonly right: Node;
    }
  | { readonly type: "call"; readonly name: string; readonly given: readonly Node[] };

const TOKEN =
  /\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|"([^"]*)"|'([^']*)'|([A-Za-z][A-Za-z0-9_]*)|(&&|\|\||==|!=|<=|>=|[-+*/^()[\],<>]))/y;

interface Token {
  readonly kind: "number" | "text" | "name" | "sign";
  readonly text: string;
}

/** How strongly operators bind; names in words are the same as their signs. */
const STRENGTH: Readonly<Record<string, number>> = {
  "||": 1,
  "&&": 2,
  "==": 3,
  "!=": 3,
  "<": 4,
  ">": 4,
  "<=": 4,
  ">=": 4,
  "+": 5,
  "-": 5,
  "*": 6,
  "/": 6,
  "^": 8,
};
const UNARY_STRENGTH = 7;
const WORDS: Readonly<Record<string, string>> = { AND: "&&", OR: "||" };

/** An expression that cannot be read. */
export class MathSyntaxError extends Error {
  override readonly name = "MathSyntaxError";
}

/**
 * Reads an expression of metric math.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @throws MathSyntaxError
 */
export function parseExpression(text: string): Node {
  const parser = new Parser(tokenize(text));
  const node = parser.expression(0);
  parser.end();
  return node;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) throw new MathSyntaxError(`unexpected ${text.slice(at).trim()[0]}`);
    const [, number, double, single, name, sign] = match;
    if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (name !== undefined) {
      const word = WORDS[name.toUpperCase()];
      tokens.push(word ? { kind: "sign", text: word } : { kind: "name", text: name });
    } else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
    else tokens.push({ kind: "text", text: double ?? single ?? "" });
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  end(): void {
    const token = this.#tokens[this.#at];
    if (token) throw new MathSyntaxError(`unexpected ${token.text}`);
  }

  expression(least: number): Node {
    if (++this.#depth > 100) throw new MathSyntaxError("too deeply nested");
    let left = this.#operand();
    for (let sign = this.#operator(); sign && STRENGTH[sign]! >= least; sign = this.#operator()) {
      this.#at++;
      const strength = STRENGTH[sign]!;
      // Powers bind to the right: 2^3^2 is 2^9.
      const right = this.expression(sign === "^" ? strength : strength + 1);
      left = { type: "operator", operator: sign, left, right };
    }
    this.#depth--;
    return left;
  }

  #operator(): string | undefined {
    const token = this.#tokens[this.#at];
    return token?.kind === "sign" && token.text in STRENGTH ? token.text : undefined;
  }

  #operand(): Node {
    const token = this.#tokens[this.#at++];
    if (!token) throw new MathSyntaxError("unexpected end");
    if (token.kind === "number") return { type: "number", value: Number(token.text) };
    if (token.kind === "text") return { type: "text", value: token.text };
    if (token.kind === "name") return this.#named(token.text);
    if (token.text === "-") return { type: "minus", of: this.expression(UNARY_STRENGTH) };
    if (token.text === "[") return { type: "list", items: this.#items("]") };
    if (token.text !== "(") throw new MathSyntaxError(`unexpected ${token.text}`);
    const inner = this.expression(0);
    this.#expect(")");
    return inner;
  }

  #named(name: string): Node {
    if (!this.#is("(")) return { type: "name", name };
    this.#at++;
    return { type: "call", name: name.toUpperCase(), given: this.#items(")") };
  }

  #items(close: string): Node[] {
    const items: Node[] = [];
    if (this.#is(close)) {
      this.#at++;
      return items;
    }
    for (;;) {
      items.push(this.expression(0));
      if (!this.#is(",")) break;
      this.#at++;
    }
    this.#expect(close);
    return items;
  }

  #is(sign: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === "sign" && token.text === sign;
  }

  #expect(sign: string): void {
    if (!this.#is(sign)) throw new MathSyntaxError(`expected ${sign}`);
    this.#at++;
  }
}
