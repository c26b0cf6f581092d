import { formatAddress, parseAddress } from "../ground/cidr.ts";
import { groupIdsOf, type Interface, type NetworkData } from "./network-data.ts";
import {
  ANYWHERE,
  fromInternetVerdict,
  insideVpcVerdict,
  routeTableOf,
  targetOf,
} from "./routing.ts";
import { type Flow, groupsAdmit, type Peer } from "./security-group-check.ts";
import { ALLOWED, allOf, denied, type Verdict } from "./verdict.ts";

/** The private address of an interface, as a number. */
function privateAddress({ NetworkInterfaceId, PrivateIpAddress = "" }: Interface): number {
  const address = parseAddress(PrivateIpAddress);
  if (address === undefined)
    throw new RangeError(`${NetworkInterfaceId} has no IPv4 address: ${PrivateIpAddress}`);
  return address;
}

const toPeer = (eni: Interface): Peer => ({
  address: privateAddress(eni),
  securityGroupIds: groupIdsOf(eni),
});

/** Two interfaces of one VPC, by the local route. */
export function insideVpc(
  network: NetworkData,
  from: Interface,
  to: Interface,
  flow: Flow,
): Verdict {
  if (from.NetworkInterfaceId === to.NetworkInterfaceId) return ALLOWED;
  const addresses = { from: privateAddress(from), to: privateAddress(to) };
  return allOf(
    () => egress(network, from, toPeer(to), flow, to.PrivateIpAddress ?? ""),
    () => insideVpcVerdict(network, from, to, addresses, flow),
    () => ingress(network, to, toPeer(from), flow),
  );
}

/** From the internet to an interface's public address. */
export function fromOutside(
  network: NetworkData,
  address: number,
  to: Interface,
  flow: Flow,
): Verdict {
  return allOf(
    () => fromInternetVerdict(network, to, address, flow),
    () => ingress(network, to, { address, securityGroupIds: [] }, flow),
  );
}

/** The address under which the internet sees what an interface sends. */
export function seenAs(network: NetworkData, eni: Interface): number {
  const table = routeTableOf(network, eni.SubnetId ?? "", eni.VpcId);
  const nat = table?.Routes?.map(targetOf).find((target) => target.startsWith("nat-"));
  const gateway = network.natGateways.find(({ NatGatewayId }) => NatGatewayId === nat);
  const publicIp =
    eni.Association?.PublicIp ??
    (nat === undefined ? undefined : gateway?.NatGatewayAddresses?.[0]?.PublicIp);
  return publicIp === undefined ? ANYWHERE : parseAddress(publicIp)!;
}

function groupNames({ securityGroups }: NetworkData, eni: Interface): string {
  const ids = groupIdsOf(eni);
  if (ids.length === 0) return "no security group";
  const nameOf = (id: string) =>
    securityGroups.find(({ GroupId }) => GroupId === id)?.GroupName ?? "deleted";
  return ids.map((id) => `${id} (${nameOf(id)})`).join(", ");
}

/** Whether security groups let a connection out of an interface. */
export function egress(
  network: NetworkData,
  from: Interface,
  peer: Peer,
  flow: Flow,
  whom: string,
): Verdict {
  const groups = groupIdsOf(from);
  if (groupsAdmit(network, groups, true, peer, flow)) return ALLOWED;
  return denied(
    "SecurityGroupEgress",
    `No egress rule of ${groupNames(network, from)} lets ${flow.protocol} port ${flow.port} out of ${from.NetworkInterfaceId} to ${whom}.`,
    ...groups,
    from.NetworkInterfaceId,
  );
}

/** Whether security groups let a connection into an interface. */
export function ingress(network: NetworkData, to: Interface, peer: Peer, flow: Flow): Verdict {
  const own = groupIdsOf(to);
  if (groupsAdmit(network, own, false, peer, flow)) return ALLOWED;
  const groups =
    peer.securityGroupIds.length > 0
      ? ` (security groups ${peer.securityGroupIds.join(", ")})`
      : "";
  return denied(
    "SecurityGroupIngress",
    `No ingress rule of ${groupNames(network, to)} lets ${flow.protocol} port ${flow.port} into ${to.NetworkInterfaceId} from ${formatAddress(peer.address)}${groups}.`,
    ...own,
    to.NetworkInterfaceId,
    ...peer.securityGroupIds,
  );
}
