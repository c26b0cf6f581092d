import type { NetworkData } from "../../../reachability/network-data.ts";

/** Ports from–to, both included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

const LAST_PORT = 65_535;

/**
 * Where the answers may change: rules speak of ranges, so the first port of each stretch between their ends speaks for all of it.
 */
export function stretches({ securityGroupRules, networkAcls }: NetworkData): readonly PortRange[] {
  const starts = new Set([0]);
  const add = (from = 0, to = LAST_PORT) => {
    if (from > 0) starts.add(from);
    if (to >= 0 && to < LAST_PORT) starts.add(to + 1);
  };
  for (const { FromPort, ToPort } of securityGroupRules) add(FromPort, ToPort);
  for (const { Entries = [] } of networkAcls)
    for (const { PortRange } of Entries) add(PortRange?.From, PortRange?.To);
  const sorted = [...starts].toSorted((one, other) => one - other);
  return sorted.map((from, index) => ({ from, to: (sorted[index + 1] ?? LAST_PORT + 1) - 1 }));
}

/** The ports that are admitted, put together, of those stretches that were asked about by their first. */
export function admittedPorts(
  asked: readonly PortRange[],
  isAdmitted: (port: number) => boolean,
): readonly PortRange[] {
  const found: PortRange[] = [];
  for (const stretch of asked) {
    if (!isAdmitted(stretch.from)) continue;
    const last = found.at(-1);
    if (last?.to === stretch.from - 1)
      found[found.length - 1] = { from: last.from, to: stretch.to };
    else found.push(stretch);
  }
  return found;
}

/** How nftables matches ports of a protocol; nothing where there are none. */
export function portMatch(protocol: "tcp" | "udp", ports: readonly PortRange[]): string[] {
  if (ports.length === 0) return [];
  const isAll = ports.length === 1 && ports[0]!.from === 0 && ports[0]!.to === LAST_PORT;
  if (isAll) return [`meta l4proto ${protocol}`];
  return [`${protocol} dport { ${ports.map(portRange).join(", ")} }`];
}

const portRange = ({ from, to }: PortRange) => (from === to ? String(from) : `${from}-${to}`);
