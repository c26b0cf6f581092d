import { SimpleRegex } from "../../../patterns/simple-regex.ts";

/** What an expression of the cluster query language is asked about: one instance. */
export interface QuerySubject {
  /** Of the instance; undefined where it has no such attribute. */
  attribute(name: string): string | undefined;
  /** Groups of the tasks on it. */
  readonly groups: readonly string[];
}

export type Query = (subject: QuerySubject) => boolean;

/** Why a text is no expression. */
export class QueryError extends Error {
  override readonly name = "QueryError";
}

const TOKEN =
  /\s*(?:(&&|\|\||==|!=|!~|>=|<=|=~|>|<|[()[\],!])|"([^"]*)"|'([^']*)'|([^\s()[\],!=<>&|~]+))/y;

type Token =
  | { readonly kind: "sign"; readonly text: string }
  | { readonly kind: "word"; readonly text: string };

function tokens(text: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== "") {
    const match = TOKEN.exec(text);
    if (!match) throw new QueryError(`unexpected character in "${text}"`);
    const [, sign, double, single, word] = match;
    found.push(
      sign === undefined
        ? { kind: "word", text: double ?? single ?? word ?? "" }
        : { kind: "sign", text: sign },
    );
  }
  return found;
}

type Compare = (have: string | undefined, values: readonly string[]) => boolean;

const number = (text: string | undefined) => (text === undefined ? NaN : Number(text));

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html */
const COMPARISONS: Readonly<Record<string, Compare>> = {
  "==": (have, [value]) => have === value,
  "!=": (have, [value]) => have !== value,
  ">": (have, [value]) => number(have) > number(value),
  ">=": (have, [value]) => number(have) >= number(value),
  "<": (have, [value]) => number(have) < number(value),
  "<=": (have, [value]) => number(have) <= number(value),
  "=~": (have, [value = ""]) => have !== undefined && wholeMatch(value, have),
  "!~": (have, [value = ""]) => have === undefined || !wholeMatch(value, have),
  in: (have, values) => have !== undefined && values.includes(have),
  "!in": (have, values) => have === undefined || !values.includes(have),
};
const NAMES: Readonly<Record<string, string>> = {
  equals: "==",
  not_equals: "!=",
  greater_than: ">",
  greater_than_equal: ">=",
  less_than: "<",
  less_than_equal: "<=",
  matches: "=~",
  not_matches: "!~",
  not_in: "!in",
};

/** Of the groups of an instance's tasks, none may be one that these shut out. */
const SHUT_OUT: readonly string[] = ["!=", "!~", "!in"];

/** Subjects whose values are no plain numbers, as numbers: NaN for what is none of them. */
const AS_NUMBERS: Readonly<Record<string, (text: string) => number>> = {
  // Without a zone it is UTC.
  registeredAt: (text) => Date.parse(/T[\d:.]+$/.test(text) ? `${text}Z` : text),
  agentVersion: (text) =>
    text.split(".").reduce((version, part) => version * 10_000 + Number(part), 0),
};

/** Patterns are Java's, of which groups are refused: nothing here tries twice. */
function wholeMatch(pattern: string, text: string): boolean {
  return new SimpleRegex(`^${pattern}$`).test(text);
}

/** @throws QueryError for a text that is no expression, or asks for what Local AWS does not know */
export function parseQuery(text: string): Query {
  return new Parser(tokens(text), text).parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #text: string;
  #at = 0;

  constructor(all: readonly Token[], text: string) {
    this.#tokens = all;
    this.#text = text;
  }

  parse(): Query {
    const query = this.#or();
    if (this.#at < this.#tokens.length) throw this.#fault();
    return query;
  }

  #fault = () => new QueryError(`Invalid expression "${this.#text}"`);

  #takes(...texts: string[]): boolean {
    const token = this.#tokens[this.#at];
    if (token === undefined || !texts.includes(token.text)) return false;
    this.#at += 1;
    return true;
  }

  #or(): Query {
    let left = this.#and();
    while (this.#takes("||", "or")) {
      const [one, other] = [left, this.#and()];
      left = (subject) => one(subject) || other(subject);
    }
    return left;
  }

  #and(): Query {
    let left = this.#not();
    while (this.#takes("&&", "and")) {
      const [one, other] = [left, this.#not()];
      left = (subject) => one(subject) && other(subject);
    }
    return left;
  }

  #not(): Query {
    if (this.#takes("!", "not")) {
      const inner = this.#not();
      return (subject) => !inner(subject);
    }
    if (!this.#takes("(")) return this.#comparison();
    const inner = this.#or();
    if (!this.#takes(")")) throw this.#fault();
    return inner;
  }

  #comparison(): Query {
    const name = this.#word();
    const isNegated = this.#takes("!");
    const valueOf = ({ attribute }: QuerySubject) => attribute(name.replace(/^attribute:/, ""));
    if (this.#takes("exists")) return (subject) => (valueOf(subject) !== undefined) !== isNegated;
    if (!isNegated && this.#takes("not_exists")) return (subject) => valueOf(subject) === undefined;
    const [compare, sign] = this.#operator(isNegated);
    const values = this.#values();
    if (sign === "=~" || sign === "!~") this.#checkPattern(values[0]!);
    if (name === "task:group") {
      const isFor = (group: string) => compare(group, values);
      return SHUT_OUT.includes(sign)
        ? ({ groups }) => groups.every(isFor)
        : ({ groups }) => groups.some(isFor);
    }
    const asNumber = AS_NUMBERS[name];
    if (!asNumber) return (subject) => compare(valueOf(subject), values);
    const numbers = values.map((value) => String(asNumber(value)));
    if (numbers.includes("NaN")) throw this.#fault();
    return (subject) => {
      const have = valueOf(subject);
      return compare(have === undefined ? undefined : String(asNumber(have)), numbers);
    };
  }

  #checkPattern(pattern: string): void {
    try {
      wholeMatch(pattern, "");
    } catch (error) {
      throw new QueryError(`Invalid pattern "${pattern}"`, { cause: error });
    }
  }

  #operator(isNegated: boolean): [compare: Compare, sign: string] {
    const text = (isNegated ? "!" : "") + (this.#tokens[this.#at]?.text ?? "");
    const sign = NAMES[text] ?? text;
    const compare = COMPARISONS[sign];
    if (!compare) throw this.#fault();
    this.#at += 1;
    return [compare, sign];
  }

  #values(): string[] {
    if (!this.#takes("[")) return [this.#word()];
    const values = [this.#word()];
    while (this.#takes(",")) values.push(this.#word());
    if (!this.#takes("]")) throw this.#fault();
    return values;
  }

  #word(): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "word") throw this.#fault();
    this.#at += 1;
    return token.text;
  }
}
