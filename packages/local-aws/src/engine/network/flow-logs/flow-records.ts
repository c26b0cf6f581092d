import { mayConnect, type NetworkData } from "../../../reachability/reachability.ts";
import type { FlowLog } from "../../../services/ec2/flow-logs/state.ts";
import { readFormat, type FieldName } from "../../../services/ec2/flow-logs/record-format.ts";
import { readProtocol } from "../../../services/ec2/ip-permissions.ts";
import type { NetworkInterface } from "../../../services/ec2/state.ts";
import type { Counted, Flow, Seen } from "./packet-counts.ts";

/** What an interface has seen of a flow. */
export interface InterfaceFlow {
  readonly flow: Flow;
  readonly direction: "ingress" | "egress";
  readonly action: "ACCEPT" | "REJECT";
  readonly counted: Counted;
}

/**
 * What interfaces of a VPC have seen of what went through it, by the id of each. What one sends and another does not let in, the
 * first has accepted; what it may not send, nobody else has seen.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html
 */
export function interfaceFlows(
  network: NetworkData,
  interfaces: readonly Readonly<NetworkInterface>[],
  seen: readonly Seen[],
): ReadonlyMap<string, readonly InterfaceFlow[]> {
  const byAddress = new Map(interfaces.map((eni) => [eni.privateIpAddress, eni]));
  const found = new Map<string, InterfaceFlow[]>();
  const add = (eni: Readonly<NetworkInterface> | undefined, flow: InterfaceFlow) => {
    if (!eni || flow.counted.packets === 0) return;
    const { networkInterfaceId: id } = eni;
    const list = found.get(id);
    if (list) list.push(flow);
    else found.set(id, [flow]);
  };
  for (const { flow, sent, passed } of seen) {
    const [from, to] = [byAddress.get(flow.from), byAddress.get(flow.to)];
    const refused = minus(sent, passed);
    const leaves = refused.packets === 0 || maySend(network, from, to, flow);
    const out = { flow, direction: "egress" } as const;
    add(from, { ...out, action: "ACCEPT", counted: leaves ? sent : passed });
    if (!leaves) add(from, { ...out, action: "REJECT", counted: refused });
    const into = { flow, direction: "ingress" } as const;
    add(to, { ...into, action: "ACCEPT", counted: passed });
    if (leaves) add(to, { ...into, action: "REJECT", counted: refused });
  }
  return found;
}

const minus = (one: Counted, other: Counted): Counted => ({
  packets: one.packets - other.packets,
  bytes: one.bytes - other.bytes,
});

/** Whether what was refused had been let out by its sender: else it is there that it ended. */
function maySend(
  network: NetworkData,
  from: Readonly<NetworkInterface> | undefined,
  to: Readonly<NetworkInterface> | undefined,
  { toPort, protocol }: Flow,
): boolean {
  if (!from) return true;
  if (!to) return false;
  const find = ({ networkInterfaceId }: Readonly<NetworkInterface>) =>
    network.networkInterfaces.find((it) => it.NetworkInterfaceId === networkInterfaceId);
  const [source, target] = [find(from), find(to)];
  if (!source || !target) return true;
  const name = readProtocol(String(protocol));
  const verdict = mayConnect(network, { interface: source }, target, toPort, name);
  return verdict.allowed || verdict.code !== "SecurityGroupEgress";
}

/** A stretch of time that records are of, in seconds since 1970. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** The records of an interface: one for each flow and what became of it, or one that says that there was nothing. */
export function recordsOf(
  log: Readonly<FlowLog>,
  { account, region }: { readonly account: string; readonly region: string },
  eni: Readonly<NetworkInterface>,
  flows: readonly InterfaceFlow[],
  span: Span,
): string[] {
  const fields = readFormat(log.format);
  const own: Partial<Record<FieldName, string | number>> = {
    version: Math.max(2, ...fields.map((name) => SINCE[name] ?? 2)),
    "account-id": account,
    "interface-id": eni.networkInterfaceId,
    "vpc-id": eni.vpcId,
    "subnet-id": eni.subnetId,
    region,
    start: span.start,
    end: span.end,
  };
  const line = (values: Partial<Record<FieldName, string | number>>) =>
    fields.map((name) => String({ ...own, ...values }[name] ?? "-")).join(" ");
  const wanted = flows.filter(
    ({ action }) => log.trafficType === "ALL" || log.trafficType === action,
  );
  if (wanted.length === 0) return [line({ "log-status": "NODATA" })];
  return wanted.map(({ flow, direction, action, counted }) =>
    line({
      srcaddr: flow.from,
      dstaddr: flow.to,
      srcport: flow.fromPort,
      dstport: flow.toPort,
      protocol: flow.protocol,
      packets: counted.packets,
      bytes: counted.bytes,
      action,
      "log-status": "OK",
      type: "IPv4",
      "pkt-srcaddr": flow.from,
      "pkt-dstaddr": flow.to,
      "flow-direction": direction,
    }),
  );
}

/** Since which version records have a field that the second had not. */
const SINCE: Partial<Record<FieldName, number>> = {
  "vpc-id": 3,
  "subnet-id": 3,
  type: 3,
  "pkt-srcaddr": 3,
  "pkt-dstaddr": 3,
  region: 4,
  "flow-direction": 5,
};
