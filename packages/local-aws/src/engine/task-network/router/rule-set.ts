import { mayConnect } from "../../../reachability/reachability.ts";
import type { NetworkData } from "../../../reachability/network-data.ts";
import {
  clientTokens,
  dhcpOptions,
  privateAddresses,
  publicAddresses,
} from "../../../services/ec2/state.ts";
import type { Change } from "../../../store/collection.ts";
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
  /** How the rules of a VPC are found: worked out unless told. */
  readonly rulesOf?: typeof vpcRules;
}

/** The rules of one VPC, in the table of all. */
export interface VpcRules {
  /** Definitions of sets, whose names begin with the VPC's prefix. */
  readonly sets: readonly string[];
  /** Between its interfaces. */
  readonly pairs: readonly string[];
  /** To the internet. */
  readonly outwards: readonly string[];
}

export const RESOLVER_OF_ALL = "169.254.169.253";

/** The router's rules, by where they stand in its table. */
export interface RuleSet {
  /** Definitions of sets, and the rules of chains that nothing leads to by itself; each in its order. */
  readonly parts: readonly RulePart[];
  /** The chains that the kernel leads packets to. */
  readonly hooks: string;
}

interface RulePart {
  /** Undefined for the definition of a set. */
  readonly chain?: string;
  readonly text: string;
}

/** What the model of reachability says of each pair of interfaces, and nothing else: connections that stand go on, as with security groups. */
export function ruleSet({
  vpcs,
  links,
  services,
  outside = [],
  rulesOf = vpcRules,
}: RouterPlan): RuleSet {
  const rules = vpcs.map((vpc, index) => rulesOf(vpc, `v${index}`));
  const resolvers = vpcs.flatMap(({ resolver }) => resolver ?? []);
  const resolving = resolvers.length > 0 || outside.length > 0;
  const dns = elements(resolving ? [...resolvers, RESOLVER_OF_ALL] : []);
  const own = links.map(({ link, address }) => `"${link}" . ${address}`);
  const internet = [
    ...notTheInternet().map((range) => `ip daddr ${range} drop`),
    ...rules.flatMap(({ outwards }) => outwards),
    ...outside.map((address) => `ip saddr ${address} accept`),
  ];
  const definitions = [
    `own { typeof iifname . ip saddr; ${elements(own)} }`,
    `resolvers { type ipv4_addr; ${dns} }`,
    `services { type ipv4_addr; ${elements(services)} }`,
    ...rules.flatMap(({ sets }) => sets),
  ];
  const chains = { pairs: rules.flatMap(({ pairs }) => pairs), internet, judge: JUDGE };
  return {
    parts: [
      ...definitions.map((text) => ({ text })),
      ...Object.entries(chains).flatMap(([chain, rules]) => rules.map((text) => ({ chain, text }))),
    ],
    hooks: HOOKS,
  };
}

const JUDGE = [
  `iifname "eni*" meta protocol != ip drop`,
  `iifname "eni*" iifname . ip saddr != @own drop`,
  "ct state established,related accept",
  `ct state new oifname "${WAY_OUT}" goto internet`,
  "ct state new jump pairs",
];

const HOOKS = `chain forward { type filter hook forward priority 0; policy drop; jump judge; }
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
`;

/** Also where there is none. */
const withoutTable = (table: string) => `add table inet ${table}\ndelete table inet ${table}\n`;

/**
 * As much as the kernel takes in one step from a user who is not this machine's root: what a socket of netlink may send at once is
 * 208 KiB, of which a rule is some 600 bytes and an element of a set 50.
 */
const STEP = { rules: 120, letters: 48_000 };

/**
 * The rules as `nft -f` reads them, step by step: all but the last step make a table that no packet meets, and the last puts it in the place
 * of the one before it at once.
 * @see https://wiki.nftables.org/wiki-nftables/index.php/Atomic_rule_replacement
 */
export function ruleSteps({ parts, hooks }: RuleSet, table: string, before: string): string[] {
  const chains = ["pairs", "internet", "judge"].map(
    (chain) => `add chain inet ${table} ${chain}\n`,
  );
  const steps = [`${withoutTable(table)}add table inet ${table}\n${chains.join("")}`];
  let room = STEP;
  for (const { chain, text } of parts) {
    if (room.rules === 0 || room.letters < text.length) {
      steps.push("");
      room = STEP;
    }
    room = { rules: room.rules - 1, letters: room.letters - text.length };
    const where = chain === undefined ? "set" : "rule";
    steps[steps.length - 1] += `add ${where} inet ${table} ${chain ?? ""} ${text}\n`;
  }
  steps[steps.length - 1] += `${withoutTable(before)}table inet ${table} {\n${hooks}}\n`;
  return steps;
}

/** Works out the rules of one VPC. @param prefix of the names of its sets, which no other VPC of the table has */
export function vpcRules({ network, vpcId }: RoutedVpc, prefix: string): VpcRules {
  const interfaces = network.networkInterfaces.filter(({ VpcId }) => VpcId === vpcId);
  const classes = interfaceClasses(network, interfaces);
  const asked = stretches(network);
  const sets = classes.map(({ members }, index) => {
    const addresses = members.map(({ PrivateIpAddress }) => PrivateIpAddress!);
    return `${prefix}c${index} { type ipv4_addr; ${elements(addresses)} }`;
  });
  const pairs = classes.flatMap((from, one) =>
    classes.flatMap((to, other) => {
      const match = `ip saddr @${prefix}c${one} ip daddr @${prefix}c${other}`;
      return pairRules(network, from, to, asked).map((rule) => `${match} ${rule} accept`);
    }),
  );
  return { sets, pairs, outwards: internetRules(network, classes) };
}

/** What no rule is made from, and what changes with almost each interface. */
const BESIDE: ReadonlySet<string> = new Set(
  [clientTokens, dhcpOptions, privateAddresses, publicAddresses].map(({ name }) => name),
);

/** The rules of VPCs, each worked out anew only when something of it has changed. */
export class KnownRules {
  readonly #known = new Map<string, { readonly prefix: string; readonly rules: VpcRules }>();

  /** Takes notice of changes of EC2's resources. What does not say which VPC it is of may concern any. */
  forget(changes: readonly Change[]): void {
    for (const { kind, before, after } of changes) {
      if (!kind.startsWith("ec2.") || BESIDE.has(kind)) continue;
      const ids = [before, after].flatMap((value) => (value as { vpcId?: string })?.vpcId ?? []);
      for (const id of ids) this.#known.delete(id);
      if (ids.length === 0) this.#known.clear();
    }
  }

  /** As {@link vpcRules}. */
  readonly of = (vpc: RoutedVpc, prefix: string): VpcRules => {
    const known = this.#known.get(vpc.vpcId);
    if (known?.prefix === prefix) return known.rules;
    const rules = vpcRules(vpc, prefix);
    this.#known.set(vpc.vpcId, { prefix, rules });
    return rules;
  };
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
