import { parseArn } from "../../ground/arn.ts";
import type { RequestContext } from "./policy-conditions.ts";
import { parsePolicy, type PolicyDocument } from "./policy-document.ts";
import {
  evaluateIdentityPolicies,
  evaluateResourcePolicy,
  type Decision,
  type PolicyRequest,
} from "./policy-evaluation.ts";

/** The policies that speak of what a caller may do, but those of what it asks for. */
export interface PrincipalPolicies {
  /** Inline and attached ones. */
  readonly identity: readonly PolicyDocument[];
  /** Its own boundary; one whose policy is gone allows nothing. */
  readonly boundary?: PolicyDocument | undefined;
  /** What a session was started with. */
  readonly session?: readonly PolicyDocument[] | undefined;
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

/** Who asks, and all that has a say in it. */
export interface Weighed {
  /** Its own policies; undefined for an administrator, whom none limits. */
  readonly own: PrincipalPolicies | undefined;
  /** Under which ARNs a resource's policy may name it itself. */
  readonly names: readonly string[];
  /** 12 digits, to whose policies a resource's may leave the rest. */
  readonly account: string;
  /** Whether it is a role or a session of one. */
  readonly isRole: boolean;
  /** The policy of what is asked for, where it has one. */
  readonly resource?: PolicyDocument | undefined;
  /** The policy of the VPC endpoint that the request goes through, where it does. */
  readonly endpoint?: PolicyDocument | undefined;
}

/**
 * Why a request within an account is refused; undefined where it is not. A deny in words comes before everything else; then
 * every kind of policy that limits has to allow it, but for what the resource's own policy gives to whom it names.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function weigh(
  { own, names, account, isRole, resource, endpoint }: Weighed,
  request: PolicyRequest,
): Refusal | undefined {
  const limits = (own ? limitsOf(own) : []).map(
    ([by, documents]) => [by, evaluateIdentityPolicies(documents, request)] as const,
  );
  const [itself, throughAccount] = ofResource(resource, names, account, request);
  const all = ofResource(endpoint, names, account, request);
  const throughEndpoint: readonly (readonly [Refusal["by"], Decision])[] =
    endpoint === undefined ? [] : [["VPC endpoint policy", strongest(all)]];
  const denying = [
    ...limits,
    ["resource-based policy", strongest([itself, throughAccount])] as const,
    ...throughEndpoint,
  ].find(([, decision]) => decision === "explicitDeny");
  if (denying) return { by: denying[0], explicit: true };
  const lacking = [...limits, ...throughEndpoint].find(
    ([by, decision]) =>
      decision === "implicitDeny" && !(itself === "allowed" && yieldsToGrants(by, isRole)),
  );
  return lacking && { by: lacking[0], explicit: false };
}

/** What a policy with principals says of somebody itself, and of its account. */
function ofResource(
  policy: PolicyDocument | undefined,
  names: readonly string[],
  account: string,
  request: PolicyRequest,
): [itself: Decision, throughAccount: Decision] {
  if (!policy) return ["implicitDeny", "implicitDeny"];
  const decide = (of: readonly string[]) =>
    evaluateResourcePolicy(policy, { kind: "AWS", names: of }, request);
  return [decide(names), decide([`arn:aws:iam::${account}:root`, account])];
}

const strongest = (decisions: readonly Decision[]): Decision =>
  (["explicitDeny", "allowed"] as const).find((one) => decisions.includes(one)) ?? "implicitDeny";

/** The kinds of policies that limit a caller, in the order in which AWS names what is missing. */
export const limitsOf = ({ identity, boundary, session }: PrincipalPolicies) =>
  [
    ["identity-based policy", identity],
    ...(boundary ? [["permissions boundary", [boundary]] as const] : []),
    ...(session ? [["session policy", session] as const] : []),
  ] as readonly (readonly [Refusal["by"], readonly PolicyDocument[]])[];

/** Whether a resource's policy gives what a kind of policy does not: to a user all, to a role what its own policies lack. */
const yieldsToGrants = (by: Refusal["by"], isRole: boolean): boolean =>
  by !== "VPC endpoint policy" && (!isRole || by === "identity-based policy");

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

/** What a role wants to do. */
export interface AskedOfRole {
  readonly roleArn: string;
  readonly region: string;
  /** Such as `ecr:BatchGetImage`. */
  readonly action: string;
  /** An ARN, or `*` for an action without one. */
  readonly resource: string;
  /** Condition keys beside those that every request of the role has. */
  readonly keys?: RequestContext;
}

/** As {@link refusalOfRole}, of documents that are not read yet. */
export function refusalOf(policies: RolePolicies, asked: AskedOfRole): RoleRefusal | undefined {
  const { identity, boundary, resource, endpoint } = policies;
  const read = (text: string | undefined) => (text === undefined ? undefined : parsePolicy(text));
  const own = { identity: identity.map(parsePolicy), boundary: read(boundary) };
  return refusalOfRole(own, asked, { resource: read(resource), endpoint: read(endpoint) });
}

/** Why a role that a service takes on may not do something; undefined where it may. */
export function refusalOfRole(
  { identity, boundary }: Omit<PrincipalPolicies, "session">,
  { roleArn, region, action, resource: on, keys }: AskedOfRole,
  beside: Pick<Weighed, "resource" | "endpoint"> = {},
): RoleRefusal | undefined {
  const account = parseArn(roleArn)?.account ?? "";
  const context = {
    "aws:PrincipalArn": roleArn,
    "aws:PrincipalAccount": account,
    "aws:PrincipalType": "AssumedRole",
    "aws:RequestedRegion": region,
    "aws:SecureTransport": "true",
    ...keys,
  };
  const own = { identity, boundary };
  const weighed = { own, names: [roleArn], account, isRole: true, ...beside };
  // Without a session there is no policy of one.
  return weigh(weighed, { action, resource: on, context }) as RoleRefusal | undefined;
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
