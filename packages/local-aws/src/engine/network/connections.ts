import { formatAddress, parseAddress } from "../../services/ec2/cidr.ts";
import { natGateways, type NetworkInterface, securityGroups } from "../../services/ec2/state.ts";
import type { Scope } from "../../store/store.ts";
import { publicAddressOf } from "./interfaces.ts";
import { ANYWHERE, fromInternetVerdict, insideVpcVerdict, routeTableOf } from "./routing.ts";
import { type Flow, groupsAdmit, type Peer } from "./security-group-check.ts";
import { ALLOWED, allOf, denied, type Verdict } from "./verdict.ts";

/** The verdict about an interface that is not there. */
export function unknownInterface(id: string): Verdict {
  return denied("UnknownNetworkInterface", `Network interface ${id} does not exist.`, id);
}

/** The private address of an interface, as a number. */
function privateAddress(eni: Readonly<NetworkInterface>): number {
  return parseAddress(eni.privateIpAddress)!;
}

const toPeer = (eni: Readonly<NetworkInterface>): Peer => ({
  address: privateAddress(eni),
  securityGroupIds: eni.securityGroupIds,
});

/** Two interfaces of one VPC, by the local route. */
export function insideVpc(
  scope: Scope,
  from: Readonly<NetworkInterface>,
  to: Readonly<NetworkInterface>,
  flow: Flow,
): Verdict {
  if (from.networkInterfaceId === to.networkInterfaceId) return ALLOWED;
  const addresses = { from: privateAddress(from), to: privateAddress(to) };
  return allOf(
    () => egress(scope, from, toPeer(to), flow, to.privateIpAddress),
    () => insideVpcVerdict(scope, from, to, addresses, flow),
    () => ingress(scope, to, toPeer(from), flow),
  );
}

/** From the internet to an interface's public address. */
export function fromOutside(
  scope: Scope,
  address: number,
  to: Readonly<NetworkInterface>,
  flow: Flow,
): Verdict {
  return allOf(
    () => fromInternetVerdict(scope, to, address, flow),
    () => ingress(scope, to, { address, securityGroupIds: [] }, flow),
  );
}

/** The address under which the internet sees what an interface sends. */
export function seenAs(scope: Scope, eni: Readonly<NetworkInterface>): number {
  const table = routeTableOf(scope, eni.subnetId);
  const nat = table?.routes.find(({ target }) => target.startsWith("nat-"))?.target;
  const publicIp =
    publicAddressOf(scope, eni)?.publicIp ??
    (nat === undefined ? undefined : scope.of(natGateways).get(nat)?.publicIp);
  return publicIp === undefined ? ANYWHERE : parseAddress(publicIp)!;
}

function groupNames(scope: Scope, eni: Readonly<NetworkInterface>): string {
  if (eni.securityGroupIds.length === 0) return "no security group";
  return eni.securityGroupIds
    .map((id) => `${id} (${scope.of(securityGroups).get(id)?.groupName ?? "deleted"})`)
    .join(", ");
}

/** Whether security groups let a connection out of an interface. */
export function egress(
  scope: Scope,
  from: Readonly<NetworkInterface>,
  peer: Peer,
  flow: Flow,
  whom: string,
): Verdict {
  if (groupsAdmit(scope, from, true, peer, flow)) return ALLOWED;
  return denied(
    "SecurityGroupEgress",
    `No egress rule of ${groupNames(scope, from)} lets ${flow.protocol} port ${flow.port} out of ${from.networkInterfaceId} to ${whom}.`,
    ...from.securityGroupIds,
    from.networkInterfaceId,
  );
}

/** Whether security groups let a connection into an interface. */
export function ingress(
  scope: Scope,
  to: Readonly<NetworkInterface>,
  peer: Peer,
  flow: Flow,
): Verdict {
  if (groupsAdmit(scope, to, false, peer, flow)) return ALLOWED;
  const groups =
    peer.securityGroupIds.length > 0
      ? ` (security groups ${peer.securityGroupIds.join(", ")})`
      : "";
  return denied(
    "SecurityGroupIngress",
    `No ingress rule of ${groupNames(scope, to)} lets ${flow.protocol} port ${flow.port} into ${to.networkInterfaceId} from ${formatAddress(peer.address)}${groups}.`,
    ...to.securityGroupIds,
    to.networkInterfaceId,
    ...peer.securityGroupIds,
  );
}
