import { defineIndex } from "../../store/collection.ts";
import { defineKind } from "../../store/kind.ts";
import { without, written } from "../kit/written.ts";
import type { Kept } from "../service.ts";
import { instances } from "./instances/state.ts";
import type { VpcEndpoint } from "./vpc-endpoint.ts";

/** Tags as EC2 keeps them, in the order in which they were set. */
export type Tags = Readonly<Record<string, string>>;

export interface Vpc {
  vpcId: string;
  cidrBlock: string;
  isDefault: boolean;
  enableDnsSupport: boolean;
  enableDnsHostnames: boolean;
  instanceTenancy: string;
  dhcpOptionsId: string;
  cidrAssociationId: string;
  /** CIDR blocks added with AssociateVpcCidrBlock. */
  secondaryCidrs?: readonly { associationId: string; cidrBlock: string }[];
  enableNetworkAddressUsageMetrics?: boolean;
  tags: Tags;
}

export interface Subnet {
  subnetId: string;
  vpcId: string;
  cidrBlock: string;
  availabilityZone: string;
  availabilityZoneId: string;
  mapPublicIpOnLaunch: boolean;
  defaultForAz: boolean;
  tags: Tags;
  /** Rarely used attributes, by their EC2 names. */
  attributes: Readonly<Record<string, boolean | string | number>>;
}

export interface InternetGateway {
  internetGatewayId: string;
  /** The VPC it is attached to. */
  vpcId?: string;
  tags: Tags;
}

export interface Route {
  destinationCidrBlock?: string;
  destinationIpv6CidrBlock?: string;
  destinationPrefixListId?: string;
  /** `local`, `igw-…`, `nat-…`, `vpce-…`, `eni-…`. */
  target: string;
  origin: "CreateRouteTable" | "CreateRoute";
}

export interface RouteTable {
  routeTableId: string;
  vpcId: string;
  routes: readonly Route[];
  associations: readonly {
    associationId: string;
    main: boolean;
    subnetId?: string;
    gatewayId?: string;
  }[];
  tags: Tags;
}

export interface SecurityGroupRule {
  ruleId: string;
  groupId: string;
  isEgress: boolean;
  /** `tcp`, `udp`, `icmp`, `-1` for all, or a protocol number. */
  ipProtocol: string;
  /** -1 where the protocol has no ports. */
  fromPort: number;
  toPort: number;
  cidrIpv4?: string;
  cidrIpv6?: string;
  prefixListId?: string;
  referencedGroupId?: string;
  description?: string;
  tags: Tags;
}

export interface SecurityGroup {
  groupId: string;
  groupName: string;
  description: string;
  vpcId: string;
  tags: Tags;
}

export interface Address {
  allocationId: string;
  publicIp: string;
  associationId?: string;
  networkInterfaceId?: string;
  privateIpAddress?: string;
  tags: Tags;
}

export interface NatGateway {
  natGatewayId: string;
  subnetId: string;
  vpcId: string;
  connectivityType: "public" | "private";
  state: "pending" | "available" | "deleting" | "deleted" | "failed";
  allocationId?: string;
  publicIp?: string;
  privateIp: string;
  networkInterfaceId: string;
  createTime: number;
  deleteTime?: number;
  /** The address's association with the interface, while there is one. */
  associationId?: string;
  /** Why the state is `failed`. */
  failureCode?: string;
  failureMessage?: string;
  tags: Tags;
}

export interface NetworkInterface {
  networkInterfaceId: string;
  subnetId: string;
  vpcId: string;
  availabilityZone: string;
  privateIpAddress: string;
  publicIp?: string;
  macAddress: string;
  securityGroupIds: readonly string[];
  description: string;
  interfaceType: string;
  requesterId?: string;
  requesterManaged: boolean;
  sourceDestCheck: boolean;
  /** Present while in use: `ela-attach-…` for a load balancer, `eni-attach-…` otherwise. */
  attachment?: {
    attachmentId: string;
    instanceOwnerId: string;
    status: "attached";
    attachTime: number;
    /** Of the instance whose interface it is. */
    instanceId?: string;
  };
  tags: Tags;
}

