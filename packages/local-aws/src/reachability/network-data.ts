import type {
  InternetGateway,
  NatGateway,
  NetworkAcl,
  NetworkInterface,
  PrefixList,
  RouteTable,
  SecurityGroup,
  SecurityGroupRule,
  Vpc,
  VpcEndpoint,
} from "@aws-sdk/client-ec2";

/** What `DescribeVpcAttribute` says of a VPC's names. */
export interface VpcDns {
  readonly VpcId: string;
  /** Whether Amazon's resolver answers at all. */
  readonly enableDnsSupport: boolean;
  /** Whether private names of endpoints are answered as well; both attributes are needed for that. */
  readonly enableDnsHostnames: boolean;
}

/**
 * A network as EC2 describes it: the answers of the `Describe…` calls, put side by side. Whoever has such answers, from AWS or
 * from Local AWS's own store, can ask the functions of this room who reaches whom. One list may hold several VPCs.
 */
export interface NetworkData {
  /** Such as `ap-northeast-1`: names of services contain it. */
  readonly region: string;
  readonly vpcs: readonly Pick<Vpc, "VpcId" | "CidrBlock" | "CidrBlockAssociationSet">[];
  readonly dns: readonly VpcDns[];
  readonly routeTables: readonly RouteTable[];
  readonly networkAcls: readonly NetworkAcl[];
  readonly securityGroups: readonly Pick<SecurityGroup, "GroupId" | "GroupName">[];
  readonly securityGroupRules: readonly SecurityGroupRule[];
  readonly internetGateways: readonly InternetGateway[];
  readonly natGateways: readonly NatGateway[];
  readonly vpcEndpoints: readonly VpcEndpoint[];
  readonly networkInterfaces: readonly NetworkInterface[];
  /** Of AWS's own services: where gateway endpoints lead. */
  readonly prefixLists: readonly PrefixList[];
}

/** The members of a network interface that decide about what reaches it. */
export type Interface = Pick<
  NetworkInterface,
  "NetworkInterfaceId" | "SubnetId" | "VpcId" | "PrivateIpAddress" | "Groups" | "Association"
>;

/** The ids of an interface's security groups. */
export const groupIdsOf = ({ Groups = [] }: Interface): readonly string[] =>
  Groups.flatMap(({ GroupId }) => GroupId ?? []);
