import type { Scope } from "../../store/store.ts";
import { malformedPolicy } from "./faults.ts";
import { type OneOrMany, toList } from "./policy-document.ts";
import { isServicePrincipal } from "./service-principals.ts";
import { roles, users } from "./state.ts";
import { type RawStatement, readStatements } from "./validate-policy.ts";

const ACTIONS = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"].map(
  (action) => action.toLowerCase(),
);
const OTHER_STS_ACTIONS = ["sts:tagsession", "sts:setsourceidentity", "sts:setcontext"];

/**
 * Checks who may assume a role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
 * @throws AwsError `MalformedPolicyDocument`, in IAM's words
 */
export function checkTrustPolicy(scope: Scope, document: string): void {
  const statements = readStatements(document, () =>
    malformedPolicy("This policy contains invalid Json"),
  );
  for (const statement of statements) {
    for (const field of ["Resource", "NotResource"])
      if (statement[field] !== undefined) throw malformedPolicy(`Has prohibited field ${field}`);
    checkActions(statement);
    const principal = statement.Principal ?? statement.NotPrincipal;
    if (principal === undefined) throw malformedPolicy("Missing required field Principal");
    checkPrincipal(scope, principal);
  }
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
      if (!["Service", "AWS", "Federated", "CanonicalUser"].includes(kind))
        throw malformedPolicy(`Invalid principal in policy: "${kind}":"${name}"`);
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
