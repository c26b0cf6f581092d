import type { IpPermission, SecurityGroup as ApiSecurityGroup } from "@aws-sdk/client-ec2";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Scope } from "../../store/store.ts";
import { describe } from "./describe.ts";
import * as faults from "./faults.ts";
import type { FilterTable } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { newId } from "./ids.ts";
import { putDefaultEgressRule } from "./new-vpc.ts";
import { ec2Arn, requireResource, SECURITY_GROUP, VPC } from "./resources.ts";
import { rulesOf } from "./security-group-rules.ts";
import * as state from "./state.ts";
import type { SecurityGroup, SecurityGroupRule } from "./state.ts";
import { tagsFromSpecifications, toTagList } from "./tags.ts";

/** Rules as DescribeSecurityGroups lists them: together where protocol and ports are the same. */
function toIpPermissions(rules: readonly Readonly<SecurityGroupRule>[], account: string) {
  const permissions = new Map<string, IpPermission & Required<Pick<IpPermission, Peers>>>();
  for (const rule of rules) {
    const { ipProtocol, fromPort, toPort, description: Description } = rule;
    const key = `${ipProtocol} ${fromPort} ${toPort}`;
    const ports = ipProtocol === "-1" ? {} : { FromPort: fromPort, ToPort: toPort };
    const none = { IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] };
    const permission = permissions.get(key) ?? { IpProtocol: ipProtocol, ...ports, ...none };
    permissions.set(key, permission);
    if (rule.cidrIpv4 !== undefined)
      permission.IpRanges.push({ CidrIp: rule.cidrIpv4, Description });
    if (rule.cidrIpv6 !== undefined)
      permission.Ipv6Ranges.push({ CidrIpv6: rule.cidrIpv6, Description });
    if (rule.prefixListId !== undefined)
      permission.PrefixListIds.push({ PrefixListId: rule.prefixListId, Description });
    if (rule.referencedGroupId !== undefined)
      permission.UserIdGroupPairs.push({
        GroupId: rule.referencedGroupId,
        UserId: account,
        Description,
      });
  }
  return [...permissions.values()];
}
type Peers = "IpRanges" | "Ipv6Ranges" | "PrefixListIds" | "UserIdGroupPairs";

function toApiSecurityGroup(group: Readonly<SecurityGroup>, scope: Scope): ApiSecurityGroup {
  return {
    GroupId: group.groupId,
    IpPermissionsEgress: toIpPermissions(rulesOf(scope, group.groupId, true), scope.account),
    Tags: toTagList(group.tags),
    VpcId: group.vpcId,
    SecurityGroupArn: ec2Arn(scope, "security-group", group.groupId),
    OwnerId: scope.account,
    GroupName: group.groupName,
    Description: group.description,
    IpPermissions: toIpPermissions(rulesOf(scope, group.groupId, false), scope.account),
  };
}

/** The filters on rules, for one direction: `ip-permission.*` and `egress.ip-permission.*`. */
function ruleFilters(prefix: string, isEgress: boolean): FilterTable<SecurityGroup> {
  const read =
    (of: (rule: Readonly<SecurityGroupRule>) => string | number | undefined) =>
    ({ groupId }: Readonly<SecurityGroup>, scope: Scope) =>
      rulesOf(scope, groupId, isEgress).map((rule) => of(rule)?.toString());
  return {
    [`${prefix}.cidr`]: read((rule) => rule.cidrIpv4),
    [`${prefix}.from-port`]: read((rule) => rule.fromPort),
    [`${prefix}.group-id`]: read((rule) => rule.referencedGroupId),
    [`${prefix}.ipv6-cidr`]: read((rule) => rule.cidrIpv6),
    [`${prefix}.prefix-list-id`]: read((rule) => rule.prefixListId),
    [`${prefix}.protocol`]: read((rule) => rule.ipProtocol),
    [`${prefix}.to-port`]: read((rule) => rule.toPort),
  };
}

