import type { Scope } from "../../store/store.ts";
import { formatCidr, storedCidr } from "../../ground/cidr.ts";
import { newId } from "./ids.ts";
import { zonesOf } from "../../ground/regions.ts";
import * as state from "./state.ts";
import type { NetworkAclEntry, Route, Subnet, Vpc } from "./state.ts";

/** The rule that every security group starts with: everything may leave. */
export function putDefaultEgressRule(scope: Scope, groupId: string): void {
  putAllTrafficRule(scope, { groupId, isEgress: true, cidrIpv4: "0.0.0.0/0" });
}

function putAllTrafficRule(
  scope: Scope,
  rule: Pick<state.SecurityGroupRule, "groupId" | "isEgress" | "cidrIpv4" | "referencedGroupId">,
): void {
  const ruleId = newId("sgr");
  const ports = { ipProtocol: "-1", fromPort: -1, toPort: -1 };
  scope.of(state.securityGroupRules).put(ruleId, { ruleId, ...rule, ...ports, tags: {} });
}

/** The routes to the VPC itself, which every route table of it has and none can lose. */
export function localRoutes(vpc: Readonly<Vpc>): Route[] {
  return [vpc.cidrBlock, ...(vpc.secondaryCidrs ?? []).map(({ cidrBlock }) => cidrBlock)].map(
    (destinationCidrBlock) => ({
      destinationCidrBlock,
      target: "local",
      origin: "CreateRouteTable",
    }),
  );
}

/**
 * Makes a VPC with what comes with each: a main route table, a default network ACL and a default security group.
 * https://docs.aws.amazon.com/vpc/latest/userguide/create-vpc.html
 */
export function putVpc(
  scope: Scope,
  given: Omit<Vpc, "vpcId" | "cidrAssociationId" | "dhcpOptionsId">,
): Readonly<Vpc> {
  const vpcId = newId("vpc");
  const vpc = scope.of(state.vpcs).put(vpcId, {
    ...given,
    vpcId,
    cidrAssociationId: newId("vpc-cidr-assoc"),
    dhcpOptionsId:
      scope.of(state.dhcpOptions).find((options) => options.isDefault)?.dhcpOptionsId ?? "default",
  });
  const routeTableId = newId("rtb");
  scope.of(state.routeTables).put(routeTableId, {
    routeTableId,
    vpcId,
    routes: localRoutes(vpc),
    associations: [{ associationId: newId("rtbassoc"), main: true }],
    tags: {},
  });
  putDefaultNetworkAcl(scope, vpcId);
  putDefaultSecurityGroup(scope, vpcId);
  return vpc;
}

function putDefaultNetworkAcl(scope: Scope, vpcId: string): void {
  const networkAclId = newId("acl");
  const allowAll = (egress: boolean): NetworkAclEntry => ({
    egress,
    ruleNumber: 100,
    protocol: "-1",
    ruleAction: "allow",
    cidrBlock: "0.0.0.0/0",
  });
  scope.of(state.networkAcls).put(networkAclId, {
    networkAclId,
    vpcId,
    isDefault: true,
    entries: [allowAll(true), allowAll(false)],
    associations: [],
    tags: {},
  });
}

function putDefaultSecurityGroup(scope: Scope, vpcId: string): void {
  const groupId = newId("sg");
  scope.of(state.securityGroups).put(groupId, {
    groupId,
    groupName: "default",
    description: "default VPC security group",
    vpcId,
    tags: {},
  });
  putAllTrafficRule(scope, { groupId, isEgress: false, referencedGroupId: groupId });
  putDefaultEgressRule(scope, groupId);
}

/** Makes a subnet and puts it under the VPC's default network ACL. The caller has checked its range. */
export function putSubnet(
  scope: Scope,
  given: Omit<Subnet, "subnetId" | "attributes">,
): Readonly<Subnet> {
  const subnetId = newId("subnet");
  const subnet = scope.of(state.subnets).put(subnetId, { ...given, subnetId, attributes: {} });
  const acl = scope
    .of(state.networkAcls)
    .find(({ vpcId, isDefault }) => isDefault && vpcId === given.vpcId);
  if (!acl) throw new Error(`${given.vpcId} has no default network ACL`);
  scope.of(state.networkAcls).patch(acl.networkAclId, {
    associations: [...acl.associations, { associationId: newId("aclassoc"), subnetId }],
  });
  return subnet;
}

/** The size of each default subnet. */
const DEFAULT_SUBNET_BITS = 20;

/**
 * Makes the default VPC: 172.31.0.0/16 with a public subnet in each zone and a route to an internet gateway.
 * https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
 */
export function putDefaultVpc(scope: Scope): Readonly<Vpc> {
  const vpc = putVpc(scope, {
    cidrBlock: "172.31.0.0/16",
    isDefault: true,
    enableDnsSupport: true,
    enableDnsHostnames: true,
    instanceTenancy: "default",
    tags: {},
  });
  const { vpcId } = vpc;
  const internetGatewayId = newId("igw");
  scope.of(state.internetGateways).put(internetGatewayId, { internetGatewayId, vpcId, tags: {} });
  const tables = scope.of(state.routeTables);
  const main = tables.find((table) => table.vpcId === vpcId);
  if (main)
    tables.patch(main.routeTableId, {
      routes: [
        ...main.routes,
        { destinationCidrBlock: "0.0.0.0/0", target: internetGatewayId, origin: "CreateRoute" },
      ],
    });
  for (const zone of zonesOf(scope.region)) putDefaultSubnet(scope, vpc, zone);
  return vpc;
}

/** Makes the default subnet of a zone in the first free /20 of the default VPC. */
export function putDefaultSubnet(
  scope: Scope,
  vpc: Readonly<Vpc>,
  zone: { readonly name: string; readonly id: string },
): Readonly<Subnet> {
  const taken = new Set(
    scope
      .of(state.subnets)
      .filter(({ vpcId }) => vpcId === vpc.vpcId)
      .map(({ cidrBlock }) => cidrBlock),
  );
  const { first } = storedCidr(vpc.cidrBlock);
  for (let index = 0; index < 16; index++) {
    const prefix = DEFAULT_SUBNET_BITS;
    const cidrBlock = formatCidr({ first: first + index * 2 ** (32 - prefix), prefix });
    if (taken.has(cidrBlock)) continue;
    return putSubnet(scope, {
      vpcId: vpc.vpcId,
      cidrBlock,
      availabilityZone: zone.name,
      availabilityZoneId: zone.id,
      mapPublicIpOnLaunch: true,
      defaultForAz: true,
      tags: {},
    });
  }
  throw new Error(`${vpc.vpcId} has no room for another default subnet`);
}
