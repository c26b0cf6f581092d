import { containsAddress, formatAddress, storedCidr } from "../../services/ec2/cidr.ts";
import { protocolNumber } from "../../services/ec2/ip-permissions.ts";
import { type NetworkAcl, type NetworkAclEntry, networkAcls } from "../../services/ec2/state.ts";
import type { Scope } from "../../store/store.ts";
import type { Flow } from "./security-group-check.ts";
import { ALLOWED, denied, type Verdict } from "./verdict.ts";

/** Ports that answers go to: what Linux gives out. https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html */
const EPHEMERAL = { from: 32768, to: 60999 };

const aclOf = (scope: Scope, subnetId: string): Readonly<NetworkAcl> | undefined =>
  scope
    .of(networkAcls)
    .find(({ associations }) => associations.some((one) => one.subnetId === subnetId));

function entryMatches(entry: NetworkAclEntry, address: number, protocol: string): boolean {
  if (entry.cidrBlock === undefined || !containsAddress(storedCidr(entry.cidrBlock), address))
    return false;
  return entry.protocol === "-1" || entry.protocol === protocol;
}

/** The first entry that decides about all of the ports from..to; the implied last one denies. */
function decide(
  acl: Readonly<NetworkAcl>,
  egress: boolean,
  address: number,
  protocol: string,
  ports: { from: number; to: number },
): boolean {
  const entries = acl.entries
    .filter((entry) => entry.egress === egress && entryMatches(entry, address, protocol))
    .toSorted((one, other) => one.ruleNumber - other.ruleNumber);
  for (const { portRange, ruleAction } of entries) {
    if (!portRange || (portRange.from <= ports.from && portRange.to >= ports.to))
      return ruleAction === "allow";
    // One that denies a part of the ports makes answers a matter of luck: it counts as denying.
    const overlaps = portRange.from <= ports.to && portRange.to >= ports.from;
    if (overlaps && ruleAction === "deny") return false;
  }
  return false;
}

/**
 * Whether a subnet's network ACL lets a connection pass, and its answers: ACLs are stateless.
 * @param leaving true where the connection leaves the subnet, false where it enters
 * @param address the other end's
 */
export function networkAclVerdict(
  scope: Scope,
  subnetId: string,
  leaving: boolean,
  address: number,
  flow: Flow,
): Verdict {
  const acl = aclOf(scope, subnetId);
  if (!acl) return ALLOWED;
  const protocol = protocolNumber(flow.protocol);
  const way = leaving ? "out of" : "into";
  const other = formatAddress(address);
  if (!decide(acl, leaving, address, protocol, { from: flow.port, to: flow.port }))
    return denied(
      "NetworkAcl",
      `Network ACL ${acl.networkAclId} does not let ${flow.protocol} port ${flow.port} ${way} subnet ${subnetId} (other end ${other}).`,
      acl.networkAclId,
      subnetId,
    );
  if (!decide(acl, !leaving, address, protocol, EPHEMERAL))
    return denied(
      "NetworkAcl",
      `Network ACL ${acl.networkAclId} does not let the answers (ports ${EPHEMERAL.from}-${EPHEMERAL.to}) ${leaving ? "into" : "out of"} subnet ${subnetId}: network ACLs are stateless (other end ${other}).`,
      acl.networkAclId,
      subnetId,
    );
  return ALLOWED;
}
