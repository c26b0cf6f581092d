import type { Subnet as ApiSubnet } from "@aws-sdk/client-ec2";
import { availableAddressCount } from "./private-addresses.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Scope } from "../../store/store.ts";
import {
  coversRange,
  formatCidr,
  parseCidr,
  rangesOverlap,
  storedCidr,
} from "../../ground/cidr.ts";
import { describe } from "./describe.ts";
import * as faults from "./faults.ts";
import type { FilterTable } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { putDefaultSubnet, putSubnet } from "./new-vpc.ts";
import { type Zone, zonesOf } from "../../ground/regions.ts";
import { ec2Arn, requireResource, SUBNET, VPC } from "./resources.ts";
import * as state from "./state.ts";
import type { Subnet, Vpc } from "./state.ts";
import { tagsFromSpecifications, toTagList } from "./tags.ts";
import { vpcCidrs } from "./vpcs.ts";

function toApiSubnet(subnet: Readonly<Subnet>, scope: Scope): ApiSubnet {
  const { attributes } = subnet;
  return {
    AvailabilityZoneId: subnet.availabilityZoneId,
    MapCustomerOwnedIpOnLaunch: false,
    OwnerId: scope.account,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    Tags: toTagList(subnet.tags),
    SubnetArn: ec2Arn(scope, "subnet", subnet.subnetId),
    EnableDns64: attributes.EnableDns64 === true,
    Ipv6Native: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: attributes.HostnameType === "resource-name" ? "resource-name" : "ip-name",
      EnableResourceNameDnsARecord: attributes.EnableResourceNameDnsARecord === true,
      EnableResourceNameDnsAAAARecord: false,
    },
    BlockPublicAccessStates: { InternetGatewayBlockMode: "off" },
    SubnetId: subnet.subnetId,
    State: "available",
    VpcId: subnet.vpcId,
    CidrBlock: subnet.cidrBlock,
    AvailableIpAddressCount: availableAddressCount(scope, subnet),
    AvailabilityZone: subnet.availabilityZone,
    DefaultForAz: subnet.defaultForAz,
    MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
  };
}

const zoneFilter = (subnet: Readonly<Subnet>) => subnet.availabilityZone;
const cidrFilter = (subnet: Readonly<Subnet>) => subnet.cidrBlock;
const filters: FilterTable<Subnet> = {
  "availability-zone": zoneFilter,
  availabilityZone: zoneFilter,
  "availability-zone-id": (subnet) => subnet.availabilityZoneId,
  availabilityZoneId: (subnet) => subnet.availabilityZoneId,
  "available-ip-address-count": (subnet, scope) => availableAddressCount(scope, subnet),
  cidr: cidrFilter,
  cidrBlock: cidrFilter,
  "cidr-block": cidrFilter,
  "default-for-az": (subnet) => subnet.defaultForAz,
  defaultForAz: (subnet) => subnet.defaultForAz,
  "ipv6-native": () => false,
  "map-public-ip-on-launch": (subnet) => subnet.mapPublicIpOnLaunch,
  "owner-id": (_subnet, scope) => scope.account,
  state: () => "available",
  "subnet-arn": (subnet, scope) => ec2Arn(scope, "subnet", subnet.subnetId),
  "subnet-id": (subnet) => subnet.subnetId,
  "vpc-id": (subnet) => subnet.vpcId,
};

/** The range of a new subnet: /16 to /28, inside of the VPC, apart from its other subnets. */
function checkedRange(scope: Scope, vpc: Readonly<Vpc>, text: string): string {
  const range = parseCidr(text);
  if (!range) throw faults.notACidrBlock("cidrBlock", text);
  const inside = vpcCidrs(vpc).some(({ cidrBlock }) => coversRange(storedCidr(cidrBlock), range));
  if (range.prefix < 16 || range.prefix > 28 || !inside) throw faults.invalidSubnetRange(text);
  const conflict = scope
    .of(state.subnets)
    .find(
      ({ vpcId, cidrBlock }) => vpcId === vpc.vpcId && rangesOverlap(storedCidr(cidrBlock), range),
    );
  if (conflict) throw faults.subnetConflict(text);
  return formatCidr(range);
}

function zoneOf(region: string, name: string | undefined, id: string | undefined): Zone {
  const zones = zonesOf(region);
  if (name === undefined && id === undefined) return zones[0]!;
  const zone = zones.find((candidate) => candidate.name === name || candidate.id === id);
  if (zone) return zone;
  const [parameter, valid] =
    name === undefined
      ? (["availabilityZoneId", zones.map((known) => known.id)] as const)
      : (["availabilityZone", zones.map((known) => known.name)] as const);
  throw faults.invalidParameterValue(
    `Value (${name ?? id}) for parameter ${parameter} is invalid. Subnets can currently only be created in the following availability zones: ${valid.join(", ")}.`,
  );
}

