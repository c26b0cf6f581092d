import type { SecurityGroupRuleRequest } from "@aws-sdk/client-ec2";
import type { Scope } from "../../store/store.ts";
import { describe } from "./describe.ts";
import * as faults from "./faults.ts";
import type { FilterTable } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import {
  checkedDescription,
  type FlatPermission,
  readPermissions,
  type RuleSpec,
} from "./ip-permissions.ts";
import { requireResource, SECURITY_GROUP, SECURITY_GROUP_RULE } from "./resources.ts";
import { duplicateRule, rulesOf, sameRule, toApiRule } from "./security-group-rules.ts";
import { requireGroup } from "./security-groups.ts";
import { type SecurityGroup, type SecurityGroupRule, securityGroupRules } from "./state.ts";

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

/** Security group rules as resources of their own. */
export const securityGroupRuleHandlers = {
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
