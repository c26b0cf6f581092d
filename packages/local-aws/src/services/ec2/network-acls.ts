import type { NetworkAcl as ApiNetworkAcl, NetworkAclEntry as ApiEntry } from "@aws-sdk/client-ec2";
import type { Scope } from "../../store/store.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import { canonicalIpv6Cidr, formatCidr, parseCidr } from "../../ground/cidr.ts";
import { describe } from "./describe.ts";
import type { FilterTable } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { newId } from "./ids.ts";
import { NETWORK_ACL, requireResource, VPC } from "./resources.ts";
import { type NetworkAcl, type NetworkAclEntry, networkAcls } from "./state.ts";
import { tagsFromSpecifications, toTagList } from "./tags.ts";
import { protocolNumber, readProtocol } from "./ip-permissions.ts";
import * as faults from "./faults.ts";

/** The last rule of every list: what no other rule allows is denied. */
const LAST_RULE = 32767;

function toApiEntry(entry: NetworkAclEntry): ApiEntry {
  const { portRange, icmpTypeCode } = entry;
  return {
    CidrBlock: entry.cidrBlock,
    Ipv6CidrBlock: entry.ipv6CidrBlock,
    Egress: entry.egress,
    IcmpTypeCode: icmpTypeCode && { Type: icmpTypeCode.type, Code: icmpTypeCode.code },
    PortRange: portRange && { From: portRange.from, To: portRange.to },
    Protocol: entry.protocol,
    RuleAction: entry.ruleAction,
    RuleNumber: entry.ruleNumber,
  };
}

/** The entries as they are tried: by direction, then by number, the implied last rule at the end. */
export function allEntries(acl: Readonly<NetworkAcl>): NetworkAclEntry[] {
  const last = (egress: boolean): NetworkAclEntry => ({
    egress,
    ruleNumber: LAST_RULE,
    protocol: "-1",
    ruleAction: "deny",
    cidrBlock: "0.0.0.0/0",
  });
  return [...acl.entries, last(true), last(false)].sort(
    (one, other) => Number(other.egress) - Number(one.egress) || one.ruleNumber - other.ruleNumber,
  );
}

export function toApiNetworkAcl(acl: Readonly<NetworkAcl>, scope: Scope): ApiNetworkAcl {
  return {
    Associations: acl.associations.map(({ associationId, subnetId }) => ({
      NetworkAclAssociationId: associationId,
      NetworkAclId: acl.networkAclId,
      SubnetId: subnetId,
    })),
    Entries: allEntries(acl).map(toApiEntry),
    IsDefault: acl.isDefault,
    NetworkAclId: acl.networkAclId,
    Tags: toTagList(acl.tags),
    VpcId: acl.vpcId,
    OwnerId: scope.account,
  };
}

const entriesOf =
  (read: (entry: NetworkAclEntry) => string | number | boolean | undefined) =>
  (acl: Readonly<NetworkAcl>) =>
    allEntries(acl).map((entry) => read(entry)?.toString());

const filters: FilterTable<NetworkAcl> = {
  "association.association-id": ({ associations }) =>
    associations.map(({ associationId }) => associationId),
  "association.network-acl-id": ({ associations, networkAclId }) =>
    associations.map(() => networkAclId),
  "association.subnet-id": ({ associations }) => associations.map(({ subnetId }) => subnetId),
  default: ({ isDefault }) => isDefault,
  "entry.cidr": entriesOf(({ cidrBlock }) => cidrBlock),
  "entry.egress": entriesOf(({ egress }) => egress),
  "entry.ipv6-cidr": entriesOf(({ ipv6CidrBlock }) => ipv6CidrBlock),
  "entry.port-range.from": entriesOf(({ portRange }) => portRange?.from),
  "entry.port-range.to": entriesOf(({ portRange }) => portRange?.to),
  "entry.protocol": entriesOf(({ protocol }) => protocol),
  "entry.rule-action": entriesOf(({ ruleAction }) => ruleAction),
  "entry.rule-number": entriesOf(({ ruleNumber }) => ruleNumber),
  "network-acl-id": ({ networkAclId }) => networkAclId,
  "owner-id": (_acl, scope) => scope.account,
  "vpc-id": ({ vpcId }) => vpcId,
};

/** Network ACLs: their rules, and which subnets they guard. */
export const networkAclHandlers = {
  CreateNetworkAcl(input, { store }) {
    const { vpcId } = requireResource(store, VPC, input.VpcId);
    const networkAclId = newId("acl");
    const acl = store.of(networkAcls).put(networkAclId, {
      networkAclId,
      vpcId,
      isDefault: false,
      entries: [],
      associations: [],
      tags: tagsFromSpecifications(input.TagSpecifications, "network-acl"),
    });
    return { NetworkAcl: toApiNetworkAcl(acl, store), ClientToken: input.ClientToken };
  },

  DescribeNetworkAcls(input, { store }) {
    const request = { ...input, ids: input.NetworkAclIds };
    const { items, NextToken } = describe(store, NETWORK_ACL, request, filters);
    return { NetworkAcls: items.map((acl) => toApiNetworkAcl(acl, store)), NextToken };
  },

  DeleteNetworkAcl(input, { store }) {
    const acl = requireResource(store, NETWORK_ACL, input.NetworkAclId);
    if (acl.isDefault)
      throw faults.invalidParameterValue(`cannot delete default network ACL ${acl.networkAclId}`);
    if (acl.associations.length > 0) throw faults.hasDependencies("networkAcl", acl.networkAclId);
    store.of(networkAcls).delete(acl.networkAclId);
    return {};
  },

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
