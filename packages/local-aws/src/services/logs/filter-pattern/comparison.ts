import { SimpleRegex } from "../../../patterns/simple-regex.ts";
import { invalidPattern } from "../faults.ts";
import type { ConditionParser, Token } from "./condition-parser.ts";

/** The characters that CloudWatch Logs allows in a regular expression; parentheses are not among them. */
const ALLOWED = /^(?:[A-Za-z0-9_#=@/;,\-:\s^$?[\]{}|*+.<>"'&~`!]|\\.)*$/;

/**
 * A regular expression of a pattern, as it stands between `%` and `%`.
 * @throws AwsError `InvalidParameterException`
 */
export function compileRegex(source: string): SimpleRegex {
  if (!ALLOWED.test(source)) throw invalidPattern(`Invalid character(s) in regex '${source}'`);
  try {
    return new SimpleRegex(source);
  } catch {
    throw invalidPattern(`Invalid regex '${source}'`);
  }
}

/** A value with `*` for any text: alone, at its beginning or at its end, as AWS has it. */
function compileWildcard(value: string): (text: string) => boolean {
  if (value === "*") return () => true;
  const start = value.startsWith("*");
  const end = value.endsWith("*") && value.length > 1;
  const part = value.slice(start ? 1 : 0, end ? -1 : undefined);
  if (start && end) return (text) => text.includes(part);
  if (start) return (text) => text.endsWith(part);
  if (end) return (text) => text.startsWith(part);
  return (text) => text === value;
}

/** A field's value as text. */
export type ValueTest = (value: string) => boolean;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const ORDERINGS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/**
 * Reads what follows a field: an operator and a value. Numbers compare as numbers, other values as text with `*`.
 * @throws AwsError `InvalidParameterException`
 */
export function parseComparison<Subject>(parser: ConditionParser<Subject>): ValueTest {
  const written = parser.next().text;
  // The guide writes both `!=` and, for fields, `=!`.
  const operator = written === "=" && parser.accept("!") ? "!=" : written;
  const value = parser.next();
  const ordering = ORDERINGS[operator];
  if (ordering) {
    if (value.kind !== "word" || !NUMBER.test(value.text))
      throw invalidPattern(`Invalid numeric value '${value.text}'`);
    const bound = Number(value.text);
    return (text) => NUMBER.test(text) && ordering(Number(text), bound);
  }
  if (operator !== "=" && operator !== "!=") throw invalidPattern(`Invalid operator '${operator}'`);
  const equals = equality(value);
  return operator === "=" ? equals : (text) => !equals(text);
}

function equality({ kind, text: wanted }: Token): ValueTest {
  if (kind === "regex") {
    const regex = compileRegex(wanted);
    return (text) => regex.test(text);
  }
  const matches = compileWildcard(wanted);
  if (kind !== "word" || !NUMBER.test(wanted)) return matches;
  const number = Number(wanted);
  return (text) => matches(text) || (NUMBER.test(text) && Number(text) === number);
}
