import { containsAddress, parseAddress, parseCidr } from "../../ground/cidr.ts";
import { Glob } from "../../patterns/glob.ts";
import type { Attributes } from "../sqs/state.ts";
import { invalidParameter } from "./faults.ts";

/** A filter policy as JSON: names with lists of rules, nested where it is about the body. */
type Policy = Readonly<Record<string, unknown>>;
type Scalar = string | number | boolean | null;

export type FilterScope = "MessageAttributes" | "MessageBody";

/** https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
const MOST_NAMES = 5;
const MOST_COMBINATIONS = 150;

const bad = (why: string) => invalidParameter(`FilterPolicy: ${why}`);

const isObject = (value: unknown): value is Policy =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Looks at a filter policy's grammar.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 * @throws AwsError `InvalidParameterException`
 */
export function checkFilterPolicy(text: string, scope: FilterScope): void {
  const policy = parseJson(text);
  if (!isObject(policy)) throw bad("failed to parse JSON.");
  const leaves: number[] = [];
  checkNames(policy, scope, leaves);
  if (leaves.length > MOST_NAMES) throw bad("Filter policy can not have more than 5 keys");
  if (leaves.reduce((a, b) => a * b, 1) > MOST_COMBINATIONS)
    throw bad("Filter policy is too complex");
}

function checkNames(policy: Policy, scope: FilterScope, leaves: number[]): void {
  for (const [name, rules] of Object.entries(policy)) {
    if (isOr(name, rules)) {
      for (const each of rules) checkNames(each, scope, leaves);
      continue;
    }
    if (isObject(rules)) {
      if (scope === "MessageAttributes")
        throw bad("Filter policy scope MessageAttributes does not support nested filter policy");
      checkNames(rules, scope, leaves);
      continue;
    }
    if (!Array.isArray(rules)) throw bad(`"${name}" must be an object or an array`);
    if (rules.length === 0) throw bad("Empty arrays are not allowed");
    leaves.push(rules.length);
    for (const rule of rules) checkRule(rule);
  }
}

/** `$or` is an operator where it has two objects or more; otherwise it is a name. */
function isOr(name: string, rules: unknown): rules is readonly Policy[] {
  return name === "$or" && Array.isArray(rules) && rules.length >= 2 && rules.every(isObject);
}

const isText = (value: unknown): value is string => typeof value === "string";

const OPERATORS: Readonly<Record<string, (value: unknown) => boolean>> = {
  prefix: isText,
  suffix: isText,
  wildcard: isText,
  "equals-ignore-case": isText,
  exists: (value) => typeof value === "boolean",
  cidr: (value) => isText(value) && parseCidr(value) !== undefined,
  numeric: isNumeric,
  "anything-but": (value) => {
    if (!isObject(value))
      return (Array.isArray(value) ? value : [value]).every((each) => !isObject(each));
    const [[name, inner] = ["", undefined], ...others] = Object.entries(value);
    return others.length === 0 && ["prefix", "suffix", "wildcard"].includes(name) && isText(inner);
  },
};

function checkRule(rule: unknown): void {
  if (!isObject(rule)) return;
  const [[name, value] = ["", undefined], ...others] = Object.entries(rule);
  if (others.length > 0) throw bad("Only one key allowed in match expression");
  const check = OPERATORS[name];
  if (!check) throw bad(`Unrecognized match type ${name}`);
  if (!check(value)) throw bad(`Value of ${name} is not valid`);
}

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function isNumeric(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > 4 || value.length % 2 !== 0)
    return false;
  return value.every((each, i) =>
    i % 2 === 0 ? isText(each) && each in COMPARE : typeof each === "number",
  );
}

/** Whether a message passes a filter policy. */
export function passesFilter(
  text: string,
  scope: FilterScope,
  { message, attributes }: { readonly message: string; readonly attributes: Attributes },
): boolean {
  const policy = parseJson(text) as Policy;
  if (scope === "MessageAttributes") return matches(policy, (name) => valuesOf(attributes, name));
  const body = parseJson(message);
  return isObject(body) && matchesBody(policy, [body]);
}

/** The values under a name; undefined where it is not there. */
type Look = (name: string) => readonly Scalar[] | undefined;

function matches(policy: Policy, look: Look): boolean {
  return Object.entries(policy).every(([name, rules]) =>
    isOr(name, rules)
      ? rules.some((each) => matches(each, look))
      : anyRule(rules as readonly unknown[], look(name)),
  );
}

/** Of a list in the body it is enough that one item matches. */
function matchesBody(policy: Policy, bodies: readonly Policy[]): boolean {
  return bodies.some((body) =>
    Object.entries(policy).every(([name, rules]) => {
      if (isOr(name, rules)) return rules.some((each) => matchesBody(each, [body]));
      const value = body[name];
      const all = Array.isArray(value) ? value.flat(Infinity) : [value];
      if (isObject(rules)) return matchesBody(rules, all.filter(isObject));
      const scalars = all.filter((each) => !isObject(each)) as Scalar[];
      return anyRule(rules as readonly unknown[], name in body ? scalars : undefined);
    }),
  );
}

function anyRule(rules: readonly unknown[], values: readonly Scalar[] | undefined): boolean {
  return rules.some((rule) => {
    if (isObject(rule) && "exists" in rule) return rule.exists === (values !== undefined);
    return values?.some((value) => matchesRule(rule, value)) ?? false;
  });
}

function matchesRule(rule: unknown, value: Scalar): boolean {
  if (!isObject(rule)) return rule === value;
  const [[name, wanted] = ["", undefined]] = Object.entries(rule);
  if (name === "numeric") return isBetween(wanted as readonly unknown[], value);
  if (name === "anything-but") {
    if (isObject(wanted)) return isText(value) && !matchesRule(wanted, value);
    return !(Array.isArray(wanted) ? wanted : [wanted]).includes(value);
  }
  if (!isText(value)) return false;
  return TEXTS[name]!(value, wanted as string);
}

const TEXTS: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  prefix: (value, wanted) => value.startsWith(wanted),
  suffix: (value, wanted) => value.endsWith(wanted),
  wildcard: (value, wanted) => new Glob(wanted, { one: false, escapes: "all" }).matches(value),
  "equals-ignore-case": (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
  cidr: (value, wanted) => {
    const address = parseAddress(value);
    return address !== undefined && containsAddress(parseCidr(wanted)!, address);
  },
};

function isBetween(wanted: readonly unknown[], value: Scalar): boolean {
  if (typeof value !== "number") return false;
  for (let i = 0; i < wanted.length; i += 2)
    if (!COMPARE[wanted[i] as string]!(value, wanted[i + 1] as number)) return false;
  return true;
}

function valuesOf(attributes: Attributes, name: string): readonly Scalar[] | undefined {
  const attribute = attributes[name];
  if (!attribute || attribute.form === "binary") return undefined;
  const { type, value } = attribute;
  if (type === "Number") return [Number(value)];
  if (type !== "String.Array") return [value];
  const list = parseJson(value);
  return Array.isArray(list) ? (list as Scalar[]) : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
