import { containsAddress, storedCidr } from "../../services/ec2/cidr.ts";
import {
  internetGateways,
  type NatGateway,
  natGateways,
  type NetworkInterface,
  type Route,
  type RouteTable,
  routeTables,
  subnets,
} from "../../services/ec2/state.ts";
import type { Scope } from "../../store/store.ts";
import { publicAddressOf } from "./interfaces.ts";
import { networkAclVerdict } from "./network-acl-check.ts";
import type { Flow } from "./security-group-check.ts";
import { ALLOWED, allOf, denied, type Verdict } from "./verdict.ts";

/** The route table that a subnet uses: its own, or the main one of its VPC. */
export function routeTableOf(scope: Scope, subnetId: string): Readonly<RouteTable> | undefined {
  const tables = scope.of(routeTables);
  const vpcId = scope.of(subnets).get(subnetId)?.vpcId;
  return (
    tables.find(({ associations }) => associations.some((one) => one.subnetId === subnetId)) ??
    tables.find((table) => table.vpcId === vpcId && table.associations.some(({ main }) => main))
  );
}

/** The most specific route to an address. Prefix lists are not asked: their routes are for services. */
function routeTo(table: Readonly<RouteTable>, address: number): Route | undefined {
  return table.routes
    .filter(
      ({ destinationCidrBlock: cidr }) =>
        cidr !== undefined && containsAddress(storedCidr(cidr), address),
    )
    .toSorted(
      (one, other) =>
        storedCidr(other.destinationCidrBlock!).prefix -
        storedCidr(one.destinationCidrBlock!).prefix,
    )[0];
}

const isAttached = (scope: Scope, internetGatewayId: string, vpcId: string) =>
  scope.of(internetGateways).get(internetGatewayId)?.vpcId === vpcId;

/** An address that only a default route leads to. */
export const ANYWHERE = storedCidr("192.0.0.0/32").first;

/** True where the subnet's traffic to the internet goes to an internet gateway: what AWS calls a public subnet. */
export function isPublicSubnet(scope: Scope, subnetId: string): boolean {
  const table = routeTableOf(scope, subnetId);
  const target = table && routeTo(table, ANYWHERE)?.target;
  return !!target?.startsWith("igw-") && isAttached(scope, target, table!.vpcId);
}

/**
 * Whether traffic of an interface finds its way to a public address: by an internet gateway and a public address of its own,
 * or by a NAT gateway that has both. Security groups are not asked.
 */
export function internetRouteVerdict(
  scope: Scope,
  eni: Readonly<NetworkInterface>,
  address: number,
  flow: Flow,
): Verdict {
  const { subnetId, networkInterfaceId } = eni;
  const table = routeTableOf(scope, subnetId);
  const route = table && routeTo(table, address);
  const tableId = table?.routeTableId;
  if (!route)
    return denied(
      "NoRoute",
      `Subnet ${subnetId} has no route to the internet: route table ${tableId} needs a route for 0.0.0.0/0 to an internet gateway (public subnet) or a NAT gateway (private subnet).`,
      subnetId,
      tableId,
    );
  const { target } = route;
  if (target.startsWith("nat-"))
    return natVerdict(
      scope,
      eni,
      scope.of(natGateways).get(target),
      address,
      flow,
      tableId,
      target,
    );
  if (!target.startsWith("igw-") || !isAttached(scope, target, eni.vpcId))
    return denied(
      "Blackhole",
      `The route of subnet ${subnetId} to the internet leads nowhere: ${target} in route table ${tableId} is not an internet gateway attached to ${eni.vpcId}.`,
      subnetId,
      tableId,
      target,
    );
  if (!publicAddressOf(scope, eni))
    return denied(
      "NoPublicAddress",
      `Network interface ${networkInterfaceId} is in public subnet ${subnetId} but has no public address, so nothing from the internet can answer it: assign a public address, or use a private subnet with a NAT gateway.`,
      networkInterfaceId,
      subnetId,
    );
  return networkAclVerdict(scope, subnetId, true, address, flow);
}

function natVerdict(
  scope: Scope,
  eni: Readonly<NetworkInterface>,
  gateway: Readonly<NatGateway> | undefined,
  address: number,
  flow: Flow,
  tableId: string | undefined,
  target: string,
): Verdict {
  if (gateway?.state !== "available")
    return denied(
      "NatGatewayNotAvailable",
      `The route of subnet ${eni.subnetId} to the internet leads to NAT gateway ${target}, which is ${gateway?.state ?? "gone"}.`,
      eni.subnetId,
      tableId,
      target,
    );
  if (gateway.connectivityType === "private")
    return denied(
      "NatGatewayWithoutInternet",
      `NAT gateway ${target} has connectivity type private: it does not lead to the internet.`,
      target,
    );
  if (!isPublicSubnet(scope, gateway.subnetId))
    return denied(
      "NatGatewayWithoutInternet",
      `NAT gateway ${target} is in subnet ${gateway.subnetId}, which has no route to an internet gateway: a NAT gateway belongs in a public subnet.`,
      target,
      gateway.subnetId,
      routeTableOf(scope, gateway.subnetId)?.routeTableId,
    );
  if (gateway.subnetId === eni.subnetId)
    return networkAclVerdict(scope, eni.subnetId, true, address, flow);
  return allOf(
    () => networkAclVerdict(scope, eni.subnetId, true, address, flow),
    () => networkAclVerdict(scope, gateway.subnetId, true, address, flow),
  );
}

/** Whether what comes from the internet finds its way to an interface. Security groups are not asked. */
export function fromInternetVerdict(
  scope: Scope,
  eni: Readonly<NetworkInterface>,
  address: number,
  flow: Flow,
): Verdict {
  const { subnetId, networkInterfaceId } = eni;
  if (!publicAddressOf(scope, eni))
    return denied(
      "NoPublicAddress",
      `Network interface ${networkInterfaceId} has no public address: it cannot be reached from the internet.`,
      networkInterfaceId,
    );
  const table = routeTableOf(scope, subnetId);
  const target = table && routeTo(table, address)?.target;
  if (!target?.startsWith("igw-") || !isAttached(scope, target, eni.vpcId))
    return denied(
      "NoRoute",
      `Subnet ${subnetId} has no route to an internet gateway, so answers from ${networkInterfaceId} do not get back to the internet: route table ${table?.routeTableId} needs a route for 0.0.0.0/0 to one.`,
      subnetId,
      table?.routeTableId,
      networkInterfaceId,
    );
  return networkAclVerdict(scope, subnetId, false, address, flow);
}

/** Whether two interfaces of one VPC reach each other. Security groups are not asked. */
export function insideVpcVerdict(
  scope: Scope,
  from: Readonly<NetworkInterface>,
  to: Readonly<NetworkInterface>,
  addresses: { readonly from: number; readonly to: number },
  flow: Flow,
): Verdict {
  // ACLs stand at a subnet's border: inside of one they are not asked.
  if (from.subnetId === to.subnetId) return ALLOWED;
  return allOf(
    () => networkAclVerdict(scope, from.subnetId, true, addresses.to, flow),
    () => networkAclVerdict(scope, to.subnetId, false, addresses.from, flow),
  );
}
