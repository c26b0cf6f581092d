import { networkInterfaces } from "node:os";
import { formatAddress, parseCidr, sizeOf } from "../../../ground/cidr.ts";
import type { Interface, NetworkData } from "../../../reachability/network-data.ts";
import { mayReachInternet } from "../../../reachability/reachability.ts";
import { admittedPorts, portMatch, stretches } from "./admitted-ports.ts";
import { rangesOf, type InterfaceClass } from "./interface-classes.ts";

/** The interface by which the room's network leaves for this machine's; there while there is a way. */
export const WAY_OUT = "internet0";

/** Addresses that are nobody's in the internet. https://www.iana.org/assignments/iana-ipv4-special-registry */
const NOT_THE_INTERNET = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "224.0.0.0/3",
];

/** Where no task gets by the way out: what is not the internet, and this machine's own addresses. */
export function notTheInternet(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const own = all.flatMap(({ family, address }) => (family === "IPv4" ? address : []));
  return [...NOT_THE_INTERNET, ...own.toSorted()];
}

/**
 * Who may open which connections to the internet, by the one model of reachability: the answer for each class of interfaces, with and without
 * an address of the internet's own.
 */
export function internetRules(
  network: NetworkData,
  classes: readonly InterfaceClass[],
): readonly string[] {
  const spans = spansOf(network);
  return classes.flatMap(({ members }) =>
    [true, false].flatMap((isPublic) => {
      const alike = members.filter(
        ({ Association }) => (Association?.PublicIp !== undefined) === isPublic,
      );
      const [first] = alike;
      if (!first) return [];
      const sources = alike.map(({ PrivateIpAddress }) => PrivateIpAddress!).join(", ");
      return destinations(network, first, spans).map(
        (match) => `ip saddr { ${sources} } ${match} accept`,
      );
    }),
  );
}

/** Where to an interface may open connections, as nftables matches it: what goes for several stretches of addresses is one rule. */
function destinations(network: NetworkData, from: Interface, spans: readonly Span[]): string[] {
  const asked = stretches(network);
  const open = new Map<string, Span[]>();
  for (const span of spans) {
    const address = formatAddress(span.first);
    for (const protocol of ["tcp", "udp"] as const) {
      const mayReach = (port: number) =>
        mayReachInternet(network, from, { address, port, protocol }).allowed;
      for (const match of portMatch(protocol, admittedPorts(asked, mayReach)))
        open.set(match, withSpan(open.get(match) ?? [], span));
    }
  }
  return Array.from(open, ([match, to]) => `ip daddr { ${to.map(range).join(", ")} } ${match}`);
}

/** Stretches in their order, those that touch as one. */
function withSpan(spans: readonly Span[], next: Span): Span[] {
  const last = spans.at(-1);
  return last?.last === next.first - 1
    ? [...spans.slice(0, -1), { first: last.first, last: next.last }]
    : [...spans, next];
}

const range = ({ first, last }: Span) => `${formatAddress(first)}-${formatAddress(last)}`;

/** Addresses from–to, both included. */
interface Span {
  readonly first: number;
  readonly last: number;
}

const ADDRESSES = 2 ** 32;

/** Stretches of addresses within which no rule and no route tells one from another. */
function spansOf(network: NetworkData): readonly Span[] {
  const routed = network.routeTables.flatMap(({ Routes = [] }) =>
    Routes.flatMap(({ DestinationCidrBlock }) => DestinationCidrBlock ?? []),
  );
  const starts = new Set([0]);
  for (const text of [...rangesOf(network), ...routed]) {
    const range = parseCidr(text);
    if (!range) continue;
    starts.add(range.first);
    if (range.first + sizeOf(range) < ADDRESSES) starts.add(range.first + sizeOf(range));
  }
  const sorted = [...starts].toSorted((one, other) => one - other);
  return sorted.map((first, index) => ({ first, last: (sorted[index + 1] ?? ADDRESSES) - 1 }));
}
