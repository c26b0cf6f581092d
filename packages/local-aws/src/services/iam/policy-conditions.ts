import { containsAddress, parseAddress, parseCidr } from "../../ground/cidr.ts";
import { Glob } from "../../patterns/glob.ts";
import { type ConditionBlock, type OneOrMany, toList } from "./policy-document.ts";

/** True where `text` matches a pattern in which `*` stands for any characters and `?` for one. */
export function matchesPattern(text: string, pattern: string): boolean {
  if (/[\u{e000}\u{e001}]/u.test(pattern)) return new Glob(pattern).matches(plainly(text));
  return /[*?]/.test(pattern) ? new Glob(pattern).matches(text) : text === pattern;
}

/** What is known of a request, by condition key (`aws:SourceAccount`, `ecs:cluster`). Keys' case does not count. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

/**
 * The condition keys that every request has.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion
 */
export function requestKeys(region: string, now: number): RequestContext {
  return {
    "aws:CurrentTime": new Date(now).toISOString(),
    "aws:EpochTime": String(Math.floor(now / 1000)),
    "aws:RequestedRegion": region,
    "aws:SecureTransport": "true",
  };
}

/** A service of AWS that takes on a role, and for what. */
export interface ServiceCall {
  /** Such as `ecs-tasks.amazonaws.com`. */
  readonly service: string;
  /** The resource for which the service acts. */
  readonly sourceArn: string;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * The condition keys of a service's call to take on a role: they say for whom it acts.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 * @param account 12 digits: the one for which the service acts
 */
export function serviceCallKeys(
  account: string,
  { service, sourceArn, region, now }: ServiceCall,
): RequestContext {
  return {
    ...requestKeys(region, now),
    "aws:SourceAccount": account,
    "aws:SourceArn": sourceArn,
    "aws:PrincipalIsAWSService": "true",
    "aws:PrincipalServiceName": service,
    "aws:PrincipalServiceNamesList": [service],
    "aws:PrincipalType": "Service",
  };
}

type Compare = (actual: string, wanted: string) => boolean;

const numeric =
  (compare: (actual: number, wanted: number) => boolean): Compare =>
  (actual, wanted) =>
    compare(Number(actual), Number(wanted));

const time = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));
const dated =
  (compare: (actual: number, wanted: number) => boolean): Compare =>
  (actual, wanted) =>
    compare(time(actual), time(wanted));

const inRange: Compare = (actual, wanted) => {
  const address = parseAddress(actual);
  const range = parseCidr(wanted.includes("/") ? wanted : `${wanted}/32`);
  return address !== undefined && range !== undefined && containsAddress(range, address);
};

/** Each of an ARN's first five parts is compared by itself, so that a wildcard does not run over a colon. */
const arnLike: Compare = (actual, wanted) => {
  const [mine, theirs] = [actual.split(":"), wanted.split(":")];
  const parts = [0, 1, 2, 3, 4].every((index) =>
    matchesPattern(mine[index] ?? "", theirs[index] ?? ""),
  );
  return parts && matchesPattern(mine.slice(5).join(":"), theirs.slice(5).join(":"));
};

const equals: Compare = (actual, wanted) => actual === wanted;
const equalsIgnoreCase: Compare = (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase();

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Readonly<Record<string, Compare>> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: equalsIgnoreCase,
  StringLike: matchesPattern,
  NumericEquals: numeric((actual, wanted) => actual === wanted),
  NumericLessThan: numeric((actual, wanted) => actual < wanted),
  NumericLessThanEquals: numeric((actual, wanted) => actual <= wanted),
  NumericGreaterThan: numeric((actual, wanted) => actual > wanted),
  NumericGreaterThanEquals: numeric((actual, wanted) => actual >= wanted),
  DateEquals: dated((actual, wanted) => actual === wanted),
  DateLessThan: dated((actual, wanted) => actual < wanted),
  DateLessThanEquals: dated((actual, wanted) => actual <= wanted),
  DateGreaterThan: dated((actual, wanted) => actual > wanted),
  DateGreaterThanEquals: dated((actual, wanted) => actual >= wanted),
  Bool: equalsIgnoreCase,
  BinaryEquals: equals,
  IpAddress: inRange,
  ArnEquals: arnLike,
  ArnLike: arnLike,
};

