import type { IpPermission } from "@aws-sdk/client-ec2";
import type { Scope } from "../../store/store.ts";
import { canonicalIpv6Cidr, formatCidr, parseCidr } from "../../ground/cidr.ts";
import * as faults from "./faults.ts";
import { findPrefixList } from "./prefix-lists.ts";
import { requireResource, SECURITY_GROUP } from "./resources.ts";
import { type SecurityGroup, securityGroups, type SecurityGroupRule } from "./state.ts";

/** A rule without what makes it one of a group: who may, by which protocol, on which ports. */
export type RuleSpec = Omit<SecurityGroupRule, "ruleId" | "groupId" | "isEgress" | "tags">;

/** The protocols that EC2 calls by name: https://www.iana.org/assignments/protocol-numbers */
const NAMES: Readonly<Record<string, string>> = {
  "1": "icmp",
  "6": "tcp",
  "17": "udp",
  "58": "icmpv6",
};
const NUMBERS = Object.fromEntries(Object.entries(NAMES).map(([number, name]) => [name, number]));

/** The number of a protocol that EC2 names, or the number as it is; `-1` is every protocol. */
export function protocolNumber(ipProtocol: string): string {
  return NUMBERS[ipProtocol] ?? ipProtocol;
}

/** A protocol as EC2 answers it: `tcp` for `6`. Throws `InvalidPermission.Malformed`-like parameter errors. */
export function readProtocol(text: string): string {
  const lower = text.toLowerCase();
  if (lower === "-1" || lower === "all") return "-1";
  if (lower in NUMBERS) return lower;
  if (/^\d{1,3}$/.test(lower) && Number(lower) <= 255)
    return NAMES[String(Number(lower))] ?? String(Number(lower));
  throw faults.invalidParameterValue(`Invalid value '${text}' for IP protocol. Unknown protocol.`);
}

/** The members by which the older form of a call names one rule. */
export interface FlatPermission {
  IpProtocol?: string | undefined;
  FromPort?: number | undefined;
  ToPort?: number | undefined;
  CidrIp?: string | undefined;
  SourceSecurityGroupName?: string | undefined;
  SourceSecurityGroupOwnerId?: string | undefined;
  IpPermissions?: IpPermission[] | undefined;
}

/**
 * The rules that a call names, in either of its two forms, one for each peer.
 * @throws AwsError for an unknown protocol, a bad port range, a malformed CIDR block, a group or prefix list that is not there
 */
export function readPermissions(
  scope: Scope,
  group: Readonly<SecurityGroup>,
  input: FlatPermission,
): RuleSpec[] {
  const permissions = input.IpPermissions?.length ? input.IpPermissions : [flatPermission(input)];
  const specs = permissions.flatMap((permission) => readPermission(scope, group, permission));
  if (specs.length === 0) throw faults.missingParameter("ipPermissions");
  return specs;
}

function flatPermission(input: FlatPermission): IpPermission {
  if (input.IpProtocol === undefined && input.SourceSecurityGroupName === undefined)
    throw faults.missingParameter("ipPermissions");
  return {
    IpProtocol: input.IpProtocol ?? "-1",
    FromPort: input.FromPort,
    ToPort: input.ToPort,
    ...(input.CidrIp !== undefined && { IpRanges: [{ CidrIp: input.CidrIp }] }),
    ...(input.SourceSecurityGroupName !== undefined && {
      UserIdGroupPairs: [
        { GroupName: input.SourceSecurityGroupName, UserId: input.SourceSecurityGroupOwnerId },
      ],
    }),
  };
}

function readPermission(
  scope: Scope,
  group: Readonly<SecurityGroup>,
  permission: IpPermission,
): RuleSpec[] {
  if (permission.IpProtocol === undefined) throw faults.missingParameter("ipProtocol");
  const ipProtocol = readProtocol(permission.IpProtocol);
  const ports = readPorts(ipProtocol, permission.FromPort, permission.ToPort);
  const spec = (peer: Partial<RuleSpec>, description: string | undefined): RuleSpec => ({
    ipProtocol,
    ...ports,
    ...peer,
    ...(description !== undefined && { description: checkedDescription(description) }),
  });
  return [
    ...(permission.IpRanges ?? []).map(({ CidrIp = "", Description }) =>
      spec({ cidrIpv4: readCidrIpv4(CidrIp) }, Description),
    ),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 = "", Description }) =>
      spec({ cidrIpv6: readCidrIpv6(CidrIpv6) }, Description),
    ),
    ...(permission.PrefixListIds ?? []).map(({ PrefixListId = "", Description }) =>
      spec({ prefixListId: findPrefixList(scope.region, PrefixListId).id }, Description),
    ),
    ...(permission.UserIdGroupPairs ?? []).map(({ GroupId, GroupName, UserId, Description }) => {
      // Nothing crosses accounts: a group of another one is not found.
      if ((UserId ?? scope.account) !== scope.account)
        throw SECURITY_GROUP.notFound(GroupId ?? GroupName ?? "");
      return spec({ referencedGroupId: readGroup(scope, group, GroupId, GroupName) }, Description);
    }),
  ];
}

/** Ports of a rule; for ICMP type and code, -1 for all. */
export function readPorts(
  ipProtocol: string,
  from: number | undefined,
  to: number | undefined,
): { fromPort: number; toPort: number } {
  const all = { fromPort: -1, toPort: -1 };
  if (ipProtocol === "icmp" || ipProtocol === "icmpv6")
    return { fromPort: from ?? -1, toPort: to ?? -1 };
  if (ipProtocol !== "tcp" && ipProtocol !== "udp") return all;
  if (from === undefined || to === undefined)
    throw faults.invalidParameterValue(
      `Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.`,
    );
  if (from === -1 && to === -1) return { fromPort: 0, toPort: 65535 };
  for (const port of [from, to])
    if (port < 0 || port > 65535)
      throw faults.invalidParameterValue(
        `Invalid value '${port}' for portRange. Must be between 0 and 65535.`,
      );
  if (from > to)
    throw faults.invalidParameterValue(
      `Invalid value '${from}-${to}' for portRange. The from port must not be greater than the to port.`,
    );
  return { fromPort: from, toPort: to };
}

export function readCidrIpv4(text: string): string {
  const range = parseCidr(text);
  if (!range) throw faults.invalidParameterValue(`CIDR block ${text} is malformed`);
  return formatCidr(range);
}

export function readCidrIpv6(text: string): string {
  const cidr = canonicalIpv6Cidr(text);
  if (cidr === undefined) throw faults.invalidParameterValue(`CIDR block ${text} is malformed`);
  return cidr;
}

function readGroup(
  scope: Scope,
  group: Readonly<SecurityGroup>,
  id: string | undefined,
  name: string | undefined,
): string {
  if (id !== undefined) {
    const referenced = requireResource(scope, SECURITY_GROUP, id);
    if (referenced.vpcId !== group.vpcId)
      throw faults.invalidParameterValue(
        `You have specified two resources that belong to different networks.`,
      );
    return id;
  }
  const named = scope
    .of(securityGroups)
    .find(({ groupName, vpcId }) => groupName === name && vpcId === group.vpcId);
  if (!named) throw SECURITY_GROUP.notFound(name ?? "");
  return named.groupId;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html */
export function checkedDescription(description: string): string {
  if (description.length > 255 || !/^[\w ./()#,@[\]+=&;{}!$*:-]*$/.test(description))
    throw faults.invalidParameterValue(
      "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
    );
  return description;
}
