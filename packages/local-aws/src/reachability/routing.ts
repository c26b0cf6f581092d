import type { NatGateway, Route, RouteTable } from "@aws-sdk/client-ec2";
import { parseCidr, storedCidr } from "../ground/cidr.ts";
import { networkAclVerdict } from "./network-acl-check.ts";
import type { Interface, NetworkData } from "./network-data.ts";
import { covers, type Flow } from "./security-group-check.ts";
import { ALLOWED, allOf, denied, type Verdict } from "./verdict.ts";

/** The route table that a subnet uses: its own, or the main one of its VPC. */
export function routeTableOf(
  { routeTables }: NetworkData,
  subnetId: string,
  vpcId: string | undefined,
): RouteTable | undefined {
  const isOwn = ({ Associations = [] }: RouteTable) =>
    Associations.some(({ SubnetId }) => SubnetId === subnetId);
  const isMain = ({ Associations = [], VpcId }: RouteTable) =>
    VpcId === vpcId && Associations.some(({ Main }) => Main);
  return routeTables.find(isOwn) ?? routeTables.find(isMain);
}

/** Where a route leads: the id of a gateway, endpoint or interface, or `local`. */
export const targetOf = (route: Route): string =>
  route.NatGatewayId ??
  route.GatewayId ??
  route.NetworkInterfaceId ??
  route.TransitGatewayId ??
  route.VpcPeeringConnectionId ??
  "nothing";

/** The most specific route to an address. Prefix lists are not asked: their routes are for services. */
function routeTo({ Routes = [] }: RouteTable, address: number): Route | undefined {
  const prefix = ({ DestinationCidrBlock }: Route) =>
    parseCidr(DestinationCidrBlock ?? "")?.prefix ?? -1;
  return Routes.filter(({ DestinationCidrBlock }) =>
    covers(DestinationCidrBlock, address),
  ).toSorted((one, other) => prefix(other) - prefix(one))[0];
}

const isAttached = (
  { internetGateways }: NetworkData,
  id: string,
  vpcId: string | undefined,
): boolean =>
  internetGateways.some(
    ({ InternetGatewayId, Attachments = [] }) =>
      InternetGatewayId === id && Attachments.some(({ VpcId }) => VpcId === vpcId),
  );

/** An address that only a default route leads to. */
export const ANYWHERE = storedCidr("192.0.0.0/32").first;

/** True where the subnet's traffic to the internet goes to an internet gateway: what AWS calls a public subnet. */
export function isPublicSubnet(
  network: NetworkData,
  subnetId: string,
  vpcId: string | undefined,
): boolean {
  const table = routeTableOf(network, subnetId, vpcId);
  const route = table && routeTo(table, ANYWHERE);
  const target = route && targetOf(route);
  return !!target?.startsWith("igw-") && isAttached(network, target, vpcId);
}

/**
 * Whether traffic of an interface finds its way to a public address: by an internet gateway and a public address of its own,
 * or by a NAT gateway that has both. Security groups are not asked.
 */
export function internetRouteVerdict(
  network: NetworkData,
  eni: Interface,
  address: number,
  flow: Flow,
): Verdict {
  const { SubnetId: subnetId = "", NetworkInterfaceId: id } = eni;
  const table = routeTableOf(network, subnetId, eni.VpcId);
  const route = table && routeTo(table, address);
  const tableId = table?.RouteTableId;
  if (!route)
    return denied(
      "NoRoute",
      `Subnet ${subnetId} has no route to the internet: route table ${tableId} needs a route for 0.0.0.0/0 to an internet gateway (public subnet) or a NAT gateway (private subnet).`,
      subnetId,
      tableId,
    );
  const target = targetOf(route);
  if (target.startsWith("nat-")) return natVerdict(network, eni, address, flow, tableId, target);
  if (!target.startsWith("igw-") || !isAttached(network, target, eni.VpcId))
    return denied(
      "Blackhole",
      `The route of subnet ${subnetId} to the internet leads nowhere: ${target} in route table ${tableId} is not an internet gateway attached to ${eni.VpcId}.`,
      subnetId,
      tableId,
      target,
    );
  if (eni.Association?.PublicIp === undefined)
    return denied(
      "NoPublicAddress",
      `Network interface ${id} is in public subnet ${subnetId} but has no public address, so nothing from the internet can answer it: assign a public address, or use a private subnet with a NAT gateway.`,
      id,
      subnetId,
    );
  return networkAclVerdict(network, subnetId, true, address, flow);
}