function deleteSubnet(scope: Scope, subnetId: string): void {
  const inUse = scope
    .of(state.networkInterfaces)
    .find((candidate) => candidate.subnetId === subnetId);
  if (inUse) throw faults.hasDependencies("subnet", subnetId);
  const elsewhere = (association: { subnetId?: string }) => association.subnetId !== subnetId;
  for (const table of scope.of(state.routeTables).values())
    if (!table.associations.every(elsewhere))
      scope.of(state.routeTables).patch(table.routeTableId, {
        associations: table.associations.filter(elsewhere),
      });
  for (const acl of scope.of(state.networkAcls).values())
    if (!acl.associations.every(elsewhere))
      scope.of(state.networkAcls).patch(acl.networkAclId, {
        associations: acl.associations.filter(elsewhere),
      });
  scope.of(state.subnets).delete(subnetId);
}

/** Subnets. */
export const subnetHandlers = {
  CreateSubnet(input, { store, region }) {
    const vpc = requireResource(store, VPC, input.VpcId);
    if (input.Ipv6Native)
      throw new AwsError(
        "MissingParameter",
        "Either 'ipv6CidrBlock' or 'ipv6IpamPoolId' should be provided.",
      );
    if (input.CidrBlock === undefined) throw faults.missingParameter("cidrBlock");
    const zone = zoneOf(region, input.AvailabilityZone, input.AvailabilityZoneId);
    const subnet = putSubnet(store, {
      vpcId: vpc.vpcId,
      cidrBlock: checkedRange(store, vpc, input.CidrBlock),
      availabilityZone: zone.name,
      availabilityZoneId: zone.id,
      mapPublicIpOnLaunch: false,
      defaultForAz: false,
      tags: tagsFromSpecifications(input.TagSpecifications, "subnet"),
    });
    return { Subnet: toApiSubnet(subnet, store) };
  },

  CreateDefaultSubnet(input, { store, region }) {
    const vpc = store.of(state.vpcs).find(({ isDefault }) => isDefault);
    if (!vpc)
      throw new AwsError(
        "DefaultVpcDoesNotExist",
        "No default VPC exists for this account in this region.",
      );
    const zone = zoneOf(region, input.AvailabilityZone, input.AvailabilityZoneId);
    const existing = store
      .of(state.subnets)
      .find((subnet) => subnet.defaultForAz && subnet.availabilityZone === zone.name);
    if (existing)
      throw new AwsError(
        "DefaultSubnetAlreadyExistsInAvailabilityZone",
        `'${existing.subnetId}' is already the default subnet in ${zone.name}.`,
      );
    return { Subnet: toApiSubnet(putDefaultSubnet(store, vpc, zone), store) };
  },

  DescribeSubnets(input, { store }) {
    const request = { ...input, ids: input.SubnetIds };
    const { items, NextToken } = describe(store, SUBNET, request, filters);
    return { Subnets: items.map((subnet) => toApiSubnet(subnet, store)), NextToken };
  },

  ModifySubnetAttribute(input, { store }) {
    const { subnetId, attributes } = requireResource(store, SUBNET, input.SubnetId);
    const changed = {
      EnableDns64: input.EnableDns64?.Value,
      HostnameType: input.PrivateDnsHostnameTypeOnLaunch,
      EnableResourceNameDnsARecord: input.EnableResourceNameDnsARecordOnLaunch?.Value,
    };
    const given = Object.entries(changed).filter(([, value]) => value !== undefined);
    const mapPublicIpOnLaunch = input.MapPublicIpOnLaunch?.Value;
    if (
      input.AssignIpv6AddressOnCreation?.Value ||
      input.MapCustomerOwnedIpOnLaunch?.Value ||
      input.EnableResourceNameDnsAAAARecordOnLaunch?.Value
    )
      throw faults.invalidParameterValue(
        `Invalid value 'true' for the attribute: Subnet ${subnetId} has no IPv6 CIDR block and no customer-owned pool.`,
      );
    store.of(state.subnets).patch(subnetId, {
      attributes: { ...attributes, ...(Object.fromEntries(given) as Subnet["attributes"]) },
      ...(mapPublicIpOnLaunch !== undefined && { mapPublicIpOnLaunch }),
    });
    return {};
  },

  DeleteSubnet(input, { store }) {
    deleteSubnet(store, requireResource(store, SUBNET, input.SubnetId).subnetId);
    return {};
  },
} satisfies Ec2Handlers;
