import { parseArn } from "../../ground/arn.ts";
import { identityDecision } from "../iam/authorize.ts";
import { requestKeys, serviceCallKeys, type RequestContext } from "../iam/policy-conditions.ts";
import { parsePolicy } from "../iam/policy-document.ts";
import { evaluateResourcePolicy, type RequestPrincipal } from "../iam/policy-evaluation.ts";
import type { CloudScope, ServiceSender } from "./deliver.ts";

/** A queue or a topic that a service wants to use. */
export interface Used {
  /** `sqs:SendMessage`. */
  readonly action: string;
  readonly arn: string;
  readonly policy: string | undefined;
}

/** Alarms act as their account, which is why a topic's own policy lets them in. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html */
const ACTS_AS_OWNER = "cloudwatch.amazonaws.com";

/**
 * Whether a service of AWS may use a queue or a topic: as itself by the resource's policy, by a role also by the role's own.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 */
export function mayServiceUse(scope: CloudScope, used: Used, sender: ServiceSender): boolean {
  const { action, arn, policy } = used;
  const now = scope.clock.now();
  const { account: owner, region } = parseArn(arn)!;
  const asked = { action, resource: arn };
  const decide = (principal: RequestPrincipal, context: RequestContext) =>
    policy === undefined
      ? "implicitDeny"
      : evaluateResourcePolicy(parsePolicy(policy), principal, { ...asked, context });
  const accountNames = (account: string) => [`arn:aws:iam::${account}:root`, account];
  if ("service" in sender) {
    const { service, sourceArn, sourceAccount = parseArn(sourceArn)?.account ?? "" } = sender;
    const context = serviceCallKeys(sourceAccount, { service, sourceArn, region, now });
    const decision = decide({ kind: "Service", names: [service] }, context);
    if (decision !== "implicitDeny" || service !== ACTS_AS_OWNER) return decision === "allowed";
    const asOwner = { ...context, "aws:SourceOwner": sourceAccount };
    const principal = { kind: "AWS", names: accountNames(sourceAccount) } as const;
    return decide(principal, asOwner) === "allowed";
  }
  const { roleArn } = sender;
  const account = parseArn(roleArn)?.account ?? "";
  const context = {
    ...requestKeys(region, now),
    "aws:PrincipalArn": roleArn,
    "aws:PrincipalAccount": account,
  };
  const identity = identityDecision(scope.cloud, account, roleArn, { ...asked, context });
  const resource = decide({ kind: "AWS", names: [roleArn, ...accountNames(account)] }, context);
  if (identity === "explicitDeny" || resource === "explicitDeny") return false;
  return identity === "allowed" && (account === owner || resource === "allowed");
}
