import type { NetworkAcl as ApiNetworkAcl, NetworkAclEntry as ApiEntry } from "@aws-sdk/client-ec2";
import type { Scope } from "../../store/store.ts";
import { describe } from "./describe.ts";
import * as faults from "./faults.ts";
import type { FilterTable } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { newId } from "./ids.ts";
import { NETWORK_ACL, requireResource, VPC } from "./resources.ts";
import { type NetworkAcl, type NetworkAclEntry, networkAcls } from "./state.ts";
import { tagsFromSpecifications, toTagList } from "./tags.ts";

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

/** Network ACLs. Their entries and associations are elsewhere. */
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
} satisfies Ec2Handlers;
