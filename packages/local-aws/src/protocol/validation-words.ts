import { AwsError } from "./aws-error.ts";
import type { Constraints, Shape } from "./model.ts";
import type { Rule, Step, Violation } from "./violations.ts";

/**
 * The words of AWS's own validation framework, which most services answer with. Sources: answers of IAM, STS,
 * CloudWatch Logs, Cloud Map, DynamoDB and CodePipeline quoted in public bug reports.
 */
export function frameworkError(code: string, violations: readonly Violation[]): AwsError {
  const told = distinct(violations.map(frameworkText));
  const count = `${told.length} validation error${told.length === 1 ? "" : "s"} detected`;
  return new AwsError(code, `${count}: ${told.join("; ")}`);
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function frameworkText(violation: Violation): string {
  const { path, part, member, shape, rule } = violation;
  const shown = part === undefined ? violation.value : violation.container;
  const value = member.sensitive ? "Value" : `Value ${formatValue(shown)}`;
  return `${value} at '${frameworkPath(path)}' failed to satisfy constraint: ${framed(part, shape, rule)}`;
}

/** Inside a list or map all constraints of its items are told, not only the one that is broken. */
function framed(part: Violation["part"], shape: Shape, rule: Rule): string {
  if (part === undefined) return `Member ${ruleText(rule)}`;
  const all = `[${rulesOf(shape)
    .map((each) => `Member ${ruleText(each)}`)
    .join(", ")}]`;
  if (part === "item") return `Member must satisfy constraint: ${all}`;
  return `${part === "key" ? "Map keys" : "Map value"} must satisfy constraint: ${all}`;
}

function rulesOf(shape: Shape): Rule[] {
  const { enum: values, min, max, pattern } = shape as Constraints;
  const noun =
    shape.kind === "string" || shape.kind === "blob" || shape.kind === "list" ? "Length" : "Value";
  const rules: Rule[] = [];
  if (max !== undefined) rules.push({ kind: `max${noun}`, limit: max });
  if (min !== undefined) rules.push({ kind: `min${noun}`, limit: min });
  if (pattern !== undefined) rules.push({ kind: "pattern", pattern });
  if (values !== undefined) rules.push({ kind: "enum", values });
  return rules;
}

/** A rule in words, without the subject `Member`. */
export function ruleText(rule: Rule): string {
  switch (rule.kind) {
    case "required":
      return "must not be null";
    case "enum":
      return `must satisfy enum value set: [${rule.values.join(", ")}]`;
    case "minLength":
      return `must have length greater than or equal to ${rule.limit}`;
    case "maxLength":
      return `must have length less than or equal to ${rule.limit}`;
    case "minValue":
      return `must have value greater than or equal to ${rule.limit}`;
    case "maxValue":
      return `must have value less than or equal to ${rule.limit}`;
    case "pattern":
      return `must satisfy regular expression pattern: ${rule.pattern}`;
  }
}

/** Members in lower camel case, list items as `1.member`: `tags.1.member.key`. */
export function frameworkPath(path: readonly Step[]): string {
  return path
    .map((step) => {
      if (typeof step === "number") return `${step + 1}.member`;
      return typeof step === "string"
        ? `${step}.member`
        : step.name.charAt(0).toLowerCase() + step.name.slice(1);
    })
    .join(".");
}

/** So much of a value is shown; of a long list no more is looked at. */
const MAX_SHOWN = 1_024;

function formatValue(value: unknown): string {
  if (value === undefined) return "null";
  const text = formatJava(value, MAX_SHOWN);
  return `'${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text}'`;
}

/** A value as Java's `toString` has it: at least its first `wanted` characters. */
function formatJava(value: unknown, wanted: number): string {
  if (Array.isArray(value)) return `[${joined(value, wanted, formatJava)}]`;
  if (value instanceof Uint8Array)
    return `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`;
  if (value instanceof Date) return value.toUTCString();
  if (typeof value !== "object" || value === null) return String(value);
  const formatEntry = ([key, inner]: [string, unknown], left: number) =>
    `${key}=${formatJava(inner, left)}`;
  return `{${joined(Object.entries(value), wanted, formatEntry)}}`;
}

function joined<T>(
  items: readonly T[],
  wanted: number,
  format: (item: T, wanted: number) => string,
): string {
  let text = "";
  for (const [index, item] of items.entries()) {
    if (text.length > wanted) break;
    text += `${index === 0 ? "" : ", "}${format(item, wanted - text.length)}`;
  }
  return text;
}
