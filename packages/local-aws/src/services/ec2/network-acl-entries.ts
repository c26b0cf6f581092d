import { AwsError } from "../../protocol/aws-error.ts";
import { canonicalIpv6Cidr, formatCidr, parseCidr } from "../../ground/cidr.ts";
import * as faults from "./faults.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { newId } from "./ids.ts";
import { protocolNumber, readProtocol } from "./ip-permissions.ts";
import { NETWORK_ACL, requireResource } from "./resources.ts";
import { type NetworkAclEntry, networkAcls } from "./state.ts";

interface EntryInput {
  RuleNumber: number;
  Protocol: string;
  RuleAction: "allow" | "deny";
  Egress: boolean;
  CidrBlock?: string | undefined;
  Ipv6CidrBlock?: string | undefined;
  IcmpTypeCode?: { Type?: number | undefined; Code?: number | undefined } | undefined;
  PortRange?: { From?: number | undefined; To?: number | undefined } | undefined;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html */
const MAX_RULE_NUMBER = 32766;

function readEntry(input: EntryInput): NetworkAclEntry {
  const { RuleNumber: ruleNumber, RuleAction: ruleAction, Egress: egress } = input;
  if (ruleNumber < 1 || ruleNumber > MAX_RULE_NUMBER)
    throw faults.invalidParameterValue(
      `Value (${ruleNumber}) for parameter ruleNumber is invalid. The rule number must be between 1 and ${MAX_RULE_NUMBER}.`,
    );
  const protocol = protocolNumber(readProtocol(input.Protocol));
  return {
    egress,
    ruleNumber,
    protocol,
    ruleAction,
    ...readBlock(input),
    ...readPorts(protocol, input),
  };
}

function readBlock(input: EntryInput): Pick<NetworkAclEntry, "cidrBlock" | "ipv6CidrBlock"> {
  if (input.Ipv6CidrBlock !== undefined) {
    const ipv6CidrBlock = canonicalIpv6Cidr(input.Ipv6CidrBlock);
    if (ipv6CidrBlock === undefined)
      throw faults.notACidrBlock("ipv6CidrBlock", input.Ipv6CidrBlock);
    return { ipv6CidrBlock };
  }
  if (input.CidrBlock === undefined) throw faults.missingParameter("cidrBlock");
  const range = parseCidr(input.CidrBlock);
  if (!range) throw faults.notACidrBlock("cidrBlock", input.CidrBlock);
  return { cidrBlock: formatCidr(range) };
}

function readPorts(
  protocol: string,
  { PortRange, IcmpTypeCode }: EntryInput,
): Pick<NetworkAclEntry, "portRange" | "icmpTypeCode"> {
  if (protocol === "6" || protocol === "17") {
    if (PortRange?.From === undefined || PortRange.To === undefined)
      throw faults.missingParameter("portRange");
    return { portRange: { from: PortRange.From, to: PortRange.To } };
  }
  if (protocol === "1" || protocol === "58") {
    if (!IcmpTypeCode) throw faults.missingParameter("icmpTypeCode");
    return { icmpTypeCode: { type: IcmpTypeCode.Type ?? -1, code: IcmpTypeCode.Code ?? -1 } };
  }
  return {};
}

const isAt =
  ({ Egress, RuleNumber }: Pick<EntryInput, "Egress" | "RuleNumber">) =>
  (entry: NetworkAclEntry) =>
    entry.egress === Egress && entry.ruleNumber === RuleNumber;

const entryNotFound = (ruleNumber: number) =>
  new AwsError(
    "InvalidNetworkAclEntry.NotFound",
    `The network acl entry identified by ${ruleNumber} does not exist.`,
  );

/** Rules of network ACLs, and which subnets they guard. */
export const networkAclEntryHandlers = {
  CreateNetworkAclEntry(input, { store }) {
    const acl = requireResource(store, NETWORK_ACL, input.NetworkAclId);
    const entry = readEntry(input);
    if (acl.entries.some(isAt(input)))
      throw new AwsError(
        "NetworkAclEntryAlreadyExists",
        `The network acl entry identified by ${entry.ruleNumber} already exists.`,
      );
    store.of(networkAcls).patch(acl.networkAclId, { entries: [...acl.entries, entry] });
    return {};
  },

  ReplaceNetworkAclEntry(input, { store }) {
    const acl = requireResource(store, NETWORK_ACL, input.NetworkAclId);
    const entry = readEntry(input);
    if (!acl.entries.some(isAt(input))) throw entryNotFound(entry.ruleNumber);
    store.of(networkAcls).patch(acl.networkAclId, {
      entries: acl.entries.map((before) => (isAt(input)(before) ? entry : before)),
    });
    return {};
  },

  DeleteNetworkAclEntry(input, { store }) {
    const acl = requireResource(store, NETWORK_ACL, input.NetworkAclId);
    if (!acl.entries.some(isAt(input))) throw entryNotFound(input.RuleNumber);
    store.of(networkAcls).patch(acl.networkAclId, {
      entries: acl.entries.filter((entry) => !isAt(input)(entry)),
    });
    return {};
  },

  ReplaceNetworkAclAssociation(input, { store }) {
    const acls = store.of(networkAcls);
    const after = requireResource(store, NETWORK_ACL, input.NetworkAclId);
    const isIt = ({ associationId }: { associationId: string }) =>
      associationId === input.AssociationId;
    const before = acls.find(({ associations }) => associations.some(isIt));
    const association = before?.associations.find(isIt);
    if (!before || !association) throw faults.associationNotFound(input.AssociationId);
    if (before.vpcId !== after.vpcId)
      throw faults.invalidParameterValue(
        `network ACL ${after.networkAclId} and subnet ${association.subnetId} belong to different networks`,
      );
    const replaced = { ...association, associationId: newId("aclassoc") };
    acls.patch(before.networkAclId, {
      associations: before.associations.filter((one) => one !== association),
    });
    const { associations } = requireResource(store, NETWORK_ACL, after.networkAclId);
    acls.patch(after.networkAclId, { associations: [...associations, replaced] });
    return { NewAssociationId: replaced.associationId };
  },
} satisfies Ec2Handlers;
