import { type OneOrMany, textsOf, toList, type RawStatement } from "../iam/policy-document.ts";
import { isObject, STATEMENT_ELEMENTS } from "../iam/validate-policy.ts";
import { s3Error } from "./faults.ts";

const malformed = (message: string) => s3Error("MalformedPolicy", 400, message);

/**
 * Checks a policy of a bucket: its grammar, and that it speaks of S3 and of this bucket.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
 * @throws AwsError `MalformedPolicy`, in S3's words
 */
export function checkBucketPolicy(bucket: string, text: string): void {
  for (const statement of readStatements(text)) {
    const unknown = Object.keys(statement).find((name) => !STATEMENT_ELEMENTS.includes(name));
    if (unknown !== undefined) throw malformed(`Unknown field ${unknown}`);
    const { Effect: effect } = statement;
    if (effect === undefined) throw malformed("Missing required field Effect");
    if (effect !== "Allow" && effect !== "Deny")
      throw malformed(`Invalid effect: ${String(effect)}`);
    const principal = statement["Principal"] ?? statement["NotPrincipal"];
    if (principal === undefined) throw malformed("Missing required field Principal");
    if (!isPrincipal(principal)) throw malformed("Invalid principal in policy");
    const actions = textsOf(statement, "Action", "NotAction");
    if (actions.length === 0) throw malformed("Missing required field Action");
    if (!actions.every((action) => /^(?:\*|s3:[\w*?]+)$/i.test(String(action))))
      throw malformed("Policy has invalid action");
    const resources = textsOf(statement, "Resource", "NotResource");
    if (resources.length === 0) throw malformed("Missing required field Resource");
    if (!resources.every((resource) => isOf(bucket, String(resource))))
      throw malformed("Policy has invalid resource");
  }
}

function readStatements(text: string): readonly RawStatement[] {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    policy = undefined;
  }
  if (!isObject(policy))
    throw malformed("Policies must be valid JSON and the first byte must be '{'");
  const unknown = Object.keys(policy).find(
    (name) => !["Version", "Id", "Statement"].includes(name),
  );
  if (unknown !== undefined) throw malformed(`Unknown field ${unknown}`);
  if (!["2008-10-17", "2012-10-17", undefined].includes(policy["Version"] as string))
    throw malformed("The policy must contain a valid version string");
  if (policy["Statement"] === undefined) throw malformed("Missing required field Statement");
  const statements = toList(policy["Statement"]);
  if (statements.length === 0 || !statements.every(isObject))
    throw malformed("Could not parse the policy: Statement is empty!");
  return statements as readonly RawStatement[];
}

function isPrincipal(value: unknown): boolean {
  if (value === "*") return true;
  if (!isObject(value) || Object.keys(value).length === 0) return false;
  return Object.entries(value).every(
    ([kind, names]) =>
      ["AWS", "Service", "Federated", "CanonicalUser"].includes(kind) &&
      toList(names as OneOrMany<unknown>).every((name) => typeof name === "string" && name !== ""),
  );
}

/** The bucket itself, or what is in it. */
function isOf(bucket: string, resource: string): boolean {
  const [, name = ""] = /^arn:aws[\w-]*:s3:::([^/]+)(?:\/.*)?$/s.exec(resource) ?? [];
  return name === bucket;
}

/**
 * Whether a policy lets everybody in: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export function isPublicPolicy(text: string): boolean {
  const everybody = (principal: unknown) =>
    principal === "*" ||
    (isObject(principal) && toList(principal["AWS"] as OneOrMany<unknown>).includes("*"));
  return readStatements(text).some(
    ({ Effect: effect, Principal: principal, Condition: condition }) =>
      effect === "Allow" && everybody(principal) && condition === undefined,
  );
}
