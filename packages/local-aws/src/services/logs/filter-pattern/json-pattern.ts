import { invalidPattern } from "../faults.ts";
import { parseComparison, type ValueTest } from "./comparison.ts";
import { ConditionParser, tokenize } from "./condition-parser.ts";
import type { MessageTest } from "./filter-pattern.ts";

/** `$.a.b[0]`, `$.a[*].b`, `$.['a b']`. */
const STEP = /\.?\[(\d+|\*)\]|\.\[(?:'([^']*)'|"([^"]*)")\]|\.([\w\-/@:]+)/y;

type Step = string | number | "*";

/** Conditions on the properties of a message that is JSON; other messages never match. */
export function parseJsonPattern(expression: string): MessageTest {
  const test = new ConditionParser<unknown>(tokenizeJson(expression), parseCondition).parse();
  return (message) => {
    let value: unknown;
    try {
      value = JSON.parse(message);
    } catch {
      return false;
    }
    return typeof value === "object" && value !== null && test(value);
  };
}

/** A quoted property (`$.["a b"]`) is one word; the general scanner would end it at the quote. */
function tokenizeJson(expression: string) {
  return tokenize(
    expression.replaceAll(/\.\["([^"]*)"\]/g, (_all, name: string) => `.['${name}']`),
  );
}

function parseCondition(parser: ConditionParser<unknown>): (subject: unknown) => boolean {
  const selector = parser.next();
  if (selector.kind !== "word" || !selector.text.startsWith("$"))
    throw invalidPattern(`Invalid property selector '${selector.text}'`);
  const steps = parseSelector(selector.text);
  const values = (subject: unknown) => select(subject, steps);
  if (parser.accept("NOT")) {
    if (!parser.accept("EXISTS")) throw invalidPattern("NOT must be followed by EXISTS");
    return (subject) => values(subject).length === 0;
  }
  if (parser.accept("IS")) return literalTest(parser, values);
  const test = parseComparison(parser);
  return (subject) => values(subject).some((value) => scalarTest(value, test));
}

function literalTest(
  parser: ConditionParser<unknown>,
  values: (subject: unknown) => unknown[],
): (subject: unknown) => boolean {
  const literals: readonly [string, unknown][] = [
    ["NULL", null],
    ["TRUE", true],
    ["FALSE", false],
  ];
  const wanted = literals.find(([word]) => parser.accept(word));
  if (!wanted) throw invalidPattern("IS must be followed by NULL, TRUE or FALSE");
  return (subject) => values(subject).includes(wanted[1]);
}

/** Objects, arrays and null have no value to compare: AWS lets such a condition fail, also `!=`. */
function scalarTest(value: unknown, test: ValueTest): boolean {
  return ["string", "number", "boolean"].includes(typeof value) && test(String(value));
}

function parseSelector(text: string): Step[] {
  const steps: Step[] = [];
  const scanner = new RegExp(STEP);
  scanner.lastIndex = 1;
  while (scanner.lastIndex < text.length) {
    const match = scanner.exec(text);
    if (!match) throw invalidPattern(`Invalid property selector '${text}'`);
    const [, index, single, double, name] = match;
    if (index !== undefined) steps.push(index === "*" ? "*" : Number(index));
    else steps.push(single ?? double ?? name!);
  }
  return steps;
}

/** The values that a selector leads to: several only by `[*]`. */
function select(subject: unknown, steps: readonly Step[]): unknown[] {
  let values = [subject];
  for (const step of steps) {
    values = values.flatMap((value) => {
      if (typeof value !== "object" || value === null) return [];
      if (step === "*") return Array.isArray(value) ? (value as unknown[]) : [];
      if (typeof step === "number")
        return Array.isArray(value) && step < value.length ? [value[step] as unknown] : [];
      return Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : [];
    });
  }
  return values;
}
