import type {
  NatGateway,
  RouteTable,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
} from "@aws-sdk/client-ec2";

import type { LiveContext } from "../live.ts";

/** The learner's VPC as EC2 has it now. */
export interface LiveNetwork {
  readonly vpcId: string;
  readonly subnets: readonly Subnet[];
  readonly routeTables: readonly RouteTable[];
  readonly natGateways: readonly NatGateway[];
  readonly groups: readonly SecurityGroup[];
  readonly rules: readonly SecurityGroupRule[];
}

/** Where a subnet's default route leads to. */
export type WayOut =
  | { readonly to: "internet-gateway"; readonly id: string }
  | { readonly to: "nat-gateway"; readonly id: string }
  | { readonly to: "nowhere" };

/**
 * Reads the VPC that carries the owner's tags, which the provider gives to everything.
 *
 * @returns undefined when there is none
 */
export async function readNetwork({ aws, owner }: LiveContext): Promise<LiveNetwork | undefined> {
  const { ec2 } = aws;
  const { Vpcs = [] } = await ec2.describeVpcs({
    Filters: [
      { Name: "tag:Owner", Values: [owner] },
      { Name: "tag:Project", Values: ["ecs-workbook"] },
    ],
  });
  const vpcId = Vpcs[0]?.VpcId;
  if (vpcId === undefined) return undefined;
  const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
  const [subnets, tables, nats, groups] = await Promise.all([
    ec2.describeSubnets({ Filters }),
    ec2.describeRouteTables({ Filters }),
    ec2.describeNatGateways({ Filter: Filters }),
    ec2.describeSecurityGroups({ Filters }),
  ]);
  const ids = (groups.SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []);
  const { SecurityGroupRules: rules = [] } = await ec2.describeSecurityGroupRules({
    Filters: [{ Name: "group-id", Values: ids }],
  });
  return {
    vpcId,
    subnets: subnets.Subnets ?? [],
    routeTables: tables.RouteTables ?? [],
    natGateways: nats.NatGateways ?? [],
    groups: groups.SecurityGroups ?? [],
    rules,
  };
}

/**
 * Where a subnet's packets for the internet go: by the table associated with it, else by the VPC's main one.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
 */
export function wayOutOf({ routeTables }: LiveNetwork, subnetId: string | undefined): WayOut {
  const associated = (table: RouteTable) =>
    table.Associations?.some((each) => each.SubnetId === subnetId) === true;
  const isMain = (table: RouteTable) =>
    table.Associations?.some(({ Main }) => Main === true) === true;
  const table = routeTables.find(associated) ?? routeTables.find(isMain);
  const route = table?.Routes?.find(
    ({ DestinationCidrBlock, State }) => DestinationCidrBlock === "0.0.0.0/0" && State === "active",
  );
  if (route?.GatewayId?.startsWith("igw-")) return { to: "internet-gateway", id: route.GatewayId };
  if (route?.NatGatewayId !== undefined) return { to: "nat-gateway", id: route.NatGatewayId };
  return { to: "nowhere" };
}

/** The subnets whose default route leads to the internet gateway, or those whose does not. */
export function subnetsOf(network: LiveNetwork, kind: "public" | "private"): readonly Subnet[] {
  return network.subnets.filter(
    ({ SubnetId }) =>
      (wayOutOf(network, SubnetId).to === "internet-gateway") === (kind === "public"),
  );
}

/** The security group of a name. */
export function groupNamed({ groups }: LiveNetwork, name: string): SecurityGroup | undefined {
  return groups.find(({ GroupName }) => GroupName === name);
}
