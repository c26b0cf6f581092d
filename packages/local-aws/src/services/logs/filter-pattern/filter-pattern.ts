import { unclosedPattern, invalidPattern } from "../faults.ts";
import { compileRegex, parseComparison, type ValueTest } from "./comparison.ts";
import { ConditionParser, tokenize } from "./condition-parser.ts";

/** Tells whether an event's message matches. */
export type MessageTest = (message: string) => boolean;

/**
 * Reads a filter pattern: terms (`ERROR -"not found" ?a ?b %regex%`), JSON (`{ $.status >= 500 && $.path = "/a*" }`), or
 * space-delimited fields (`[ip, ..., status = 4*, bytes]`). The empty pattern matches everything.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 * @throws AwsError `InvalidParameterException`
 */
export function parseFilterPattern(pattern: string): MessageTest {
  const text = pattern.trim();
  if (text === "") return () => true;
  if (text.startsWith("{")) {
    if (!text.endsWith("}")) throw unclosedPattern("{", "}");
    return parseJsonPattern(text.slice(1, -1));
  }
  if (text.startsWith("[")) {
    if (!text.endsWith("]")) throw unclosedPattern("[", "]");
    return parseFieldPattern(text.slice(1, -1));
  }
  return parseTermPattern(text);
}

/** `?` or `-`, then a quoted phrase, a regular expression, or a word. */
const TERM = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)*)%|([^\s"]+))(?=\s|$|["?%-])/y;

/**
 * Terms anywhere in the message, in upper and lower case as written: all of the plain ones, none of those after `-`. Terms
 * after `?` are alternatives; beside others AWS ignores them.
 */
function parseTermPattern(pattern: string): MessageTest {
  const required: MessageTest[] = [];
  const excluded: MessageTest[] = [];
  const optional: MessageTest[] = [];
  const lists = { "": required, "-": excluded, "?": optional };
  for (const { sign, test } of terms(pattern)) lists[sign].push(test);
  if (required.length + excluded.length === 0)
    return (message) => optional.some((test) => test(message));
  return (message) =>
    required.every((test) => test(message)) && !excluded.some((test) => test(message));
}

function* terms(pattern: string): Generator<{ sign: "" | "-" | "?"; test: MessageTest }> {
  const term = new RegExp(TERM);
  while (term.lastIndex < pattern.length) {
    const start = term.lastIndex;
    const match = term.exec(pattern);
    if (!match)
      throw invalidPattern(`Invalid character(s) in term '${pattern.slice(start).trim()}'`);
    const [, sign, phrase, regex, word] = match;
    yield { sign: sign as "" | "-" | "?", test: termTest(phrase, regex, word) };
  }
}

function termTest(phrase?: string, regex?: string, word?: string): MessageTest {
  if (regex !== undefined) {
    const compiled = compileRegex(regex);
    return (message) => compiled.test(message);
  }
  // Words of other scripts are taken as they are; punctuation has to stand in quotes.
  if (word !== undefined && !/^[\p{L}\p{M}\p{N}_]+$/u.test(word))
    throw invalidPattern(`Invalid character(s) in term '${word}'`);
  if (phrase === "") throw invalidPattern(`Invalid character(s) in term '""'`);
  const text = word ?? phrase!.replaceAll(/\\(.)/g, "$1");
  return (message) => message.includes(text);
}

/** `$.a.b[0]`, `$.a[*].b`, `$.['a b']`. */
const STEP = /\.?\[(\d+|\*)\]|\.\[(?:'([^']*)'|"([^"]*)")\]|\.([\w\-/@:]+)/y;

type Step = string | number | "*";

/** Conditions on the properties of a message that is JSON; other messages never match. */
function parseJsonPattern(expression: string): MessageTest {
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

/** The steps of `$.a.b[0]`. @throws AwsError `InvalidParameterException` */
export function parseSelector(text: string): Step[] {
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
export function select(subject: unknown, steps: readonly Step[]): unknown[] {
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

type FieldTest = (field: string) => boolean;

const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const PLAIN = /\S+/y;
const SPACE = /\s*/y;

/**
 * Conditions on a message's fields, which spaces divide. `[a, b, c]` matches messages of exactly three fields; `...`
 * stands for any number of them, once.
 */
function parseFieldPattern(expression: string): MessageTest {
  const parts = splitFields(expression);
  const ellipsis = parts.indexOf("...");
  if (ellipsis !== parts.lastIndexOf("...")) throw invalidPattern("only one ellipsis is allowed");
  const head = (ellipsis === -1 ? parts : parts.slice(0, ellipsis)).map(fieldTest);
  const tail = (ellipsis === -1 ? [] : parts.slice(ellipsis + 1)).map(fieldTest);
  return (message) => {
    const fields = [...fieldsOf(message)];
    const fits =
      ellipsis === -1 ? fields.length === head.length : fields.length >= head.length + tail.length;
    if (!fits) return false;
    const last = fields.slice(fields.length - tail.length);
    return (
      head.every((test, index) => test(fields[index]!)) &&
      tail.every((test, index) => test(last[index]!))
    );
  };
}

/** Text in brackets or in quotes is one field, whatever is in it. Looks for each kind of end only while there may be one. */
export function* fieldsOf(message: string): Generator<string> {
  let at = 0;
  let isClosed = true;
  let isQuoted = true;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(message);
    if (found) at = pattern.lastIndex;
    return found;
  };
  for (take(SPACE); at < message.length; take(SPACE)) {
    const end = message[at] === "[" && isClosed ? message.indexOf("]", at) : -1;
    if (end >= 0) {
      yield message.slice(at + 1, end);
      at = end + 1;
      continue;
    }
    if (message[at] === "[") isClosed = false;
    const quoted = message[at] === '"' && isQuoted ? take(QUOTED) : null;
    if (quoted) yield quoted[1]!;
    else {
      if (message[at] === '"') isQuoted = false;
      yield take(PLAIN)![0];
    }
  }
}

/** At commas, but not at those in quotes or in a regular expression. */
export function splitFields(expression: string): string[] {
  const parts =
    expression.match(/(?:"(?:[^"\\]|\\.)*"|%(?:[^%\\]|\\.)*%|[^,"%])+|(?<=,)(?=,|$)/g) ?? [];
  return parts.map((part) => part.trim());
}

/** `name`, or conditions on it: `name = 4* && name != 404`. */
function fieldTest(part: string): FieldTest {
  if (part === "" || /^[\w-]+$/.test(part)) return () => true;
  const parser = new ConditionParser<string>(tokenize(part), (conditions) => {
    const name = conditions.next();
    if (name.kind !== "word") throw invalidPattern(`Invalid field name '${name.text}'`);
    return parseComparison(conditions);
  });
  return parser.parse();
}
