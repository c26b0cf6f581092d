import type * as Sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { unsupported } from "../kit/faults.ts";
import { validationError } from "./faults.ts";

/** A checked condition, as the API answers it: every field has its own config. */
export type Condition = Readonly<Record<string, unknown>> & { readonly Field: string };

const LONGEST_VALUE = 128;
const LONGEST_METHOD = 40;
const MOST_VALUES = 5;
const MOST_WILDCARDS = 5;
/** Fields that a rule can have once only. */
const ONCE = ["host-header", "http-request-method", "path-pattern", "source-ip"];

/**
 * Checks the conditions of a rule.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 * @throws AwsError ValidationError, NotImplemented
 */
export function checkedConditions(conditions: readonly Sdk.RuleCondition[]): Condition[] {
  if (conditions.length === 0) throw validationError("A condition must be specified");
  const checked = conditions.map(checkedCondition);
  for (const field of ONCE)
    if (checked.filter(({ Field }) => Field === field).length > 1)
      throw validationError(`A rule can only have one '${field}' condition`);
  const values = checked.flatMap(valuesOf);
  if (values.length > MOST_VALUES)
    throw validationError(`A rule can only have '${MOST_VALUES}' condition values`);
  const wildcards = values.join("").replace(/[^*?]/g, "").length;
  if (wildcards > MOST_WILDCARDS)
    throw validationError(`A rule can only have '${MOST_WILDCARDS}' condition wildcards`);
  return checked;
}

/** Every value of a condition, as text; keys of query strings are no values of their own. */
function valuesOf(condition: Condition): string[] {
  const config = Object.entries(condition).find(([name]) => name.endsWith("Config"))?.[1] as {
    Values: readonly (string | { Value: string })[];
  };
  return config.Values.map((value) => (typeof value === "string" ? value : value.Value));
}

function checkedCondition(condition: Sdk.RuleCondition): Condition {
  if (condition.RegexValues?.length) throw unsupported("regular expressions in rule conditions");
  switch (condition.Field) {
    case "host-header":
      return patterns("host-header", "HostHeaderConfig", condition, condition.HostHeaderConfig);
    case "path-pattern":
      return patterns("path-pattern", "PathPatternConfig", condition, condition.PathPatternConfig);
    case "http-header":
      return httpHeader(condition.HttpHeaderConfig);
    case "http-request-method":
      return httpMethod(condition.HttpRequestMethodConfig);
    case "query-string":
      return queryString(condition.QueryStringConfig);
    case "source-ip":
      return sourceIp(condition.SourceIpConfig);
    default:
      throw validationError(
        `Condition field '${condition.Field}' must be one of '[path-pattern, host-header, http-header, http-request-method, query-string, source-ip]'`,
      );
  }
}

interface Values {
  Values?: string[] | undefined;
  RegexValues?: string[] | undefined;
}

function patterns(
  field: "host-header" | "path-pattern",
  member: string,
  { Values: plain }: Sdk.RuleCondition,
  config: Values | undefined,
): Condition {
  if (config?.RegexValues?.length) throw unsupported("regular expressions in rule conditions");
  if (plain?.length && config)
    throw validationError(
      `You cannot provide both Values and '${member}' for a condition of type '${field}'`,
    );
  const values = config?.Values ?? plain ?? [];
  checkValues(field, values);
  const allowed =
    field === "host-header" ? /^[A-Za-z0-9\-.*?:]+$/ : /^[A-Za-z0-9_\-.$/~"'@:+&()!,;=%*?]+$/;
  checkCharacters(values, allowed);
  return { Field: field, Values: values, [member]: { Values: values } };
}

function checkValues(field: string, values: readonly string[], longest = LONGEST_VALUE): void {
  if (values.length === 0) throw validationError("A condition value must be specified");
  for (const value of values) {
    if (value.length === 0) throw validationError("A condition value must be specified");
    if (value.length > longest)
      throw validationError(`The '${field}' value is too long; the limit is '${longest}'`);
  }
}

/** (seen) as the sentence that the service says of a path. */
function checkCharacters(values: readonly string[], allowed: RegExp): void {
  for (const value of values)
    if (!allowed.test(value))
      throw validationError(`Condition value '${value}' contains a character that is not valid`);
}

function httpHeader(config: Sdk.HttpHeaderConditionConfig | undefined): Condition {
  if (!config) throw validationError("A 'HttpHeaderConfig' must be specified with 'http-header'");
  if (config.RegexValues?.length) throw unsupported("regular expressions in rule conditions");
  const name = config.HttpHeaderName ?? "";
  if (name.length === 0) throw validationError("A 'HttpHeaderName' must be specified");
  if (name.length > 40)
    throw validationError("The 'HttpHeaderName' value is too long; the limit is '40'");
  // RFC 9110, 5.1: a field's name is a token.
  checkCharacters([name], /^[\w!#$%&'*+.^`|~-]+$/);
  if (/^host$/i.test(name))
    throw validationError("Use a 'host-header' condition to match the host header");
  const values = config.Values ?? [];
  checkValues("http-header", values);
  // RFC 9110, 5.5: visible characters and blanks.
  checkCharacters(values, /^[\t\x20-\x7e\x80-\xff]+$/);
  return { Field: "http-header", HttpHeaderConfig: { HttpHeaderName: name, Values: values } };
}

function httpMethod(config: Sdk.HttpRequestMethodConditionConfig | undefined): Condition {
  if (!config)
    throw validationError(
      "A 'HttpRequestMethodConfig' must be specified with 'http-request-method'",
    );
  const values = config.Values ?? [];
  checkValues("http-request-method", values, LONGEST_METHOD);
  checkCharacters(values, /^[A-Z_-]+$/);
  return { Field: "http-request-method", HttpRequestMethodConfig: { Values: values } };
}

function queryString(config: Sdk.QueryStringConditionConfig | undefined): Condition {
  if (!config) throw validationError("A 'QueryStringConfig' must be specified with 'query-string'");
  const values = config.Values ?? [];
  if (values.length === 0) throw validationError("A condition value must be specified");
  for (const { Key, Value } of values) {
    if (!Value) throw validationError("A 'Value' must be specified in 'QueryStringKeyValuePair'");
    for (const [name, text] of [
      ["Key", Key ?? ""],
      ["Value", Value],
    ] as const)
      if (text.length > LONGEST_VALUE)
        throw validationError(`The '${name}' value is too long; the limit is '${LONGEST_VALUE}'`);
  }
  const pairs = values.map(({ Key, Value }) => (Key === undefined ? { Value } : { Key, Value }));
  return { Field: "query-string", QueryStringConfig: { Values: pairs } };
}

function sourceIp(config: Sdk.SourceIpConditionConfig | undefined): Condition {
  if (!config) throw validationError("A 'SourceIpConfig' must be specified with 'source-ip'");
  const values = config.Values ?? [];
  if (values.length === 0) throw validationError("A 'source-ip' value must be specified");
  for (const value of values)
    if (!isCidr(value))
      throw validationError(`The 'source-ip' value '${value}' is not a valid CIDR block`);
  return { Field: "source-ip", SourceIpConfig: { Values: values } };
}

function isCidr(value: string): boolean {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(value);
  if (v4) return v4.slice(1, 5).every((part) => Number(part) <= 255) && Number(v4[5]) <= 32;
  const v6 = /^([0-9a-f:.]+)\/(\d{1,3})$/i.exec(value);
  return v6 !== null && v6[1]!.includes(":") && Number(v6[2]) <= 128;
}
