import type { IpPermission, SecurityGroupRuleRequest } from "@aws-sdk/client-ec2";
import type { Scope } from "../../store/store.ts";
import type { Ec2Handlers } from "./handlers.ts";
import {
  type FlatPermission,
  readPermissions,
  checkedDescription,
  type RuleSpec,
} from "./ip-permissions.ts";
import { requireResource, SECURITY_GROUP_RULE, SECURITY_GROUP } from "./resources.ts";
import { addRules, rulesOf, sameRule, toApiRule, duplicateRule } from "./security-group-rules.ts";
import { requireGroup } from "./security-groups.ts";
import { type SecurityGroup, type SecurityGroupRule, securityGroupRules } from "./state.ts";
import { tagsFromSpecifications } from "./tags.ts";
import { describe } from "./describe.ts";
import type { FilterTable } from "./filters.ts";
import * as faults from "./faults.ts";
import * as state from "./state.ts";

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

/** What lets traffic into a security group, and out of it; as rules too, which are resources of their own. */
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

  DescribeSecurityGroupRules(input, { store }) {
    const request = { ...input, ids: input.SecurityGroupRuleIds };
    // Of all filters this is the one whose values EC2 looks at.
    for (const { Name, Values } of input.Filters ?? [])
      for (const id of Name === "group-id" ? (Values ?? []) : [])
        if (!/^sg-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) throw faults.malformedGroupId(id);
    const { items, NextToken } = describe(store, SECURITY_GROUP_RULE, request, filters);
    return { SecurityGroupRules: items.map((rule) => toApiRule(rule, store)), NextToken };
  },

  ModifySecurityGroupRules(input, { store }) {
    const group = requireResource(store, SECURITY_GROUP, input.GroupId);
    for (const {
      SecurityGroupRuleId: id = "",
      SecurityGroupRule: request,
    } of input.SecurityGroupRules) {
      const rule = requireResource(store, SECURITY_GROUP_RULE, id);
      if (rule.groupId !== group.groupId) throw SECURITY_GROUP_RULE.notFound(id);
      if (!request) continue;
      const spec = readRequest(store, group, request);
      const { ruleId, groupId, isEgress, tags } = rule;
      const twin = rulesOf(store, groupId, isEgress).find((other) => sameRule(other, spec));
      if (twin && twin.ruleId !== ruleId) throw duplicateRule(spec);
      store.of(securityGroupRules).put(ruleId, { ruleId, groupId, isEgress, ...spec, tags });
    }
    return { Return: true };
  },

  UpdateSecurityGroupRuleDescriptionsIngress(input, { store }) {
    return updateDescriptions(store, input, false);
  },

  UpdateSecurityGroupRuleDescriptionsEgress(input, { store }) {
    return updateDescriptions(store, input, true);
  },
} satisfies Ec2Handlers;

const filters: FilterTable<SecurityGroupRule> = {
  "group-id": ({ groupId }) => groupId,
  "security-group-rule-id": ({ ruleId }) => ruleId,
};

/** Reads the new form of a rule. It names exactly one peer. */
function readRequest(
  scope: Scope,
  group: Readonly<SecurityGroup>,
  request: SecurityGroupRuleRequest,
): RuleSpec {
  const { IpProtocol, FromPort, ToPort, Description } = request;
  const specs = readPermissions(scope, group, {
    IpPermissions: [
      {
        IpProtocol,
        FromPort,
        ToPort,
        IpRanges: request.CidrIpv4 === undefined ? [] : [{ CidrIp: request.CidrIpv4, Description }],
        Ipv6Ranges:
          request.CidrIpv6 === undefined ? [] : [{ CidrIpv6: request.CidrIpv6, Description }],
        PrefixListIds:
          request.PrefixListId === undefined
            ? []
            : [{ PrefixListId: request.PrefixListId, Description }],
        UserIdGroupPairs:
          request.ReferencedGroupId === undefined
            ? []
            : [{ GroupId: request.ReferencedGroupId, Description }],
      },
    ],
  });
  const [spec] = specs;
  if (!spec || specs.length > 1)
    throw faults.invalidCombination(
      "Only one of CidrIpv4, CidrIpv6, PrefixListId, or ReferencedGroupId can be specified.",
    );
  return spec;
}

interface DescriptionInput extends FlatPermission {
  GroupId?: string | undefined;
  GroupName?: string | undefined;
  SecurityGroupRuleDescriptions?:
    | { SecurityGroupRuleId?: string | undefined; Description?: string | undefined }[]
    | undefined;
}

/** Changes descriptions alone; of rules named by id, or by what they allow. */
function updateDescriptions(scope: Scope, input: DescriptionInput, isEgress: boolean) {
  const group = requireGroup(scope, input.GroupId, input.GroupName);
  const existing = rulesOf(scope, group.groupId, isEgress);
  const describe = (rule: Readonly<SecurityGroupRule> | undefined, description = "") => {
    if (!rule) throw faults.ruleNotFound();
    const { description: _before, ...rest } = rule;
    const after = description === "" ? {} : { description: checkedDescription(description) };
    scope.of(securityGroupRules).put(rule.ruleId, { ...rest, ...after });
  };
  if (input.SecurityGroupRuleDescriptions?.length)
    for (const { SecurityGroupRuleId: id, Description } of input.SecurityGroupRuleDescriptions)
      describe(
        existing.find(({ ruleId }) => ruleId === id),
        Description,
      );
  else
    for (const spec of readPermissions(scope, group, input))
      describe(
        existing.find((rule) => sameRule(rule, spec)),
        spec.description,
      );
  return { Return: true };
}