/** A stateless list of rules at a subnet's border. Rule 32767, which denies the rest, is not stored. */
export interface NetworkAcl {
  networkAclId: string;
  vpcId: string;
  isDefault: boolean;
  entries: readonly NetworkAclEntry[];
  associations: readonly { associationId: string; subnetId: string }[];
  tags: Tags;
}

export interface NetworkAclEntry {
  egress: boolean;
  ruleNumber: number;
  /** A protocol number; `-1` for all. */
  protocol: string;
  ruleAction: "allow" | "deny";
  cidrBlock?: string;
  ipv6CidrBlock?: string;
  portRange?: { from: number; to: number };
  icmpTypeCode?: { type: number; code: number };
}

export interface DhcpOptions {
  dhcpOptionsId: string;
  /** What new VPCs get. */
  isDefault: boolean;
  configurations: readonly { key: string; values: readonly string[] }[];
  tags: Tags;
}

/** Who holds a public address. Keyed by the address, over all accounts: no two may hold one. */
export interface PublicAddress {
  publicIp: string;
  account: string;
  region: string;
}

/** Who has an address: interfaces of several networks may, as long as each network has it once. */
export interface PrivateAddress {
  privateIpAddress: string;
  networkInterfaceIds: readonly string[];
}

/** What a call with a `ClientToken` asked for and was answered. */
export interface ClientToken {
  /** Operation and token. */
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  input: Readonly<Record<string, unknown>>;
  output: Readonly<Record<string, unknown>>;
}

export const vpcs = defineKind<Vpc>("ec2.vpc");
export const subnets = defineKind<Subnet>("ec2.subnet");
export const internetGateways = defineKind<InternetGateway>("ec2.internet-gateway");
export const routeTables = defineKind<RouteTable>("ec2.route-table");
export const securityGroups = defineKind<SecurityGroup>("ec2.security-group");
export const securityGroupRules = defineKind<SecurityGroupRule>("ec2.security-group-rule");
export const addresses = defineKind<Address>("ec2.address");
export const addressesByInterface = defineIndex<Address>(({ networkInterfaceId }) => [
  networkInterfaceId,
]);
export const natGateways = defineKind<NatGateway>("ec2.nat-gateway");
export const networkInterfaces = defineKind<NetworkInterface>("ec2.network-interface");
export const interfacesByAddress = defineIndex<NetworkInterface>(({ privateIpAddress }) => [
  privateIpAddress,
]);
export const interfacesBySubnet = defineIndex<NetworkInterface>(({ subnetId }) => [subnetId]);
export const networkAcls = defineKind<NetworkAcl>("ec2.network-acl");
export const dhcpOptions = defineKind<DhcpOptions>("ec2.dhcp-options");
export const vpcEndpoints = defineKind<VpcEndpoint>("ec2.vpc-endpoint");
export const clientTokens = defineKind<ClientToken>("ec2.client-token");
export const publicAddresses = defineKind<PublicAddress>("ec2.public-address", { scope: "global" });
export const privateAddresses = defineKind<PrivateAddress>("ec2.private-address", {
  scope: "global",
});

export const kept: Kept = {
  shown: [
    vpcs,
    subnets,
    internetGateways,
    natGateways,
    addresses,
    routeTables,
    securityGroups,
    securityGroupRules,
    networkInterfaces,
    instances,
  ],
  written: [
    written(networkInterfaces, (each) => (each.requesterManaged ? undefined : each)),
    // Interfaces name theirs.
    written(privateAddresses),
    // How far one is on its way is the cloud's own.
    written(instances, (each) =>
      without(each, "state", "stateReason", "stateTransitionReason", "agentFault", "terminatedAt"),
    ),
  ],
};