function natVerdict(
  network: NetworkData,
  { SubnetId: from = "" }: Interface,
  address: number,
  flow: Flow,
  tableId: string | undefined,
  target: string,
): Verdict {
  const gateway = network.natGateways.find(({ NatGatewayId }) => NatGatewayId === target);
  if (gateway?.State !== "available")
    return denied(
      "NatGatewayNotAvailable",
      `The route of subnet ${from} to the internet leads to NAT gateway ${target}, which is ${gateway?.State ?? "gone"}.`,
      from,
      tableId,
      target,
    );
  const without = withoutInternet(network, gateway, target);
  if (without) return without;
  const { SubnetId: own = "" } = gateway;
  if (own === from) return networkAclVerdict(network, from, true, address, flow);
  return allOf(
    () => networkAclVerdict(network, from, true, address, flow),
    () => networkAclVerdict(network, own, true, address, flow),
  );
}

/** Why a NAT gateway that works does not lead to the internet. */
function withoutInternet(
  network: NetworkData,
  { ConnectivityType, SubnetId: subnetId = "", VpcId }: NatGateway,
  id: string,
): Verdict | undefined {
  if (ConnectivityType === "private")
    return denied(
      "NatGatewayWithoutInternet",
      `NAT gateway ${id} has connectivity type private: it does not lead to the internet.`,
      id,
    );
  if (isPublicSubnet(network, subnetId, VpcId)) return undefined;
  return denied(
    "NatGatewayWithoutInternet",
    `NAT gateway ${id} is in subnet ${subnetId}, which has no route to an internet gateway: a NAT gateway belongs in a public subnet.`,
    id,
    subnetId,
    routeTableOf(network, subnetId, VpcId)?.RouteTableId,
  );
}

/** Whether what comes from the internet finds its way to an interface. Security groups are not asked. */
export function fromInternetVerdict(
  network: NetworkData,
  eni: Interface,
  address: number,
  flow: Flow,
): Verdict {
  const { SubnetId: subnetId = "", NetworkInterfaceId: id } = eni;
  if (eni.Association?.PublicIp === undefined)
    return denied(
      "NoPublicAddress",
      `Network interface ${id} has no public address: it cannot be reached from the internet.`,
      id,
    );
  const table = routeTableOf(network, subnetId, eni.VpcId);
  const route = table && routeTo(table, address);
  const target = route && targetOf(route);
  if (!target?.startsWith("igw-") || !isAttached(network, target, eni.VpcId))
    return denied(
      "NoRoute",
      `Subnet ${subnetId} has no route to an internet gateway, so answers from ${id} do not get back to the internet: route table ${table?.RouteTableId} needs a route for 0.0.0.0/0 to one.`,
      subnetId,
      table?.RouteTableId,
      id,
    );
  return networkAclVerdict(network, subnetId, false, address, flow);
}

/** Whether two interfaces of one VPC reach each other. Security groups are not asked. */
export function insideVpcVerdict(
  network: NetworkData,
  from: Interface,
  to: Interface,
  addresses: { readonly from: number; readonly to: number },
  flow: Flow,
): Verdict {
  // ACLs stand at a subnet's border: inside of one they are not asked.
  if (from.SubnetId === to.SubnetId) return ALLOWED;
  return allOf(
    () => networkAclVerdict(network, from.SubnetId ?? "", true, addresses.to, flow),
    () => networkAclVerdict(network, to.SubnetId ?? "", false, addresses.from, flow),
  );
}