const filters: FilterTable<SecurityGroup> = {
  description: ({ description }) => description,
  "group-id": ({ groupId }) => groupId,
  "group-name": ({ groupName }) => groupName,
  "owner-id": (_group, scope) => scope.account,
  "vpc-id": ({ vpcId }) => vpcId,
  ...ruleFilters("ip-permission", false),
  ...ruleFilters("egress.ip-permission", true),
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
const TEXT = /^[\w ./()#,@[\]+=&;{}!$*:-]{1,255}$/;

function checkNames(name: string, description: string): void {
  const allowed = "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*";
  if (name.toLowerCase().startsWith("sg-"))
    throw faults.invalidParameterValue(
      "Invalid security group name. Group names may not be in the format sg-*.",
    );
  if (name.toLowerCase() === "default")
    throw faults.invalidParameterValue("Cannot use reserved security group name: default");
  if (!TEXT.test(name))
    throw faults.invalidParameterValue(
      `Value (${name}) for parameter GroupName is invalid. Character sets beyond ASCII are not supported. Valid characters: ${allowed}`,
    );
  if (description === "") throw faults.missingParameter("GroupDescription");
  if (!TEXT.test(description))
    throw faults.invalidParameterValue(
      `Value (${description}) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported. Valid characters: ${allowed}`,
    );
}

/** True where an interface, or a rule of another group, needs the group. */
function isInUse(scope: Scope, id: string): boolean {
  return (
    scope
      .of(state.networkInterfaces)
      .find(({ securityGroupIds }) => securityGroupIds.includes(id)) !== undefined ||
    scope
      .of(state.securityGroupRules)
      .find((rule) => rule.referencedGroupId === id && rule.groupId !== id) !== undefined
  );
}

/** A security group by id, or by name in the default VPC. */
export function requireGroup(
  scope: Scope,
  id: string | undefined,
  name: string | undefined,
): Readonly<SecurityGroup> {
  if (id !== undefined) return requireResource(scope, SECURITY_GROUP, id);
  if (name === undefined) throw faults.missingParameter("groupName or groupId");
  const vpc = scope.of(state.vpcs).find(({ isDefault }) => isDefault);
  const group = scope
    .of(state.securityGroups)
    .find(({ groupName, vpcId }) => groupName === name && vpcId === vpc?.vpcId);
  if (!group)
    throw new AwsError(
      "InvalidGroup.NotFound",
      `The security group '${name}' does not exist in default VPC '${vpc?.vpcId ?? "none"}'`,
    );
  return group;
}

/** Security groups. Their rules are elsewhere. */
export const securityGroupHandlers = {
  CreateSecurityGroup(input, { store }) {
    checkNames(input.GroupName, input.Description);
    const vpcId = input.VpcId ?? store.of(state.vpcs).find(({ isDefault }) => isDefault)?.vpcId;
    if (vpcId === undefined) throw faults.noDefaultVpc();
    requireResource(store, VPC, vpcId);
    const twin = ({ groupName, vpcId: of }: SecurityGroup) =>
      groupName === input.GroupName && of === vpcId;
    if (store.of(state.securityGroups).find(twin))
      throw faults.duplicateGroup(input.GroupName, vpcId);
    const groupId = newId("sg");
    const tags = tagsFromSpecifications(input.TagSpecifications, "security-group");
    store.of(state.securityGroups).put(groupId, {
      groupId,
      groupName: input.GroupName,
      description: input.Description,
      vpcId,
      tags,
    });
    putDefaultEgressRule(store, groupId);
    return {
      GroupId: groupId,
      Tags: toTagList(tags),
      SecurityGroupArn: ec2Arn(store, "security-group", groupId),
    };
  },

  DescribeSecurityGroups(input, { store }) {
    const named = (input.GroupNames ?? []).map(
      (name) => requireGroup(store, undefined, name).groupId,
    );
    const request = { ...input, ids: [...(input.GroupIds ?? []), ...named] };
    const { items, NextToken } = describe(store, SECURITY_GROUP, request, filters);
    return { SecurityGroups: items.map((group) => toApiSecurityGroup(group, store)), NextToken };
  },

  DeleteSecurityGroup(input, { store }) {
    const { groupId, groupName } = requireGroup(store, input.GroupId, input.GroupName);
    if (groupName === "default")
      throw new AwsError(
        "CannotDelete",
        `the specified group: "${groupId}" name: "default" cannot be deleted by a user`,
      );
    if (isInUse(store, groupId)) throw faults.groupHasDependents(groupId);
    for (const { ruleId } of rulesOf(store, groupId))
      store.of(state.securityGroupRules).delete(ruleId);
    store.of(state.securityGroups).delete(groupId);
    return { Return: true, GroupId: groupId };
  },
} satisfies Ec2Handlers;
