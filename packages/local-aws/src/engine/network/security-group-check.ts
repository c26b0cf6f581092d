import { containsAddress, storedCidr } from "../../services/ec2/cidr.ts";
import { protocolNumber } from "../../services/ec2/ip-permissions.ts";
import { prefixListsOf } from "../../services/ec2/prefix-lists.ts";
import { rulesOf } from "../../services/ec2/security-group-rules.ts";
import type { NetworkInterface, SecurityGroupRule } from "../../services/ec2/state.ts";
import type { Scope } from "../../store/store.ts";

/** One connection that is asked about. `port` is the destination's; protocols as EC2 names or numbers them. */
export interface Flow {
  readonly protocol: string;
  readonly port: number;
}

/** The other end of a connection, seen from an interface. */
export interface Peer {
  /** As a number, see `cidr.ts`. */
  readonly address: number;
  /** Groups of the other interface, where the two reach each other by private address. */
  readonly securityGroupIds: readonly string[];
  /** The prefix list that the other end's address is on, where it is a service of AWS's. */
  readonly prefixListId?: string;
}

/** True where one of the rules admits the flow. */
function ruleAdmits(
  scope: Scope,
  rule: Readonly<SecurityGroupRule>,
  peer: Peer,
  flow: Flow,
): boolean {
  const number = protocolNumber(flow.protocol);
  if (rule.ipProtocol !== "-1") {
    if (protocolNumber(rule.ipProtocol) !== number) return false;
    const hasPorts = number === "6" || number === "17";
    if (hasPorts && (flow.port < rule.fromPort || flow.port > rule.toPort)) return false;
  }
  if (rule.cidrIpv4 !== undefined) return containsAddress(storedCidr(rule.cidrIpv4), peer.address);
  if (rule.referencedGroupId !== undefined)
    return peer.securityGroupIds.includes(rule.referencedGroupId);
  if (rule.prefixListId === undefined) return false;
  if (rule.prefixListId === peer.prefixListId) return true;
  const list = prefixListsOf(scope.region).find(({ id }) => id === rule.prefixListId);
  return !!list?.cidrs.some((cidr) => containsAddress(storedCidr(cidr), peer.address));
}

/**
 * True where the interface's security groups let the flow pass. Groups are stateful: answers to what passed are not asked
 * about. https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
export function groupsAdmit(
  scope: Scope,
  networkInterface: Readonly<NetworkInterface>,
  isEgress: boolean,
  peer: Peer,
  flow: Flow,
): boolean {
  return networkInterface.securityGroupIds.some((groupId) =>
    rulesOf(scope, groupId, isEgress).some((rule) => ruleAdmits(scope, rule, peer, flow)),
  );
}
