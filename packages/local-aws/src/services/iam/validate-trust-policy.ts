import type { Scope } from "../../store/store.ts";
import { malformedPolicy } from "./faults.ts";
import { type OneOrMany, type RawStatement, toList } from "./policy-document.ts";
import { isServicePrincipal } from "./service-principals.ts";
import { roles, users } from "./state.ts";
import {
  isConditionBlock,
  isObject,
  STATEMENT_ELEMENTS,
  TOP_ELEMENTS,
  VERSIONS,
} from "./validate-policy.ts";
import { type JsonPath, valuePosition } from "./value-position.ts";

const ACTIONS = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"].map(
  (action) => action.toLowerCase(),
);
const PRINCIPALS = ["Service", "AWS", "Federated", "CanonicalUser"];
const OTHER_STS_ACTIONS = ["sts:tagsession", "sts:setsourceidentity", "sts:setcontext"];

/**
 * Checks who may assume a role. IAM reads the document element by element, and tells where it stopped.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
 * @throws AwsError `MalformedPolicyDocument`, in IAM's words
 */
export function checkTrustPolicy(scope: Scope, document: string): void {
  for (const statement of readTrustStatements(document)) {
    for (const field of ["Resource", "NotResource"])
      if (statement[field] !== undefined) throw malformedPolicy(`Has prohibited field ${field}`);
    if (statement.Effect === undefined) throw malformedPolicy("Missing required field Effect");
    checkActions(statement);
    const principal = statement.Principal ?? statement.NotPrincipal;
    if (principal === undefined) throw malformedPolicy("Missing required field Principal");
    checkPrincipal(scope, principal);
  }
}

function readTrustStatements(document: string): readonly RawStatement[] {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    throw malformedPolicy("This policy contains invalid Json");
  }
  if (!isObject(policy)) throw malformedPolicy("This policy contains invalid Json");
  const fail = (...path: JsonPath) =>
    malformedPolicy(`Syntax error at position ${valuePosition(document, path)}`);
  for (const [name, value] of Object.entries(policy)) {
    const isText = name === "Statement" || typeof value === "string";
    if (!TOP_ELEMENTS.includes(name) || !isText) throw fail(name);
    if (name === "Version" && !VERSIONS.includes(value as string)) throw fail(name);
  }
  if (policy["Statement"] === undefined) throw fail("Statement");
  const isList = Array.isArray(policy["Statement"]);
  const statements = toList(policy["Statement"]);
  if (statements.length === 0)
    throw malformedPolicy("Could not parse the policy: Statement is empty!");
  for (const [index, statement] of statements.entries()) {
    const place = isList ? ["Statement", index] : ["Statement"];
    if (!isObject(statement)) throw fail(...place);
    const wrong = Object.keys(statement).find((name) => !isElement(name, statement[name]));
    if (wrong !== undefined) throw fail(...place, ...wrongIn(wrong, statement[wrong]));
  }
  return statements as readonly RawStatement[];
}

function isElement(name: string, value: unknown): boolean {
  if (!STATEMENT_ELEMENTS.includes(name)) return false;
  if (name === "Effect") return value === "Allow" || value === "Deny";
  if (name === "Sid") return typeof value === "string";
  if (name === "Condition") return isConditionBlock(value);
  const isTexts = toList(value).every((text) => typeof text === "string");
  if (!name.endsWith("Principal")) return isTexts;
  return isObject(value)
    ? Object.entries(value).every(
        ([kind, names]) =>
          PRINCIPALS.includes(kind) && toList(names).every((text) => typeof text === "string"),
      )
    : typeof value === "string";
}

/** The way to what is wrong of an element: a kind of principal that there is not, or the element. */
function wrongIn(name: string, value: unknown): JsonPath {
  const kind = name.endsWith("Principal") && isObject(value) ? Object.keys(value) : [];
  const wrong = kind.find((each) => !PRINCIPALS.includes(each));
  return wrong === undefined ? [name] : [name, wrong];
}

function checkActions(statement: RawStatement): void {
  const actions = toList(
    (statement.Action ?? statement.NotAction) as OneOrMany<string> | undefined,
  );
  if (actions.length === 0) throw malformedPolicy("Missing required field Action");
  for (const action of actions.map((text) => text.toLowerCase()))
    if (![...ACTIONS, ...OTHER_STS_ACTIONS, "sts:*", "*"].includes(action))
      throw malformedPolicy("AssumeRole policy may only specify STS AssumeRole actions.");
}

const invalidPrincipal = (kind: string, name: string) =>
  malformedPolicy(`Invalid principal in policy: "${kind.toUpperCase()}":"${name}"`);

function checkPrincipal(scope: Scope, element: unknown): void {
  if (element === "*") return;
  if (typeof element !== "object" || element === null || Array.isArray(element))
    throw malformedPolicy(`Invalid principal in policy: "STAR":"${String(element)}"`);
  for (const [kind, names] of Object.entries(element as Record<string, OneOrMany<string>>))
    for (const name of toList(names)) {
      if (kind === "Service" && !isServicePrincipal(name)) throw invalidPrincipal(kind, name);
      if (kind === "AWS" && !isAwsPrincipal(scope, name)) throw invalidPrincipal(kind, name);
    }
}

/** An account, its root, or somebody in it. Of other accounts nobody can tell who is there. */
function isAwsPrincipal(scope: Scope, name: string): boolean {
  if (name === "*" || /^\d{12}$/.test(name)) return true;
  const [, account, kind, rest = ""] =
    /^arn:aws:(?:iam|sts)::(\d{12}):(root|user|role|assumed-role)(?:\/(.+))?$/.exec(name) ?? [];
  if (account === undefined) return false;
  if (account !== scope.account || kind === "root" || kind === "assumed-role") return true;
  const entity = rest.slice(rest.lastIndexOf("/") + 1);
  if (kind === "role") return scope.of(roles).get(entity)?.arn === name;
  // Users that a workspace's keys stand for are not stored.
  return scope.of(users).get(entity)?.arn === name || entity === "workbook";
}
