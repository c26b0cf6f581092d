import { malformedPolicy } from "./faults.ts";
import { isConditionOperator } from "./policy-conditions.ts";
import { toList } from "./policy-document.ts";

/** A policy before anything is known of its shape. */
export type RawStatement = Readonly<Record<string, unknown>>;

const TOP_ELEMENTS = ["Version", "Id", "Statement"];
const STATEMENT_ELEMENTS = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];
const VERSIONS = ["2008-10-17", "2012-10-17"];

/** Limits without white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_MANAGED_SIZE = 6144;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isTextOrTexts = (value: unknown) =>
  typeof value === "string" ||
  (Array.isArray(value) && value.every((item) => typeof item === "string"));

/** The statements of a policy whose grammar is in order. `fail` words a fault of grammar. */
export function readStatements(document: string, fail: () => Error): readonly RawStatement[] {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    throw fail();
  }
  if (!isObject(policy) || !Object.keys(policy).every((key) => TOP_ELEMENTS.includes(key)))
    throw fail();
  if (policy.Version !== undefined && !VERSIONS.includes(policy.Version as string)) throw fail();
  const statements = toList(policy.Statement);
  if (statements.length === 0 || !statements.every(isStatement)) throw fail();
  return statements as readonly RawStatement[];
}

function isStatement(value: unknown): value is RawStatement {
  if (!isObject(value)) return false;
  const texts = ["Action", "NotAction", "Resource", "NotResource"];
  return (
    Object.keys(value).every((key) => STATEMENT_ELEMENTS.includes(key)) &&
    (value.Effect === "Allow" || value.Effect === "Deny") &&
    (value.Sid === undefined || typeof value.Sid === "string") &&
    texts.every((key) => value[key] === undefined || isTextOrTexts(value[key])) &&
    !(value.Action !== undefined && value.NotAction !== undefined) &&
    !(value.Resource !== undefined && value.NotResource !== undefined) &&
    (value.Condition === undefined || isConditionBlock(value.Condition))
  );
}

function isConditionBlock(value: unknown): boolean {
  const isValue = (item: unknown) => ["string", "number", "boolean"].includes(typeof item);
  return (
    isObject(value) &&
    Object.entries(value).every(
      ([operator, keys]) =>
        isConditionOperator(operator) &&
        isObject(keys) &&
        Object.values(keys).every((wanted) => toList(wanted).every(isValue)),
    )
  );
}

function checkAction(action: string): void {
  if (action === "*") return;
  const [vendor = "", ...rest] = action.split(":");
  if (rest.length === 0)
    throw malformedPolicy(
      "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    );
  if (rest.length > 1) throw malformedPolicy("Actions/Condition can contain only one colon.");
  if (/[^a-zA-Z0-9\-.]/.test(vendor)) throw malformedPolicy(`Vendor ${vendor} is not valid`);
}

function checkResource(resource: string): void {
  if (resource === "*") return;
  if (!resource.includes(":"))
    throw malformedPolicy(`Resource ${resource} must be in ARN format or "*".`);
  const [arn, partition = "", vendor = "", ...rest] = resource.split(":");
  if (arn !== "arn" && arn !== "*")
    throw malformedPolicy(`Resource ${resource} must be in ARN format or "*".`);
  if (!/^(aws(-cn|-us-gov)?|\*)$/.test(partition))
    throw malformedPolicy(
      `Partition "${partition}" is not valid for resource "${["arn", partition, vendor, ...rest].join(":")}".`,
    );
  if (rest.length < 3) throw malformedPolicy("The policy failed legacy parsing");
  if (vendor === "iam" && rest[0] !== "" && rest[0] !== "*")
    throw malformedPolicy(`IAM resource ${resource} cannot contain region information.`);
}

/**
 * Checks a policy that is attached to a role or a user.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 * @throws AwsError `MalformedPolicyDocument`, in IAM's words
 */
export function checkIdentityPolicy(document: string): void {
  const statements = readStatements(document, () => malformedPolicy("Syntax errors in policy."));
  const { Version: version } = JSON.parse(document) as { Version?: string };
  if (version !== "2012-10-17")
    throw malformedPolicy("Policy document must be version 2012-10-17 or greater.");
  const sids = statements.map(({ Sid }) => Sid).filter((sid) => sid !== undefined && sid !== "");
  if (new Set(sids).size < sids.length)
    throw malformedPolicy("Statement IDs (SID) in a single policy must be unique.");
  for (const statement of statements) {
    if (statement.Principal !== undefined || statement.NotPrincipal !== undefined)
      throw malformedPolicy("Policy document should not specify a principal.");
    const actions = toList((statement.Action ?? statement.NotAction) as string | string[]);
    if (actions.length === 0) throw malformedPolicy("Policy statement must contain actions.");
    actions.forEach(checkAction);
    const resources = toList((statement.Resource ?? statement.NotResource) as string | string[]);
    if (resources.length === 0) throw malformedPolicy("Policy statement must contain resources.");
    resources.forEach(checkResource);
  }
}

/** Checks the size of a managed policy. */
export function isTooLong(document: string): boolean {
  return document.replace(/\s/g, "").length > MAX_MANAGED_SIZE;
}
