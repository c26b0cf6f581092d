import { malformedPolicy } from "./faults.ts";
import { isConditionOperator, isDateCondition } from "./policy-conditions.ts";
import { type RawStatement, textsOf, toList } from "./policy-document.ts";

export const TOP_ELEMENTS = ["Version", "Id", "Statement"];
export const STATEMENT_ELEMENTS = [
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
export const VERSIONS = ["2008-10-17", "2012-10-17"];

/** Limits without white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_MANAGED_SIZE = 6144;

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** IAM passes over what is null in a list. */
const isTextOrTexts = (value: unknown) =>
  typeof value === "string" ||
  (Array.isArray(value) && value.every((item) => typeof item === "string" || item === null));

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
  if (policy.Id !== undefined && typeof policy.Id !== "string") throw fail();
  const statements = toList(policy.Statement);
  if (statements.length === 0 || !statements.every(isStatement)) throw fail();
  return statements as readonly RawStatement[];
}

function isStatement(value: unknown): value is RawStatement {
  if (!isObject(value)) return false;
  const texts = ["Action", "NotAction", "Resource", "NotResource"];
  return (
    Object.keys(value).every((key) => STATEMENT_ELEMENTS.includes(key)) &&
    /^(?:allow|deny)$/i.test(String(value.Effect)) &&
    (value.Sid === undefined || typeof value.Sid === "string") &&
    texts.every((key) => value[key] === undefined || isTextOrTexts(value[key])) &&
    !(value.Action !== undefined && value.NotAction !== undefined) &&
    !(value.Resource !== undefined && value.NotResource !== undefined) &&
    (value.Condition === undefined || isConditionBlock(value.Condition))
  );
}

