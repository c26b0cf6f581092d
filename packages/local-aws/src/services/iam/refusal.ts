import { parsePolicy } from "./policy-document.ts";
import {
  evaluateIdentityPolicies,
  evaluateResourcePolicy,
  type Decision,
  type PolicyRequest,
} from "./policy-evaluation.ts";
import { parseArn } from "../../ground/arn.ts";

/** The policies that have a say in what a role may do, as JSON documents. */
export interface RolePolicies {
  /** Inline and attached ones. */
  readonly identity: readonly string[];
  /** The permissions boundary's document, where the role has one. */
  readonly boundary?: string | undefined;
  /** The policy of what is asked for (an ECR repository's), where it has one. */
  readonly resource?: string | undefined;
  /** The policy of the VPC endpoint that the request goes through, where it does. */
  readonly endpoint?: string | undefined;
}

/** The kinds of policies that have a say in what a role may do that a service takes on. */
type ByRole =
  | "identity-based policy"
  | "permissions boundary"
  | "resource-based policy"
  | "VPC endpoint policy";

/** Which kind of policy refuses a request, and whether a statement of it says so in words. */
export interface Refusal<By extends string = ByRole | "session policy"> {
  readonly by: By;
  readonly explicit: boolean;
}

/** Why a role may not do something that a service takes on. */
export type RoleRefusal = Refusal<ByRole>;

/** What a role wants to do. */
export interface AskedOfRole {
  readonly roleArn: string;
  readonly region: string;
  /** Such as `ecr:BatchGetImage`. */
  readonly action: string;
  /** An ARN, or `*` for an action without one. */
  readonly resource: string;
}

/**
 * Why a role may not do something; undefined where it may. A deny in words comes before everything else; then every kind of
 * policy that limits has to allow it, but for a resource's own: within an account, the role's are enough.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function refusalOf(
  policies: RolePolicies,
  { roleArn, region, action, resource: on }: AskedOfRole,
): RoleRefusal | undefined {
  const context = {
    "aws:PrincipalArn": roleArn,
    "aws:PrincipalAccount": parseArn(roleArn)?.account ?? "",
    "aws:RequestedRegion": region,
    "aws:SecureTransport": "true",
  };
  const request: PolicyRequest = { action, resource: on, context };
  const { identity, boundary, resource, endpoint } = policies;
  const ofPrincipal = (document: string) =>
    evaluateResourcePolicy(
      parsePolicy(document),
      { kind: "AWS", names: namesOf(roleArn) },
      request,
    );
  const decisions: readonly (readonly [ByRole, Decision])[] = [
    ["identity-based policy", evaluateIdentityPolicies(identity.map(parsePolicy), request)],
    ["permissions boundary", boundary === undefined ? "allowed" : own(boundary, request)],
    ["resource-based policy", resource === undefined ? "allowed" : ofPrincipal(resource)],
    ["VPC endpoint policy", endpoint === undefined ? "allowed" : ofPrincipal(endpoint)],
  ];
  const explicit = decisions.find(([, decision]) => decision === "explicitDeny");
  if (explicit) return { by: explicit[0], explicit: true };
  const implicit = decisions.find(
    ([by, decision]) => decision === "implicitDeny" && by !== "resource-based policy",
  );
  return implicit && { by: implicit[0], explicit: false };
}

const own = (document: string, request: PolicyRequest) =>
  evaluateIdentityPolicies([parsePolicy(document)], request);

/** Under which names a policy's `Principal` may mean a role. */
function namesOf(roleArn: string): string[] {
  const account = parseArn(roleArn)?.account ?? "";
  return [roleArn, `arn:aws:iam::${account}:root`, account, "*"];
}

/**
 * How AWS ends the sentence that refuses a request.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function refusalWords({ by, explicit }: Refusal, action: string): string {
  const article = by === "identity-based policy" ? "an" : "a";
  return explicit
    ? `with an explicit deny in ${article} ${by}`
    : `because no ${by} allows the ${action} action`;
}
