import type { NetworkAcl, NetworkAclEntry } from "@aws-sdk/client-ec2";
import { formatAddress } from "../ground/cidr.ts";
import { protocolNumber } from "../services/ec2/ip-permissions.ts";
import type { NetworkData } from "./network-data.ts";
import { covers, type Flow } from "./security-group-check.ts";
import { ALLOWED, denied, type Verdict } from "./verdict.ts";

/** Ports that answers go to: what Linux gives out. https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html */
const EPHEMERAL = { from: 32768, to: 60999 };

const aclOf = ({ networkAcls }: NetworkData, subnetId: string): NetworkAcl | undefined =>
  networkAcls.find(({ Associations = [] }) =>
    Associations.some(({ SubnetId }) => SubnetId === subnetId),
  );

function entryMatches(entry: NetworkAclEntry, address: number, protocol: string): boolean {
  if (!covers(entry.CidrBlock, address)) return false;
  return entry.Protocol === "-1" || entry.Protocol === protocol;
}

/** The first entry that decides about all of the ports from..to; the implied last one denies. */
function decide(
  { Entries = [] }: NetworkAcl,
  egress: boolean,
  address: number,
  protocol: string,
  ports: { from: number; to: number },
): boolean {
  const entries = Entries.filter(
    (entry) => entry.Egress === egress && entryMatches(entry, address, protocol),
  ).toSorted((one, other) => (one.RuleNumber ?? 0) - (other.RuleNumber ?? 0));
  for (const { PortRange, RuleAction } of entries) {
    const { From = 0, To = 65_535 } = PortRange ?? {};
    if (From <= ports.from && To >= ports.to) return RuleAction === "allow";
    // One that denies a part of the ports makes answers a matter of luck: it counts as denying.
    const overlaps = From <= ports.to && To >= ports.from;
    if (overlaps && RuleAction === "deny") return false;
  }
  return false;
}

/**
 * Whether a subnet's network ACL lets a connection pass, and its answers: ACLs are stateless.
 * @param leaving true where the connection leaves the subnet, false where it enters
 * @param address the other end's
 */
export function networkAclVerdict(
  network: NetworkData,
  subnetId: string,
  leaving: boolean,
  address: number,
  flow: Flow,
): Verdict {
  const acl = aclOf(network, subnetId);
  if (!acl) return ALLOWED;
  const { NetworkAclId } = acl;
  const protocol = protocolNumber(flow.protocol);
  const way = leaving ? "out of" : "into";
  const other = formatAddress(address);
  if (!decide(acl, leaving, address, protocol, { from: flow.port, to: flow.port }))
    return denied(
      "NetworkAcl",
      `Network ACL ${NetworkAclId} does not let ${flow.protocol} port ${flow.port} ${way} subnet ${subnetId} (other end ${other}).`,
      NetworkAclId,
      subnetId,
    );
  if (!decide(acl, !leaving, address, protocol, EPHEMERAL))
    return denied(
      "NetworkAcl",
      `Network ACL ${NetworkAclId} does not let the answers (ports ${EPHEMERAL.from}-${EPHEMERAL.to}) ${leaving ? "into" : "out of"} subnet ${subnetId}: network ACLs are stateless (other end ${other}).`,
      NetworkAclId,
      subnetId,
    );
  return ALLOWED;
}