/** Operators that hold where the one they negate does not. */
const NEGATIONS: Readonly<Record<string, string>> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  NumericNotEquals: "NumericEquals",
  DateNotEquals: "DateEquals",
  NotIpAddress: "IpAddress",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
};

interface Operator {
  readonly set: "ForAnyValue" | "ForAllValues" | undefined;
  readonly name: string;
  readonly ifExists: boolean;
}

function parseOperator(text: string): Operator {
  const [, set, name = "", ifExists] =
    /^(?:(ForAnyValue|ForAllValues):)?(.*?)(IfExists)?$/.exec(text) ?? [];
  return { set: set as Operator["set"], name, ifExists: ifExists !== undefined };
}

/** True where `text` is a condition operator, with or without `ForAnyValue:` and `IfExists`. */
export function isConditionOperator(text: string): boolean {
  const { name } = parseOperator(text);
  return name === "Null" || Object.hasOwn(OPERATORS, name) || Object.hasOwn(NEGATIONS, name);
}

/** True where the operator compares dates. */
export function isDateCondition(text: string): boolean {
  return parseOperator(text).name.startsWith("Date");
}

function valuesOf(context: RequestContext, key: string): readonly string[] | undefined {
  const wanted = key.toLowerCase();
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === wanted);
  return found && toList(found[1]);
}

function operatorHolds(
  { set, name, ifExists }: Operator,
  actual: readonly string[] | undefined,
  wanted: readonly string[],
): boolean {
  if (name === "Null") return wanted.includes(String(actual === undefined));
  const negated = NEGATIONS[name];
  const compare = OPERATORS[negated ?? name];
  if (!compare) return false;
  if (actual === undefined || actual.length === 0)
    return ifExists || set === "ForAllValues" || (negated !== undefined && set === undefined);
  const matches = (value: string) => {
    const any = wanted.some((candidate) => compare(value, candidate));
    return negated === undefined ? any : !any;
  };
  return set === "ForAllValues" || (set === undefined && negated !== undefined)
    ? actual.every(matches)
    : actual.some(matches);
}

/** Stand for `${*}` and `${?}`, which mean the characters themselves: no request can have these. */
const PLAIN: Readonly<Record<string, string>> = { "*": "\u{e000}", "?": "\u{e001}", $: "$" };
const plainly = (text: string) => text.replace(/[*?]/g, (one) => PLAIN[one]!);
const asWritten = (text: string) => text.replaceAll("\u{e000}", "*").replaceAll("\u{e001}", "?");

/**
 * `${aws:username}` and the like, put in from the request's context, or what stands beside it as `${aws:username, 'nobody'}`;
 * undefined where there is neither: then nothing matches.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function withVariables(text: string, context: RequestContext): string | undefined {
  let known = true;
  const meant = text.replace(/\$\{([^}]+)\}/g, (_whole, inside: string) => {
    const plain = PLAIN[inside];
    if (plain !== undefined) return plain;
    const [, name = "", otherwise] = /^([^,]*?)\s*(?:,\s*'([^']*)')?$/.exec(inside.trim()) ?? [];
    const [value = otherwise, second] = valuesOf(context, name) ?? [];
    if (value === undefined || second !== undefined) known = false;
    return plainly(value ?? "");
  });
  return known ? meant : undefined;
}

/** True where every operator and key of a statement's Condition holds for the request. */
export function conditionsHold(
  block: ConditionBlock | undefined,
  context: RequestContext,
  variables = true,
): boolean {
  const wantedValues = (
    { name }: Operator,
    wanted: OneOrMany<string | number | boolean>,
  ): readonly string[] => {
    const texts = toList(wanted).map(String);
    if (!variables) return texts;
    const meant = texts
      .map((text) => withVariables(text, context))
      .filter((text) => text !== undefined);
    return /Like|Arn/.test(name) ? meant : meant.map(asWritten);
  };
  return Object.entries(block ?? {}).every(([text, keys]) => {
    const operator = parseOperator(text);
    return Object.entries(keys).every(([key, wanted]) =>
      operatorHolds(operator, valuesOf(context, key), wantedValues(operator, wanted)),
    );
  });
}
