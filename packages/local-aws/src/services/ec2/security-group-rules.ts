import type { SecurityGroupRule as ApiRule } from "@aws-sdk/client-ec2";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Scope } from "../../store/store.ts";
import { newId } from "./ids.ts";
import type { RuleSpec } from "./ip-permissions.ts";
import { findPrefixList } from "./prefix-lists.ts";
import { ec2Arn } from "./resources.ts";
import { type SecurityGroupRule, securityGroupRules, type Tags } from "./state.ts";
import { toTagList } from "./tags.ts";

/** Rules of one group, of one direction. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MAX_RULES = 60;

/** The rules of a group, in the order in which they were made. */
export function rulesOf(
  scope: Scope,
  groupId: string,
  isEgress?: boolean,
): Readonly<SecurityGroupRule>[] {
  return scope
    .of(securityGroupRules)
    .filter(
      (rule) => rule.groupId === groupId && (isEgress === undefined || rule.isEgress === isEgress),
    );
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html#aws-managed-prefix-list-weights */
function weightOf({ region }: Scope, { prefixListId }: RuleSpec): number {
  return prefixListId === undefined ? 1 : findPrefixList(region, prefixListId).weight;
}

/** A rule as the API lists it. */
export function toApiRule(rule: Readonly<SecurityGroupRule>, scope: Scope): ApiRule {
  return {
    SecurityGroupRuleId: rule.ruleId,
    GroupId: rule.groupId,
    GroupOwnerId: scope.account,
    IsEgress: rule.isEgress,
    IpProtocol: rule.ipProtocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    CidrIpv4: rule.cidrIpv4,
    CidrIpv6: rule.cidrIpv6,
    PrefixListId: rule.prefixListId,
    ReferencedGroupInfo:
      rule.referencedGroupId === undefined
        ? undefined
        : { GroupId: rule.referencedGroupId, UserId: scope.account },
    Description: rule.description,
    Tags: toTagList(rule.tags),
    SecurityGroupRuleArn: ec2Arn(scope, "security-group-rule", rule.ruleId),
  };
}

const peerOf = (rule: RuleSpec): string =>
  rule.cidrIpv4 ?? rule.cidrIpv6 ?? rule.prefixListId ?? rule.referencedGroupId ?? "";

/** True where two rules allow the same: two such cannot be in one group. Descriptions do not count. */
export function sameRule(one: RuleSpec, other: RuleSpec): boolean {
  return (
    one.ipProtocol === other.ipProtocol &&
    one.fromPort === other.fromPort &&
    one.toPort === other.toPort &&
    peerOf(one) === peerOf(other)
  );
}

/** The error for a rule that the group has already. */
export function duplicateRule(rule: RuleSpec): AwsError {
  const protocol = rule.ipProtocol === "-1" ? "ALL" : rule.ipProtocol.toUpperCase();
  const ports =
    rule.ipProtocol === "-1" ? "" : ` from port: ${rule.fromPort}, to port: ${rule.toPort},`;
  return new AwsError(
    "InvalidPermission.Duplicate",
    `the specified rule "peer: ${peerOf(rule)}, ${protocol},${ports} ALLOW" already exists`,
  );
}

/**
 * Puts rules into a group, all or none (the caller's transaction).
 * @throws AwsError `InvalidPermission.Duplicate`, `InvalidParameterValue` for a rule named twice,
 *   `RulesPerSecurityGroupLimitExceeded`
 */
export function addRules(
  scope: Scope,
  groupId: string,
  isEgress: boolean,
  specs: readonly RuleSpec[],
  tags: Tags,
): Readonly<SecurityGroupRule>[] {
  const existing = rulesOf(scope, groupId, isEgress);
  specs.forEach((spec, index) => {
    if (existing.some((rule) => sameRule(rule, spec))) throw duplicateRule(spec);
    if (specs.slice(0, index).some((earlier) => sameRule(earlier, spec)))
      throw new AwsError(
        "InvalidParameterValue",
        "The same permission must not appear multiple times",
      );
  });
  const weight = [...existing, ...specs].reduce((sum, rule) => sum + weightOf(scope, rule), 0);
  if (weight > MAX_RULES)
    throw new AwsError(
      "RulesPerSecurityGroupLimitExceeded",
      "The maximum number of rules per security group has been reached.",
    );
  return specs.map((spec) => {
    const ruleId = newId("sgr");
    return scope.of(securityGroupRules).put(ruleId, { ruleId, groupId, isEgress, ...spec, tags });
  });
}