/** An operator that there is not is passed over where it has no keys. */
export function isConditionBlock(value: unknown): boolean {
  const isValue = (item: unknown) => ["string", "number", "boolean"].includes(typeof item);
  return (
    isObject(value) &&
    Object.entries(value).every(
      ([operator, keys]) =>
        isObject(keys) &&
        (isConditionOperator(operator) || Object.keys(keys).length === 0) &&
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

/**
 * Checks a policy that is attached to a role or a user. Where several things are wrong IAM tells the first of this order.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 * @throws AwsError `MalformedPolicyDocument`, in IAM's words
 */
export function checkIdentityPolicy(document: string): void {
  const statements = readStatements(document, () => malformedPolicy("Syntax errors in policy."));
  const { Version: version } = JSON.parse(document) as { Version?: string };
  if (version !== "2012-10-17")
    throw malformedPolicy("Policy document must be version 2012-10-17 or greater.");
  const legacy = (holds: boolean) => {
    if (!holds) throw malformedPolicy("The policy failed legacy parsing");
  };
  for (const { Effect, Condition } of statements)
    legacy((Effect === "Allow" || Effect === "Deny") && hasDates(Condition));
  const resourceFault = checkResources(statements, (resources) =>
    legacy(resources.every(isParsedByLegacy)),
  );
  const sids = statements.map(({ Sid }) => Sid).filter((sid) => sid !== undefined && sid !== "");
  if (new Set(sids).size < sids.length)
    throw malformedPolicy("Statement IDs (SID) in a single policy must be unique.");
  if (statements.some(({ Principal, NotPrincipal }) => (Principal ?? NotPrincipal) !== undefined))
    throw malformedPolicy("Policy document should not specify a principal.");
  const actions = statements.map((each) => textsOf(each, "Action", "NotAction"));
  if (actions.some((each) => each.length === 0))
    throw malformedPolicy("Policy statement must contain actions.");
  if (resourceFault !== undefined) throw malformedPolicy(resourceFault);
  actions.flat().forEach(checkAction);
  if (statements.some((each) => textsOf(each, "Resource", "NotResource").length === 0))
    throw malformedPolicy("Policy statement must contain resources.");
}

/** Whether what is compared with dates is one: https://www.w3.org/TR/NOTE-datetime, or seconds since 1970. */
function hasDates(condition: unknown): boolean {
  const blocks = Object.entries((condition ?? {}) as Record<string, Record<string, unknown>>);
  return blocks
    .filter(([operator]) => isDateCondition(operator))
    .flatMap(([, keys]) => Object.values(keys).flatMap((value) => toList(value)))
    .every((value) => isDate(String(value)));
}

const DATE =
  /^-?\d{1,9}(?:-(?:0?[1-9]|1[0-2])(?:-(?:0?[1-9]|[12]\d|3[01]))?)?(?:t(?:(?:[01]?\d|2[0-3])(?::[0-5]?\d(?::[0-5]?\d(?:\.\d{1,9})?(?:z|\+(?:[01]\d|2[0-3])(?::[0-5]\d)?)?)?)?)?)?$/;

function isDate(text: string): boolean {
  if (/[t-]/i.test(text)) return DATE.test(text.toLowerCase());
  return /^\d{1,19}$/.test(text) && BigInt(text) <= 9_223_372_036_854_775_807n;
}

/** Checks the size of a managed policy. */
export function isTooLong(document: string): boolean {
  return document.replace(/\s/g, "").length > MAX_MANAGED_SIZE;
}

/** How the paths of IAM's own resources begin. */
const IAM_PATHS = [
  "user/",
  "federated-user/",
  "role/",
  "group/",
  "instance-profile/",
  "mfa/",
  "server-certificate/",
  "policy/",
  "sms-mfa/",
  "saml-provider/",
  "oidc-provider/",
  "report/",
  "access-report/",
];
const PARTITION = /^(?:aws(?:-cn|-us-gov|-iso|-iso-[bef]|-eusc)?|\*)$/;

/**
 * What is wrong with the resources that statements name, in IAM's words; undefined where nothing is. Of several faults IAM
 * tells the last it meets, and goes through a list backwards.
 * @param parse is given the resources of each statement up to the first fault
 */
function checkResources(
  statements: readonly RawStatement[],
  parse: (resources: readonly string[]) => void,
): string | undefined {
  let fault: string | undefined;
  for (const statement of statements) {
    const resources = textsOf(statement, "Resource", "NotResource");
    for (const resource of resources.toSorted().reverse()) fault = faultOf(resource) ?? fault;
    if (fault === undefined) parse(resources);
  }
  return fault;
}

function faultOf(resource: string): string | undefined {
  if (resource === "*") return undefined;
  if (!resource.includes(":")) return `Resource ${resource} must be in ARN format or "*".`;
  // IAM does not look at what stands in the place of `arn`.
  const [, partition = "", ...rest] = resource.split(":");
  if (!PARTITION.test(partition)) {
    const [service = "*", region = "*", account = "*", ...path] = rest;
    const named = rest.length === 1 && service === "" ? "*" : service;
    const id = path.length > 0 ? path.join(":") : "*";
    return `Partition "${partition}" is not valid for resource "arn:${partition}:${named}:${region}:${account}:${id}".`;
  }
  const [service, region, , ...path] = rest;
  if (service === undefined)
    return "Resource vendor must be fully qualified and cannot contain regexes.";
  return faultOfService(resource, service, region ?? "", path.join(":"));
}

function faultOfService(
  resource: string,
  service: string,
  region: string,
  path: string,
): string | undefined {
  if (service === "iam" && region !== "")
    return `IAM resource ${resource} cannot contain region information.`;
  if (service === "s3" && region !== "" && !path.startsWith("accesspoint/"))
    return `Resource ${resource} can not contain region information.`;
  const isIamPath = path === "*" || IAM_PATHS.some((start) => path.startsWith(start));
  if (service === "iam" && !isIamPath)
    return `IAM resource path must either be "*" or start with ${IAM_PATHS.join(", ")}.`;
  return undefined;
}

/** Whether the parser that IAM had first takes the resource. */
function isParsedByLegacy(resource: string): boolean {
  if (resource === "*") return true;
  const parts = resource.split(":");
  return (parts.length > 5 || !resource.includes("::")) && parts[2] !== "";
}
