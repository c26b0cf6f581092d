import { containsAddress, parseAddress, parseCidr } from "../../../ground/cidr.ts";
import {
  groupIdsOf,
  type Interface,
  type NetworkData,
} from "../../../reachability/network-data.ts";

/** Interfaces that the network cannot tell apart: same subnet, same groups, and each range of each rule holds all or none. */
export interface InterfaceClass {
  readonly members: readonly Interface[];
}

/** Puts the interfaces of a network into classes, so that who reaches whom is asked once a pair of classes. */
export function interfaceClasses(
  network: NetworkData,
  interfaces: readonly Interface[],
): readonly InterfaceClass[] {
  const ranges = [...new Set(rangesOf(network))].flatMap((range) => parseCidr(range) ?? []);
  const classes = new Map<string, Interface[]>();
  for (const eni of interfaces) {
    const address = parseAddress(eni.PrivateIpAddress ?? "");
    if (address === undefined) continue;
    const held = ranges.map((range) => (containsAddress(range, address) ? "1" : "0")).join("");
    const key = [eni.SubnetId, ...groupIdsOf(eni).toSorted(), held].join("|");
    const members = classes.get(key);
    if (members) members.push(eni);
    else classes.set(key, [eni]);
  }
  return Array.from(classes.values(), (members) => ({ members }));
}

/** The ranges that rules of a network speak of, of its groups and of its network ACLs. */
export function rangesOf({ securityGroupRules, networkAcls, prefixLists }: NetworkData): string[] {
  return [
    ...securityGroupRules.flatMap(({ CidrIpv4 }) => CidrIpv4 ?? []),
    ...prefixLists.flatMap(({ Cidrs = [] }) => Cidrs),
    ...networkAcls.flatMap(({ Entries = [] }) =>
      Entries.flatMap(({ CidrBlock }) => CidrBlock ?? []),
    ),
  ];
}
