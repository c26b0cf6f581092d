import type { KnownMetric } from "../metric-points.ts";
import { MathSyntaxError } from "./parse.ts";

type Searched = Pick<KnownMetric, "namespace" | "name" | "dimensions">;
type Test = (metric: Searched) => boolean;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html */
const LONGEST = 1024;

const TOKEN = /\s*(?:"([^"]*)"|([(){}=,])|([^\s(){}=,"]+))/y;

interface Token {
  readonly kind: "exact" | "sign" | "word";
  readonly text: string;
}

/**
 * Reads what metrics a `SEARCH` looks for, such as `{AWS/ECS,ClusterName,ServiceName} MetricName="CPUUtilization" web`.
 * @throws MathSyntaxError
 */
export function parseSearch(text: string): Test {
  if (text.length > LONGEST)
    throw new MathSyntaxError(`a search has at most ${LONGEST} characters`);
  const parser = new SearchParser(tokenize(text));
  return parser.search();
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const match = pattern.exec(text);
    if (!match) throw new MathSyntaxError("a search has a quote that does not end");
    const [, exact, sign, word] = match;
    if (exact !== undefined) tokens.push({ kind: "exact", text: exact });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
    else tokens.push({ kind: "word", text: word! });
  }
  return tokens;
}

class SearchParser {
  readonly #tokens: Token[];
  #depth = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  search(): Test {
    const schema = this.#takes("{") ? this.#schema() : undefined;
    const terms = this.#tokens.length > 0 ? this.#either(allFields) : undefined;
    if (this.#tokens[0]) throw unexpected(this.#tokens[0]);
    if (!schema && !terms) throw new MathSyntaxError("a search looks for something");
    return (metric) => (schema?.(metric) ?? true) && (terms?.(metric) ?? true);
  }

  /** A namespace, and the names of all dimensions that the metrics have. */
  #schema(): Test {
    const names: string[] = [];
    do names.push(this.#text());
    while (this.#takes(","));
    if (!this.#takes("}")) throw unexpected(this.#tokens[0]);
    const [namespace, ...dimensions] = names;
    const wanted = dimensions.toSorted().join("\n");
    return (metric) =>
      metric.namespace === namespace &&
      metric.dimensions
        .map(({ Name }) => Name)
        .toSorted()
        .join("\n") === wanted;
  }

  #either(fields: Fields): Test {
    if (++this.#depth > 100) throw new MathSyntaxError("a search is too deeply nested");
    const tests = [this.#together(fields)];
    while (this.#takes("OR")) tests.push(this.#together(fields));
    this.#depth--;
    return (metric) => tests.some((test) => test(metric));
  }

  /** Terms beside each other all have to be found. */
  #together(fields: Fields): Test {
    const tests = [this.#term(fields)];
    while (this.#tokens[0] && !this.#is("OR") && !this.#is(")")) {
      this.#takes("AND");
      tests.push(this.#term(fields));
    }
    return (metric) => tests.every((test) => test(metric));
  }

  #term(fields: Fields): Test {
    if (this.#takes("NOT")) {
      const test = this.#term(fields);
      return (metric) => !test(metric);
    }
    if (this.#takes("(")) {
      const inner = this.#either(fields);
      if (!this.#takes(")")) throw unexpected(this.#tokens[0]);
      return inner;
    }
    const token = this.#tokens[0];
    const text = this.#text();
    if (fields === allFields && this.#takes("=")) return this.#term(fieldsNamed(text));
    const finds = token?.kind === "exact" ? (field: string) => field === text : partOf(text);
    return (metric) => fields(metric).some(finds);
  }

  #text(): string {
    const token = this.#tokens.shift();
    if (!token || token.kind === "sign") throw unexpected(token);
    return token.text;
  }

  #is(text: string): boolean {
    const token = this.#tokens[0];
    return token !== undefined && token.kind !== "exact" && token.text === text;
  }

  #takes(text: string): boolean {
    const is = this.#is(text);
    if (is) this.#tokens.shift();
    return is;
  }
}

const unexpected = (token: Token | undefined) =>
  new MathSyntaxError(`unexpected ${token?.text ?? "end"} in a search`);

/** The texts of a metric that a term is looked for in. */
type Fields = (metric: Searched) => readonly string[];

const allFields: Fields = ({ namespace, name, dimensions }) => [
  namespace,
  name,
  ...dimensions.flatMap(({ Name, Value }) => [Name, Value]),
];

/** `Namespace`, `MetricName`, or the name of a dimension, whose value is meant. */
function fieldsNamed(property: string): Fields {
  if (property === "Namespace") return ({ namespace }) => [namespace];
  if (property === "MetricName") return ({ name }) => [name];
  return ({ dimensions }) =>
    dimensions.filter(({ Name }) => Name === property).map(({ Value }) => Value);
}

/** `CPUUtilization` and `my-app-1` as words, in small letters: `cpu utilization`, `my app 1`. */
const words = (text: string): string =>
  text
    .replaceAll(
      /([a-z])([A-Z])|([A-Z])([A-Z][a-z])|([A-Za-z])(\d)|(\d)([A-Za-z])/g,
      (_all, ...found: string[]) => {
        const [first, second] = found.slice(0, 8).filter(Boolean);
        return `${first} ${second}`;
      },
    )
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .join(" ")
    .toLowerCase();

/** Whether a term's words stand in a field beside each other; case does not count. */
function partOf(term: string): (field: string) => boolean {
  const wanted = ` ${words(term)} `;
  const plain = term.toLowerCase();
  return (field) => field.toLowerCase() === plain || ` ${words(field)} `.includes(wanted);
}

/**
 * What each of the metrics that were found is called: by what tells it from the others.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 */
export function labelsOf(found: readonly Searched[]): string[] {
  const differs = (of: (metric: Searched) => string | undefined) => new Set(found.map(of)).size > 1;
  const names = [...new Set(found.flatMap((metric) => metric.dimensions.map(({ Name }) => Name)))];
  const valueOf = (name: string) => (metric: Searched) =>
    metric.dimensions.find(({ Name }) => Name === name)?.Value;
  const told = [
    ...(differs(({ namespace }) => namespace) ? [(it: Searched) => it.namespace] : []),
    ...names.map(valueOf).filter(differs),
    ...(differs(({ name }) => name) ? [(it: Searched) => it.name] : []),
  ];
  return found.map((metric) => {
    const parts = told.flatMap((of) => of(metric) ?? []);
    return parts.length > 0 ? parts.join(" ") : metric.name;
  });
}
