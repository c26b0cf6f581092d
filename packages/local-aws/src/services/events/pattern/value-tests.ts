import { containsAddress, parseAddress, parseCidr } from "../../../ground/cidr.ts";
import { invalidPattern } from "../faults.ts";
import { isJsonObject, WrittenNumber, type Json } from "./json-value.ts";

/** Whether a value of an event is one that a pattern asks for. `onStep` is called for work that grows with the value. */
export type ValueTest = (value: Json, onStep: () => void) => boolean;

const ofText =
  (test: (text: string, onStep: () => void) => boolean): ValueTest =>
  (value, onStep) =>
    typeof value === "string" && test(value, onStep);

const folded = (text: string) => text.toLowerCase();

/** Numbers that a pattern may compare with, https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html */
const MOST_NUMBER = 5_000_000_000;

/**
 * What one item of a field's list asks of its value.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * @throws AwsError `InvalidEventPatternException`
 */
export function toValueTest(item: Json): ValueTest {
  if (!isJsonObject(item)) return exactly(item);
  const [operator, wanted] = only(item);
  const make = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (!make) throw invalidPattern(`Unrecognized match type ${operator}`);
  return make(wanted);
}

/** @throws AwsError `InvalidEventPatternException` where it is not one operator */
function only(item: Readonly<Record<string, Json>>): [string, Json] {
  const entries = Object.entries(item);
  if (entries.length !== 1) throw invalidPattern("Only one key allowed in match expression");
  return entries[0]!;
}

function exactly(wanted: Json): ValueTest {
  if (wanted instanceof WrittenNumber)
    return (value) => value instanceof WrittenNumber && value.text === wanted.text;
  if (Array.isArray(wanted))
    throw invalidPattern("Match value must be String, number, true, false, or null");
  return (value) => value === wanted;
}

const OPERATORS: Readonly<Record<string, (wanted: Json) => ValueTest>> = {
  prefix: (wanted) => affix("prefix", wanted),
  suffix: (wanted) => affix("suffix", wanted),
  "equals-ignore-case"(wanted) {
    const text = folded(needText(wanted, "equals-ignore-case"));
    return ofText((value) => folded(value) === text);
  },
  wildcard(wanted) {
    const wildcard = toWildcard(needText(wanted, "wildcard"));
    return ofText((value, onStep) => wildcard.matches(value, onStep));
  },
  cidr(wanted) {
    const text = needText(wanted, "CIDR");
    const range = parseCidr(text.includes("/") ? text : `${text}/32`);
    if (!range) throw invalidPattern("Malformed CIDR, one '/' required");
    return ofText((value) => {
      const address = parseAddress(value);
      return address !== undefined && containsAddress(range, address);
    });
  },
  numeric: toNumericTest,
  "anything-but": toAnythingBut,
};

function needText(wanted: Json, what: string): string {
  if (typeof wanted !== "string") throw invalidPattern(`${what} match pattern must be a string`);
  return wanted;
}

function toWildcard(text: string): Wildcard {
  try {
    return new Wildcard(text);
  } catch (error) {
    throw invalidPattern((error as SyntaxError).message);
  }
}

