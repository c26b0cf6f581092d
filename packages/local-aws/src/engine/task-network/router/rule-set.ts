import { mayConnect } from "../../../reachability/reachability.ts";
import type { NetworkData } from "../../../reachability/network-data.ts";
import { admittedPorts, portMatch, stretches, type PortRange } from "./admitted-ports.ts";
import { internetRules, notTheInternet, WAY_OUT } from "./internet-rules.ts";
import { interfaceClasses, type InterfaceClass } from "./interface-classes.ts";

/** What the router is told of one VPC. */
export interface RoutedVpc {
  readonly network: NetworkData;
  readonly vpcId: string;
  /** Where names are resolved; absent where the VPC has that switched off. */
  readonly resolver: string | undefined;
}

/** A link of the router's, and the only address that may come in by it. */
export interface RoutedLink {
  readonly link: string;
  readonly address: string;
}

export interface RouterPlan {
  readonly vpcs: readonly RoutedVpc[];
  readonly links: readonly RoutedLink[];
  /** Addresses of AWS's own, such as the metadata endpoint's, that every task may call on port 80. */
  readonly services: readonly string[];
  /** Addresses that are in no VPC, and have a way to the internet and to nothing else. */
  readonly outside?: readonly string[];
}

export const RESOLVER_OF_ALL = "169.254.169.253";

/**
 * The router's rules as `nft -f` reads them: what the model of reachability says of each pair of interfaces, and nothing else. It replaces the
 * set before it in one step, and connections that stand go on, as with security groups.
 * @see https://wiki.nftables.org/wiki-nftables/index.php/Atomic_rule_replacement
 */
export function ruleSet({ vpcs, links, services, outside = [] }: RouterPlan): string {
  const sets: string[] = [];
  const pairs = vpcs.flatMap((vpc, index) => vpcRules(vpc, `v${index}`, sets));
  const outwards = vpcs.flatMap(({ network, vpcId }) => internetRules(network, vpcId));
  const resolvers = vpcs.flatMap(({ resolver }) => resolver ?? []);
  const resolving = resolvers.length > 0 || outside.length > 0;
  const dns = elements(resolving ? [...resolvers, RESOLVER_OF_ALL] : []);
  const own = links.map(({ link, address }) => `"${link}" . ${address}`);
  return `table inet vpc
delete table inet vpc
table inet vpc {
set own { typeof iifname . ip saddr; ${elements(own)} }
set resolvers { type ipv4_addr; ${dns} }
set services { type ipv4_addr; ${elements(services)} }
${sets.join("\n")}
chain pairs {
${pairs.join("\n")}
}
chain internet {
${notTheInternet()
  .map((range) => `ip daddr ${range} drop`)
  .join("\n")}
${outwards.join("\n")}
${outside.map((address) => `ip saddr ${address} accept`).join("\n")}
}
chain judge {
iifname "eni*" meta protocol != ip drop
iifname "eni*" iifname . ip saddr != @own drop
ct state established,related accept
ct state new oifname "${WAY_OUT}" goto internet
ct state new jump pairs
}
chain forward { type filter hook forward priority 0; policy drop; jump judge; }
chain input {
type filter hook input priority 0; policy drop;
iif lo accept
iifname "eni*" iifname . ip saddr != @own drop
ct state established,related accept
ip daddr @services tcp dport 80 accept
ip daddr @resolvers meta l4proto { tcp, udp } th dport 53 accept
jump judge
}
chain output { type filter hook output priority 0; policy drop; oif lo accept; jump judge; }
}
`;
}

function vpcRules({ network, vpcId }: RoutedVpc, prefix: string, sets: string[]): string[] {
  const interfaces = network.networkInterfaces.filter(({ VpcId }) => VpcId === vpcId);
  const classes = interfaceClasses(network, interfaces);
  const asked = stretches(network);
  classes.forEach(({ members }, index) => {
    const addresses = members.map(({ PrivateIpAddress }) => PrivateIpAddress!);
    sets.push(`set ${prefix}c${index} { type ipv4_addr; ${elements(addresses)} }`);
  });
  return classes.flatMap((from, one) =>
    classes.flatMap((to, other) => {
      const match = `ip saddr @${prefix}c${one} ip daddr @${prefix}c${other}`;
      return pairRules(network, from, to, asked).map((rule) => `${match} ${rule} accept`);
    }),
  );
}

/** Two members speak for their classes; an interface never meets itself in the router. */
function pairRules(
  network: NetworkData,
  { members: [from] }: InterfaceClass,
  { members }: InterfaceClass,
  asked: readonly PortRange[],
): string[] {
  const to = members.find((member) => member !== from);
  if (!from || !to) return [];
  const rules = (["tcp", "udp"] as const).flatMap((protocol) =>
    portMatch(
      protocol,
      admittedPorts(
        asked,
        (port) => mayConnect(network, { interface: from }, to, port, protocol).allowed,
      ),
    ),
  );
  const isPinged = mayConnect(network, { interface: from }, to, -1, "icmp").allowed;
  return isPinged ? [...rules, "meta l4proto icmp"] : rules;
}

/** nftables knows no empty list. */
const elements = (list: readonly string[]) =>
  list.length === 0 ? "" : `elements = { ${list.join(", ")} };`;
