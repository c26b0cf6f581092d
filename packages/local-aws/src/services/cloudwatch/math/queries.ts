import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { Series } from "../series.ts";
import { FUNCTIONS, operate, REFUSED_FUNCTIONS } from "./functions.ts";
import { MathSyntaxError, parseExpression, type Node } from "./parse.ts";
import {
  list,
  mapValue,
  MathError,
  number,
  series,
  seriesOf,
  type MathContext,
  type Value,
} from "./value.ts";

/** How the value of a query that is a metric is found. */
export type ReadMetric = (query: MetricDataQuery) => Series;

/** Words that functions take beside values. */
const WORDS = new Set(["REPEAT", "LINEAR", "AVG", "MIN", "MAX", "SUM", "ASC", "DESC"]);

/** The queries of one request, each worked out once, when another or the caller asks for it. */
export class Queries {
  readonly #queries: ReadonlyMap<string, MetricDataQuery>;
  readonly #nodes = new Map<string, Node>();
  readonly #values = new Map<string, Value>();
  readonly #open = new Set<string>();
  readonly #read: ReadMetric;
  readonly #context: MathContext;

  /** @throws MathError, MathSyntaxError for an expression that can be none, whatever the data */
  constructor(
    queries: readonly MetricDataQuery[],
    read: ReadMetric,
    context: Omit<MathContext, "metrics">,
  ) {
    this.#queries = new Map(queries.map((query) => [query.Id!, query]));
    this.#read = read;
    this.#context = { ...context, metrics: (part) => this.#metrics(part) };
    for (const { Id, Expression } of queries)
      if (Expression !== undefined) {
        const node = parseExpression(Expression);
        this.#check(node);
        this.#nodes.set(Id!, node);
      }
  }

  /** What a query comes to; a number stands at each period of the time. @throws MathError */
  result(id: string): readonly Series[] {
    const value = this.#value(id);
    if (value.type === "text") throw new MathError("an expression cannot come to a text");
    return value.type === "number"
      ? seriesOf(FUNCTIONS["TIME_SERIES"]!([value], this.#context, id), id)
      : seriesOf(value, id);
  }

  #value(id: string): Value {
    const known = this.#values.get(id);
    if (known) return known;
    const query = this.#queries.get(id);
    if (!query) throw new MathError(`there is no query ${id}`);
    if (this.#open.has(id)) throw new MathError(`${id} leads back to itself`);
    this.#open.add(id);
    const node = this.#nodes.get(id);
    const value = node ? this.#evaluate(node) : series(this.#read(query));
    this.#open.delete(id);
    this.#values.set(id, value);
    return value;
  }

  #metrics(part: string): readonly Series[] {
    const found = [...this.#queries.values()].filter(
      ({ Id, MetricStat }) => MetricStat && Id!.includes(part),
    );
    return found.flatMap(({ Id }) => seriesOf(this.#value(Id!), "METRICS"));
  }

  #evaluate(node: Node): Value {
    switch (node.type) {
      case "number":
        return number(node.value);
      case "text":
        return { type: "text", value: node.value };
      case "name":
        return this.#queries.has(node.name)
          ? this.#value(node.name)
          : { type: "text", value: node.name };
      case "list":
        return list(node.items.flatMap((item) => seriesOf(this.#evaluate(item), "a list")));
      case "minus":
        return mapValue(this.#evaluate(node.of), "-", (value) => -value);
      case "operator":
        return operate(node.operator, this.#evaluate(node.left), this.#evaluate(node.right));
      case "call":
        return FUNCTIONS[node.name]!(
          node.given.map((each) => this.#evaluate(each)),
          this.#context,
          node.name,
        );
    }
  }

  /** Whether all that is named is there. */
  #check(node: Node): void {
    if (node.type === "name" && !this.#queries.has(node.name) && !WORDS.has(node.name))
      throw new MathSyntaxError(`there is no query ${node.name}`);
    if (node.type === "call" && REFUSED_FUNCTIONS.has(node.name))
      throw new MathSyntaxError(`Local AWS does not have the function ${node.name}`);
    if (node.type === "call" && !Object.hasOwn(FUNCTIONS, node.name))
      throw new MathSyntaxError(`there is no function ${node.name}`);
    const inner =
      node.type === "call"
        ? node.given
        : node.type === "list"
          ? node.items
          : node.type === "minus"
            ? [node.of]
            : node.type === "operator"
              ? [node.left, node.right]
              : [];
    for (const each of inner) this.#check(each);
  }
}