function affix(kind: "prefix" | "suffix", wanted: Json): ValueTest {
  const has = (value: string, text: string) =>
    kind === "prefix" ? value.startsWith(text) : value.endsWith(text);
  if (!isJsonObject(wanted)) {
    const text = needText(wanted, kind);
    return ofText((value) => has(value, text));
  }
  const [operator, inner] = only(wanted);
  if (operator !== "equals-ignore-case") throw invalidPattern(`Unsupported ${kind} pattern`);
  const text = folded(needText(inner, kind));
  return ofText((value) => has(folded(value), text));
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/** `["=", n]`, one bound, or a lower one and an upper one. */
function toNumericTest(wanted: Json): ValueTest {
  const list: readonly Json[] = Array.isArray(wanted) ? wanted : [];
  if (list.length !== 2 && list.length !== 4)
    throw invalidPattern("Too few or too many terms in numeric match");
  const tests = Array.from({ length: list.length / 2 }, (_, at) => {
    const [operator, bound] = [list[2 * at]!, list[2 * at + 1]!];
    const compare = typeof operator === "string" ? COMPARISONS[operator] : undefined;
    if (!compare) throw invalidPattern("Unrecognized numeric range operator");
    if (!(bound instanceof WrittenNumber)) throw invalidPattern("Value of numeric must be numeric");
    if (Math.abs(bound.value) > MOST_NUMBER)
      throw invalidPattern("Value must be between -5.0E9 and 5.0E9, inclusive");
    return { operator: String(operator), compare, bound: bound.value };
  });
  const [low, high] = tests;
  const isRange =
    high === undefined || (low!.operator.startsWith(">") && high.operator.startsWith("<"));
  if (!isRange || (high && low!.bound >= high.bound)) throw invalidPattern("Bad numeric range");
  return (value) =>
    value instanceof WrittenNumber &&
    tests.every(({ compare, bound }) => compare(value.value, bound));
}

/** A value, values of one type, or one of four operators with a text or texts. */
function toAnythingBut(wanted: Json): ValueTest {
  if (isJsonObject(wanted)) {
    const [operator, inner] = only(wanted);
    if (!["prefix", "suffix", "equals-ignore-case", "wildcard"].includes(operator))
      throw invalidPattern(`Unsupported anything-but pattern: ${operator}`);
    const items = Array.isArray(inner) ? (inner as readonly Json[]) : [inner];
    return noneOf(
      items.map((item) => OPERATORS[operator]!(item)),
      items.length,
    );
  }
  const items = Array.isArray(wanted) ? (wanted as readonly Json[]) : [wanted];
  const isText = items.every((item) => typeof item === "string");
  if (!isText && !items.every((item) => item instanceof WrittenNumber))
    throw invalidPattern(
      "Inside anything but list, start|null|boolean is not supported; use strings or numbers of one type",
    );
  return noneOf(items.map(exactly), items.length);
}

function noneOf(tests: readonly ValueTest[], count: number): ValueTest {
  if (count === 0) throw invalidPattern("Empty arrays are not allowed");
  return (value, onStep) => !tests.some((test) => test(value, onStep));
}

/** A text in which `*` stands for any run of characters. Matching looks at each character a bounded number of times. */
export class Wildcard {
  /** What stands between the stars. */
  readonly #parts: readonly string[];

  /**
   * @param pattern a backslash makes a star or a backslash plain
   * @throws SyntaxError where two stars follow each other, or a backslash stands before something else
   */
  constructor(pattern: string) {
    const parts = [""];
    for (let at = 0; at < pattern.length; at++) {
      const char = pattern[at]!;
      const next = pattern[at + 1];
      if (char === "*") {
        if (next === "*") throw new SyntaxError(`Consecutive wildcard characters at pos ${at}`);
        parts.push("");
        continue;
      }
      if (char === "\\") {
        if (next !== "*" && next !== "\\")
          throw new SyntaxError(`Invalid escape character at pos ${at}`);
        at++;
      }
      const plain = char === "\\" ? next! : char;
      parts.push(parts.pop()! + plain);
    }
    this.#parts = parts;
  }

  /** @param onStep called for each comparison of two characters; for tests that bound them */
  matches(text: string, onStep: () => void = () => {}): boolean {
    const [first = "", ...rest] = this.#parts;
    const last = rest.pop();
    if (last === undefined) return text === first;
    if (text.length < first.length + last.length) return false;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const part of rest) {
      at = indexOf(text, part, at, end, onStep);
      if (at < 0) return false;
      at += part.length;
    }
    return at <= end;
  }
}

/**
 * Where `part` stands in `text` between two places; -1 where it does not. Takes steps as the two lengths together.
 * https://en.wikipedia.org/wiki/Knuth–Morris–Pratt_algorithm
 */
function indexOf(text: string, part: string, from: number, end: number, onStep: () => void) {
  const border = bordersOf(part, onStep);
  let matched = 0;
  if (part === "") return from;
  for (let at = from; at < end; at++) {
    while (matched > 0 && text[at] !== part[matched]) {
      onStep();
      matched = border[matched - 1]!;
    }
    onStep();
    if (text[at] === part[matched]) matched++;
    if (matched === part.length) return at - matched + 1;
  }
  return -1;
}

/** Of each beginning of a text: how long the longest part is with which it both begins and ends. */
function bordersOf(part: string, onStep: () => void): number[] {
  const borders = [0];
  let length = 0;
  for (let at = 1; at < part.length; at++) {
    while (length > 0 && part[at] !== part[length]) {
      onStep();
      length = borders[length - 1]!;
    }
    onStep();
    if (part[at] === part[length]) length++;
    borders.push(length);
  }
  return borders;
}
