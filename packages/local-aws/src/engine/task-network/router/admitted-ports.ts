import { mayConnect } from "../../../reachability/reachability.ts";
import type { Interface, NetworkData } from "../../../reachability/network-data.ts";

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

/** The ports on which one interface may open connections to another, by the one model of reachability, put together. */
export function admittedPorts(
  network: NetworkData,
  from: Interface,
  to: Interface,
  protocol: "tcp" | "udp",
  asked: readonly PortRange[],
): readonly PortRange[] {
  const found: PortRange[] = [];
  for (const stretch of asked) {
    if (!mayConnect(network, { interface: from }, to, stretch.from, protocol).allowed) continue;
    const last = found.at(-1);
    if (last?.to === stretch.from - 1)
      found[found.length - 1] = { from: last.from, to: stretch.to };
    else found.push(stretch);
  }
  return found;
}
