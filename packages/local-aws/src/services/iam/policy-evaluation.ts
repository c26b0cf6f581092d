import {
  conditionsHold,
  type RequestContext,
  withVariables,
  matchesPattern,
} from "./policy-conditions.ts";
import {
  type OneOrMany,
  type PolicyDocument,
  type PrincipalElement,
  type Statement,
  toList,
} from "./policy-document.ts";

/** What is asked of policies. */
export interface PolicyRequest {
  /** `ecr:GetAuthorizationToken`. */
  readonly action: string;
  /** An ARN, or `*` for an action that has no resource. */
  readonly resource: string;
  readonly context: RequestContext;
}

/** `explicitDeny` beats everything; `implicitDeny` is what no statement speaks of. */
export type Decision = "allowed" | "explicitDeny" | "implicitDeny";

/** IAM takes `null` in a list, and passes over it. */
const textsIn = (patterns: OneOrMany<string | null> | undefined) =>
  toList(patterns).filter((pattern) => pattern !== null);

const actionMatches = (patterns: OneOrMany<string> | undefined, action: string) =>
  textsIn(patterns).some((pattern) => matchesPattern(action.toLowerCase(), pattern.toLowerCase()));

function resourceMatches(
  patterns: OneOrMany<string> | undefined,
  { resource, context, variables }: PolicyRequest & { readonly variables: boolean },
): boolean {
  return textsIn(patterns).some((pattern) => {
    const meant = variables ? withVariables(pattern, context) : pattern;
    return meant !== undefined && matchesPattern(resource, meant);
  });
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html: older ones know no variables. */
const knowsVariables = ({ Version: version }: PolicyDocument) => version === "2012-10-17";

/** Whether a statement is about an action, on whatever resource. */
export function namesAction(statement: Statement, action: string): boolean {
  return statement.NotAction === undefined
    ? actionMatches(statement.Action, action)
    : !actionMatches(statement.NotAction, action);
}

function statementApplies(
  statement: Statement,
  request: PolicyRequest & { readonly variables: boolean },
): boolean {
  const action = namesAction(statement, request.action);
  if (!action) return false;
  const resource =
    statement.NotResource !== undefined
      ? !resourceMatches(statement.NotResource, request)
      : statement.Resource === undefined || resourceMatches(statement.Resource, request);
  return resource && conditionsHold(statement.Condition, request.context, request.variables);
}

/** The statements of a policy that speak of a request. */
export function applyingStatements(
  policy: PolicyDocument,
  request: PolicyRequest,
): readonly Statement[] {
  const asked = { ...request, variables: knowsVariables(policy) };
  return policy.Statement.filter((statement) => statementApplies(statement, asked));
}

function decide(policies: readonly PolicyDocument[], request: PolicyRequest): Decision {
  const applying = policies.flatMap((policy) => applyingStatements(policy, request));
  if (applying.some(({ Effect }) => Effect === "Deny")) return "explicitDeny";
  return applying.some(({ Effect }) => Effect === "Allow") ? "allowed" : "implicitDeny";
}

/**
 * What a principal's own policies say of a request.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluateIdentityPolicies(
  policies: readonly PolicyDocument[],
  request: PolicyRequest,
): Decision {
  return decide(policies, request);
}

/** Who makes a request, as a resource's policy may name it: by kind (`AWS`, `Service`), under each of its names. */
export interface RequestPrincipal {
  readonly kind: "AWS" | "Service" | "Federated";
  /** For `AWS`: the ARN, the ARN of its role, its account's root ARN, and the account id. */
  readonly names: readonly string[];
}

function principalMatches(element: PrincipalElement, principal: RequestPrincipal): boolean {
  if (element === "*") return true;
  return toList(element[principal.kind]).some(
    (name) => (name === "*" && principal.kind === "AWS") || principal.names.includes(name),
  );
}

/** What a resource's policy (a role's trust policy) says of a request by `principal`. */
export function evaluateResourcePolicy(
  policy: PolicyDocument,
  principal: RequestPrincipal,
  request: PolicyRequest,
): Decision {
  return decide([statementsFor(policy, principal)], request);
}

/** The part of a resource's policy that names somebody. */
export function statementsFor(policy: PolicyDocument, principal: RequestPrincipal): PolicyDocument {
  const Statement = policy.Statement.filter((statement) =>
    statement.NotPrincipal === undefined
      ? statement.Principal !== undefined && principalMatches(statement.Principal, principal)
      : !principalMatches(statement.NotPrincipal, principal),
  );
  return { ...policy, Statement };
}
