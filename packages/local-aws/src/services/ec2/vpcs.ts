import type { Vpc as ApiVpc } from "@aws-sdk/client-ec2";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Scope } from "../../store/store.ts";
import { formatCidr, type Ipv4Range, parseCidr } from "../../ground/cidr.ts";
import { describe } from "./describe.ts";
import * as faults from "./faults.ts";
import type { FilterTable } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { putDefaultVpc, putVpc } from "./new-vpc.ts";
import { requireResource, VPC } from "./resources.ts";
import * as state from "./state.ts";
import type { Vpc } from "./state.ts";
import { tagsFromSpecifications, toTagList } from "./tags.ts";

/** The primary CIDR block and those added later, with their associations. */
export function vpcCidrs(vpc: Readonly<Vpc>): { associationId: string; cidrBlock: string }[] {
  return [
    { associationId: vpc.cidrAssociationId, cidrBlock: vpc.cidrBlock },
    ...(vpc.secondaryCidrs ?? []),
  ];
}

/** Reads a VPC's CIDR block: between /16 and /28. */
export function readVpcCidr(text: string): Ipv4Range {
  const range = parseCidr(text);
  if (!range) throw faults.notACidrBlock("cidrBlock", text);
  if (range.prefix < 16 || range.prefix > 28) throw faults.invalidVpcRange(text);
  return range;
}

export function toApiVpc(vpc: Readonly<Vpc>, scope: Scope): ApiVpc {
  return {
    OwnerId: scope.account,
    InstanceTenancy: vpc.instanceTenancy as "default" | "dedicated",
    Ipv6CidrBlockAssociationSet: [],
    CidrBlockAssociationSet: vpcCidrs(vpc).map(({ associationId, cidrBlock }) => ({
      AssociationId: associationId,
      CidrBlock: cidrBlock,
      CidrBlockState: { State: "associated" },
    })),
    IsDefault: vpc.isDefault,
    BlockPublicAccessStates: { InternetGatewayBlockMode: "off" },
    Tags: toTagList(vpc.tags),
    VpcId: vpc.vpcId,
    State: "available",
    CidrBlock: vpc.cidrBlock,
    DhcpOptionsId: vpc.dhcpOptionsId,
  };
}

const cidrFilter = (vpc: Readonly<Vpc>) => vpc.cidrBlock;
const filters: FilterTable<Vpc> = {
  cidr: cidrFilter,
  cidrBlock: cidrFilter,
  "cidr-block": cidrFilter,
  "cidr-block-association.cidr-block": (vpc) => vpcCidrs(vpc).map(({ cidrBlock }) => cidrBlock),
  "cidr-block-association.association-id": (vpc) =>
    vpcCidrs(vpc).map(({ associationId }) => associationId),
  "cidr-block-association.state": () => "associated",
  "dhcp-options-id": (vpc) => vpc.dhcpOptionsId,
  dhcpOptionsId: (vpc) => vpc.dhcpOptionsId,
  "ipv6-cidr-block-association.ipv6-cidr-block": () => [],
  "ipv6-cidr-block-association.association-id": () => [],
  "is-default": (vpc) => vpc.isDefault,
  isDefault: (vpc) => vpc.isDefault,
  "owner-id": (_vpc, scope) => scope.account,
  state: () => "available",
  "vpc-id": (vpc) => vpc.vpcId,
};

/** True where the VPC holds something that must be deleted first. What came with the VPC goes with it. */
function hasDependents(scope: Scope, id: string): boolean {
  const here = ({ vpcId }: { vpcId?: string }) => vpcId === id;
  return (
    scope.of(state.subnets).find(here) !== undefined ||
    scope.of(state.internetGateways).find(here) !== undefined ||
    scope.of(state.networkInterfaces).find(here) !== undefined ||
    scope.of(state.vpcEndpoints).find(here) !== undefined ||
    scope.of(state.securityGroups).find((group) => here(group) && group.groupName !== "default") !==
      undefined ||
    scope.of(state.networkAcls).find((acl) => here(acl) && !acl.isDefault) !== undefined ||
    scope
      .of(state.routeTables)
      .find((table) => here(table) && !table.associations.some(({ main }) => main)) !== undefined
  );
}

function deleteVpc(scope: Scope, id: string): void {
  for (const group of scope.of(state.securityGroups).filter(({ vpcId }) => vpcId === id)) {
    const rules = scope.of(state.securityGroupRules);
    for (const rule of rules.filter(({ groupId }) => groupId === group.groupId))
      rules.delete(rule.ruleId);
    scope.of(state.securityGroups).delete(group.groupId);
  }
  for (const acl of scope.of(state.networkAcls).filter(({ vpcId }) => vpcId === id))
    scope.of(state.networkAcls).delete(acl.networkAclId);
  for (const table of scope.of(state.routeTables).filter(({ vpcId }) => vpcId === id))
    scope.of(state.routeTables).delete(table.routeTableId);
  scope.of(state.vpcs).delete(id);
}

/** VPCs. Their attributes and further CIDR blocks are elsewhere. */
export const vpcHandlers = {
  CreateVpc(input, { store }) {
    if (input.CidrBlock === undefined) throw faults.missingParameter("cidrBlock");
    const range = readVpcCidr(input.CidrBlock);
    const vpc = putVpc(store, {
      cidrBlock: formatCidr(range),
      isDefault: false,
      enableDnsSupport: true,
      enableDnsHostnames: false,
      instanceTenancy: input.InstanceTenancy ?? "default",
      tags: tagsFromSpecifications(input.TagSpecifications, "vpc"),
    });
    return { Vpc: toApiVpc(vpc, store) };
  },

  CreateDefaultVpc(_input, { store }) {
    if (store.of(state.vpcs).find(({ isDefault }) => isDefault))
      throw new AwsError(
        "DefaultVpcAlreadyExists",
        "A Default VPC already exists for this account in this region.",
      );
    return { Vpc: toApiVpc(putDefaultVpc(store), store) };
  },

  DescribeVpcs(input, { store }) {
    const { items, NextToken } = describe(store, VPC, { ...input, ids: input.VpcIds }, filters);
    return { Vpcs: items.map((vpc) => toApiVpc(vpc, store)), NextToken };
  },

  DeleteVpc(input, { store }) {
    const { vpcId } = requireResource(store, VPC, input.VpcId);
    if (hasDependents(store, vpcId)) throw faults.hasDependencies("vpc", vpcId);
    deleteVpc(store, vpcId);
    return {};
  },
} satisfies Ec2Handlers;
