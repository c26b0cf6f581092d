import type { ResourcePolicy as ApiPolicy } from "@aws-sdk/client-cloudwatch-logs";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Handlers } from "../../protocol/typed.ts";
import type { Scope } from "../../store/store.ts";
import { parsePolicy } from "../iam/policy-document.ts";
import { evaluateResourcePolicy } from "../iam/policy-evaluation.ts";
import { serviceCallKeys } from "../iam/policy-conditions.ts";
import { readStatements } from "../iam/validate-policy.ts";
import type { CallContext } from "../service.ts";
import { groupArn } from "./find.ts";
import { invalidParameter } from "./faults.ts";
import { page } from "./pages.ts";
import { resourcePolicies, type ResourcePolicy } from "./state.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const MOST_POLICIES = 10;
const DEFAULT_PAGE = 50;

/** Which services of AWS may write into groups. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html */
export const resourcePolicyHandlers: Handlers<
  typeof import("@aws-sdk/client-cloudwatch-logs"),
  CallContext
> = {
  PutResourcePolicy({ policyName: name, policyDocument: document }, { store, clock }) {
    if (!name || !document)
      throw invalidParameter("Both policyName and policyDocument have to be specified.");
    checkDocument(document);
    const kept = store.of(resourcePolicies);
    if (!kept.has(name) && kept.size >= MOST_POLICIES)
      throw new AwsError(
        "LimitExceededException",
        `Resource limit exceeded: an account has at most ${MOST_POLICIES} resource policies.`,
      );
    const policy = kept.put(name, { name, document, updatedAt: clock.now() });
    return { resourcePolicy: shown(policy) };
  },

  DescribeResourcePolicies({ nextToken, limit = DEFAULT_PAGE }, { store }) {
    const all = store.of(resourcePolicies).values();
    const key = ({ name }: ResourcePolicy) => name;
    const { items, nextToken: next } = page(all, { nextToken, limit }, "resource-policies", key);
    return { resourcePolicies: items.map(shown), nextToken: next };
  },

  DeleteResourcePolicy({ policyName: name = "" }, { store }) {
    if (!store.of(resourcePolicies).delete(name))
      throw new AwsError("ResourceNotFoundException", `Policy with name [${name}] does not exist.`);
    return {};
  },
};

const shown = ({ name, document, updatedAt }: Readonly<ResourcePolicy>): ApiPolicy => ({
  policyName: name,
  policyDocument: document,
  lastUpdatedTime: updatedAt,
  policyScope: "ACCOUNT",
});

function checkDocument(document: string): void {
  const fail = () => invalidParameter("Resource Policy is not valid.");
  for (const { Principal, NotPrincipal, Action, NotAction } of readStatements(document, fail))
    if ((Principal ?? NotPrincipal) === undefined || (Action ?? NotAction) === undefined)
      throw fail();
}

/** What a service of AWS wants to write. */
export interface ServiceWrite {
  /** `logs:CreateLogStream` or `logs:PutLogEvents`. */
  readonly action: string;
  readonly group: string;
  readonly stream: string;
  /** The resource for which the service acts. */
  readonly sourceArn: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Holds a service of AWS to the resource policies of a region.
 * @param service such as `events.amazonaws.com`; a policy may name `delivery.logs.amazonaws.com` for it as well
 * @throws AwsError `AccessDeniedException`
 */
export function requireServiceWrites(
  scope: Scope,
  service: string,
  { action, group, stream, sourceArn, now }: ServiceWrite,
): void {
  const { account, region } = scope;
  const [, , , , from = account] = sourceArn.split(":");
  const ofGroup = groupArn(scope, group);
  const resource = `${ofGroup}:log-stream:${stream}`;
  const context = serviceCallKeys(from, { service, sourceArn, region, now });
  const names = [service, "delivery.logs.amazonaws.com"];
  const decisions = scope
    .of(resourcePolicies)
    .values()
    .map(({ document }) =>
      evaluateResourcePolicy(
        parsePolicy(document),
        { kind: "Service", names },
        { action, resource, context },
      ),
    );
  if (decisions.includes("allowed") && !decisions.includes("explicitDeny")) return;
  throw new AwsError(
    "AccessDeniedException",
    `${service} is not authorized to perform: ${action} on resource: ${resource} because no resource-based policy allows the ${action} action`,
  );
}
