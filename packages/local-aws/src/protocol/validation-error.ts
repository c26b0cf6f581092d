import { AwsError } from "./aws-error.ts";
import type { ServiceModel, Constraints, Shape } from "./model.ts";
import type { ServiceId } from "./service-id.ts";
import type { Step, Violation, Rule } from "./violations.ts";

/**
 * The words of AWS's own validation framework, which most services answer with. Sources: answers of IAM, STS,
 * CloudWatch Logs, Cloud Map, DynamoDB and CodePipeline quoted in public bug reports.
 */
function frameworkError(code: string, violations: readonly Violation[]): AwsError {
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
function ruleText(rule: Rule): string {
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
function frameworkPath(path: readonly Step[]): string {
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

type Answer = (violations: readonly [Violation, ...Violation[]], model: ServiceModel) => AwsError;

function inFramework(code: string): Answer {
  return (violations) => frameworkError(code, violations);
}

/**
 * How each service answers an input that breaks its model.
 * The codes stand in each service's list of common errors, or in answers quoted in public bug reports; for codebuild,
 * codepipeline, codeconnections, resourcegroupstaggingapi and codedeploy the pairing of code and words is unverified.
 */
const ANSWERS: Readonly<Record<ServiceId, Answer>> = {
  ecs: toEcsError,
  elbv2: inFramework("ValidationError"),
  ec2: toEc2Error,
  iam: inFramework("ValidationError"),
  sts: inFramework("ValidationError"),
  logs: inFramework("InvalidParameterException"),
  ecr: toEcrError,
  s3: toS3Error,
  ssm: inFramework("ValidationException"),
  kms: inFramework("ValidationException"),
  secretsmanager: inFramework("ValidationException"),
  "application-autoscaling": inFramework("ValidationException"),
  cloudwatch: inFramework("ValidationError"),
  events: inFramework("ValidationException"),
  scheduler: inFramework("ValidationException"),
  servicediscovery: inFramework("InvalidInput"),
  autoscaling: inFramework("ValidationError"),
  codebuild: inFramework("InvalidInputException"),
  codepipeline: inFramework("ValidationException"),
  codeconnections: inFramework("ValidationException"),
  "codestar-connections": inFramework("ValidationException"),
  codedeploy: toCodeDeployError,
  sqs: toSqsError,
  sns: inFramework("ValidationError"),
  resourcegroupstaggingapi: inFramework("InvalidParameterException"),
};

/** The service's own answer to an input that breaks its model. */
export function validationError(
  model: ServiceModel,
  violations: readonly [Violation, ...Violation[]],
): AwsError {
  return ANSWERS[model.id](violations, model);
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * ECS has words of its own: `TaskDefinition can not be blank.` and `launch type should be one of [EC2,FARGATE,EXTERNAL]`
 * are quoted in public bug reports; what it says of a range is unverified.
 */
function toEcsError([{ member, rule, path }]: readonly [Violation, ...Violation[]]): AwsError {
  const code = "InvalidParameterException";
  if (rule.kind === "required")
    return new AwsError(code, `${upperFirst(member.name)} can not be blank.`);
  if (rule.kind === "enum") {
    const words = member.name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return new AwsError(code, `${words} should be one of [${rule.values.join(",")}]`);
  }
  return new AwsError(code, `${frameworkPath(path)} ${ruleText(rule)}`);
}

/** Quoted in public bug reports for patterns and lengths; unverified for the rest. */
function toEcrError([{ path, rule }]: readonly [Violation, ...Violation[]]): AwsError {
  const words =
    rule.kind === "pattern" ? `must satisfy regular expression '${rule.pattern}'` : ruleText(rule);
  const message = `Invalid parameter at '${frameworkPath(path)}' failed to satisfy constraint: '${words}'`;
  return new AwsError("InvalidParameterException", message);
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html; the words about a range are unverified. */
function toEc2Error([{ path, rule, value, part }]: readonly [Violation, ...Violation[]]): AwsError {
  const name = ec2Path(path);
  if (rule.kind === "required") {
    return new AwsError("MissingParameter", `The request must contain the parameter ${name}`);
  }
  const subject = `Value (${part === undefined || typeof value !== "object" ? String(value) : "…"}) for parameter ${name} is invalid.`;
  if (rule.kind === "enum") return new AwsError("InvalidParameterValue", subject);
  return new AwsError("InvalidParameterValue", `${subject} It ${ruleText(rule)}`);
}

function ec2Path(path: readonly Step[]): string {
  return path
    .map((step) =>
      typeof step === "number" ? String(step + 1) : typeof step === "string" ? step : step.ec2Name,
    )
    .join(".");
}

/** S3 tells an argument from a document: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function toS3Error([{ member, rule, value, path }]: readonly [
  Violation,
  ...Violation[],
]): AwsError {
  if (path.length > 1 || member.binding === "body" || member.binding === "payload") {
    const message =
      "The XML you provided was not well-formed or did not validate against our published schema";
    return new AwsError("MalformedXML", message);
  }
  if (member.name === "StorageClass") {
    const fields = { StorageClassRequested: String(value) };
    return new AwsError("InvalidStorageClass", "The storage class you specified is not valid", {
      fields,
    });
  }
  if (rule.kind === "required") {
    return new AwsError(
      "InvalidRequest",
      `Missing required header for this request: ${member.bindingName}`,
    );
  }
  const fields = { ArgumentName: member.bindingName, ArgumentValue: String(value) };
  return new AwsError("InvalidArgument", `Provided ${member.bindingName} is not valid`, { fields });
}

/** Quoted in public bug reports for what is missing; unverified for the rest. */
function toSqsError([{ member, rule, path }]: readonly [Violation, ...Violation[]]): AwsError {
  if (rule.kind === "required")
    return new AwsError(
      "MissingParameter",
      `The request must contain the parameter ${upperFirst(member.name)}.`,
    );
  // A word that SQS does not know as an attribute's name is told so.
  if (rule.kind === "enum" && member.name.startsWith("Attribute"))
    return new AwsError("InvalidAttributeName", "Unknown Attribute.");
  return new AwsError("InvalidParameterValue", `${frameworkPath(path)} ${ruleText(rule)}`);
}

/** CodeDeploy has an error for each parameter: `ApplicationNameRequiredException`, `InvalidApplicationNameException`. */
function toCodeDeployError(
  violations: readonly [Violation, ...Violation[]],
  model: ServiceModel,
): AwsError {
  const [{ member, rule }] = violations;
  const name = upperFirst(member.name);
  const code = rule.kind === "required" ? `${name}RequiredException` : `Invalid${name}Exception`;
  return frameworkError(model.error(code) === undefined ? "ValidationException" : code, violations);
}
