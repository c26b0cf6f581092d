import type { SecurityGroupRule } from "@aws-sdk/client-ec2";
import { containsAddress, parseCidr } from "../ground/cidr.ts";
import { protocolNumber } from "../services/ec2/ip-permissions.ts";
import type { NetworkData } from "./network-data.ts";

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

/** True where a range holds the address; one that is not of IPv4 holds none. */
export function covers(cidr: string | undefined, address: number): boolean {
  const range = parseCidr(cidr ?? "");
  return range !== undefined && containsAddress(range, address);
}

/** True where one of the rules admits the flow. */
function ruleAdmits(
  { prefixLists }: NetworkData,
  rule: SecurityGroupRule,
  peer: Peer,
  flow: Flow,
): boolean {
  const { IpProtocol = "-1", FromPort = -1, ToPort = -1 } = rule;
  if (IpProtocol !== "-1") {
    const number = protocolNumber(flow.protocol);
    if (protocolNumber(IpProtocol) !== number) return false;
    const hasPorts = number === "6" || number === "17";
    if (hasPorts && (flow.port < FromPort || flow.port > ToPort)) return false;
  }
  if (rule.CidrIpv4 !== undefined) return covers(rule.CidrIpv4, peer.address);
  if (rule.ReferencedGroupInfo?.GroupId !== undefined)
    return peer.securityGroupIds.includes(rule.ReferencedGroupInfo.GroupId);
  if (rule.PrefixListId === undefined) return false;
  if (rule.PrefixListId === peer.prefixListId) return true;
  const list = prefixLists.find(({ PrefixListId }) => PrefixListId === rule.PrefixListId);
  return !!list?.Cidrs?.some((cidr) => covers(cidr, peer.address));
}

/**
 * True where one of these security groups lets the flow pass. Groups are stateful: answers to what passed are not asked about.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
export function groupsAdmit(
  network: NetworkData,
  groupIds: readonly string[],
  isEgress: boolean,
  peer: Peer,
  flow: Flow,
): boolean {
  return network.securityGroupRules.some(
    (rule) =>
      rule.IsEgress === isEgress &&
      groupIds.includes(rule.GroupId ?? "") &&
      ruleAdmits(network, rule, peer, flow),
  );
}
