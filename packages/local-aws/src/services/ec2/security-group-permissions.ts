import type { IpPermission } from "@aws-sdk/client-ec2";
import type { Scope } from "../../store/store.ts";
import * as faults from "./faults.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { type FlatPermission, readPermissions } from "./ip-permissions.ts";
import { requireResource, SECURITY_GROUP_RULE } from "./resources.ts";
import { addRules, rulesOf, sameRule, toApiRule } from "./security-group-rules.ts";
import { requireGroup } from "./security-groups.ts";
import * as state from "./state.ts";
import type { SecurityGroup, SecurityGroupRule } from "./state.ts";
import { tagsFromSpecifications } from "./tags.ts";

interface GroupInput {
  GroupId?: string | undefined;
  GroupName?: string | undefined;
}

function authorize(
  scope: Scope,
  input: GroupInput & FlatPermission,
  tags: state.Tags,
  isEgress: boolean,
) {
  const group = requireGroup(scope, input.GroupId, input.GroupName);
  const specs = readPermissions(scope, group, input);
  const rules = addRules(scope, group.groupId, isEgress, specs, tags);
  return { Return: true, SecurityGroupRules: rules.map((rule) => toApiRule(rule, scope)) };
}

/** The rules that a Revoke call names, by id or by what they allow; and what it named that is not there. */
function findRevoked(
  scope: Scope,
  group: Readonly<SecurityGroup>,
  input: FlatPermission & { SecurityGroupRuleIds?: string[] | undefined },
  isEgress: boolean,
): { found: Readonly<SecurityGroupRule>[]; unknown: IpPermission[] } {
  if (input.SecurityGroupRuleIds?.length) {
    const found = input.SecurityGroupRuleIds.map((id) => {
      const rule = requireResource(scope, SECURITY_GROUP_RULE, id);
      if (rule.groupId !== group.groupId || rule.isEgress !== isEgress)
        throw SECURITY_GROUP_RULE.notFound(id);
      return rule;
    });
    return { found, unknown: [] };
  }
  const existing = rulesOf(scope, group.groupId, isEgress);
  const found: Readonly<SecurityGroupRule>[] = [];
  const unknown: IpPermission[] = [];
  for (const spec of readPermissions(scope, group, input)) {
    const rule = existing.find((candidate) => sameRule(candidate, spec));
    if (rule) found.push(rule);
    else
      unknown.push({ IpProtocol: spec.ipProtocol, FromPort: spec.fromPort, ToPort: spec.toPort });
  }
  return { found, unknown };
}

/**
 * Takes rules out of a group. In the default VPC, rules that are not there are answered as unknown; in another they are an
 * error. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
 */
function revoke(
  scope: Scope,
  input: GroupInput & FlatPermission & { SecurityGroupRuleIds?: string[] | undefined },
  isEgress: boolean,
) {
  const group = requireGroup(scope, input.GroupId, input.GroupName);
  const { found, unknown } = findRevoked(scope, group, input, isEgress);
  if (unknown.length > 0 && !scope.of(state.vpcs).get(group.vpcId)?.isDefault)
    throw faults.ruleNotFound();
  for (const { ruleId } of found) scope.of(state.securityGroupRules).delete(ruleId);
  return {
    Return: true,
    UnknownIpPermissions: unknown,
    RevokedSecurityGroupRules: found.map((rule) => ({
      SecurityGroupRuleId: rule.ruleId,
      GroupId: rule.groupId,
      IsEgress: rule.isEgress,
      IpProtocol: rule.ipProtocol,
      FromPort: rule.fromPort,
      ToPort: rule.toPort,
      CidrIpv4: rule.cidrIpv4,
      CidrIpv6: rule.cidrIpv6,
      PrefixListId: rule.prefixListId,
      ReferencedGroupId: rule.referencedGroupId,
      Description: rule.description,
    })),
  };
}

/** What lets traffic into a security group, and out of it. */
export const securityGroupPermissionHandlers = {
  AuthorizeSecurityGroupIngress(input, { store }) {
    const tags = tagsFromSpecifications(input.TagSpecifications, "security-group-rule");
    return authorize(store, input, tags, false);
  },
  AuthorizeSecurityGroupEgress(input, { store }) {
    const tags = tagsFromSpecifications(input.TagSpecifications, "security-group-rule");
    return authorize(store, input, tags, true);
  },
  RevokeSecurityGroupIngress(input, { store }) {
    return revoke(store, input, false);
  },
  RevokeSecurityGroupEgress(input, { store }) {
    return revoke(store, input, true);
  },
} satisfies Ec2Handlers;
