import { isIP } from "node:net";
import { describe } from "./describe.ts";
import * as faults from "./faults.ts";
import type { FilterTable } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { newId } from "./ids.ts";
import { DHCP_OPTIONS, requireResource, VPC } from "./resources.ts";
import { type DhcpOptions, dhcpOptions, vpcs } from "./state.ts";
import { tagsFromSpecifications, toTagList } from "./tags.ts";

const MOST_SERVERS = 4;
const OPTION_NAMES = [
  "domain-name",
  "domain-name-servers",
  "ipv6-address-preferred-lease-time",
  "netbios-name-servers",
  "netbios-node-type",
  "ntp-servers",
];

/** Servers are up to four addresses. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDhcpOptions.html */
function checkServers(key: string, values: readonly string[]): void {
  if (!key.endsWith("-servers")) return;
  if (values.length > MOST_SERVERS)
    throw faults.invalidParameterValue(
      `Value (${values.join(", ")}) for parameter ${key} is invalid. A maximum of ${MOST_SERVERS} is allowed.`,
    );
  for (const value of values)
    if (isIP(value) === 0 && !(key === "domain-name-servers" && value === "AmazonProvidedDNS"))
      throw faults.invalidParameterValue(
        `Value (${value}) for parameter ${key} is invalid. It is not a valid IP address.`,
      );
}

function toApiDhcpOptions(options: Readonly<DhcpOptions>, account: string) {
  return {
    OwnerId: account,
    Tags: toTagList(options.tags),
    DhcpOptionsId: options.dhcpOptionsId,
    DhcpConfigurations: options.configurations.map(({ key, values }) => ({
      Key: key,
      Values: values.map((Value) => ({ Value })),
    })),
  };
}

const filters: FilterTable<DhcpOptions> = {
  "dhcp-options-id": ({ dhcpOptionsId }) => dhcpOptionsId,
  key: ({ configurations }) => configurations.map(({ key }) => key),
  value: ({ configurations }) => configurations.flatMap(({ values }) => values),
  "owner-id": (_options, scope) => scope.account,
};

/** DHCP option sets. https://docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html */
export const dhcpOptionsHandlers = {
  CreateDhcpOptions(input, { store, account }) {
    const configurations = input.DhcpConfigurations.map(({ Key: key = "", Values }) => {
      if (!OPTION_NAMES.includes(key))
        throw faults.invalidParameterValue(
          `Value (${key}) for parameter key is invalid. Unknown DHCP option`,
        );
      checkServers(key, Values ?? []);
      return { key, values: Values ?? [] };
    });
    const dhcpOptionsId = newId("dopt");
    const options = store.of(dhcpOptions).put(dhcpOptionsId, {
      dhcpOptionsId,
      isDefault: false,
      configurations,
      tags: tagsFromSpecifications(input.TagSpecifications, "dhcp-options"),
    });
    return { DhcpOptions: toApiDhcpOptions(options, account) };
  },

  DescribeDhcpOptions(input, { store, account }) {
    const request = { ...input, ids: input.DhcpOptionsIds };
    const { items, NextToken } = describe(store, DHCP_OPTIONS, request, filters);
    return { DhcpOptions: items.map((options) => toApiDhcpOptions(options, account)), NextToken };
  },

  AssociateDhcpOptions(input, { store }) {
    const { vpcId } = requireResource(store, VPC, input.VpcId);
    const id = input.DhcpOptionsId;
    const dhcpOptionsId =
      id === "default" ? id : requireResource(store, DHCP_OPTIONS, id).dhcpOptionsId;
    store.of(vpcs).patch(vpcId, { dhcpOptionsId });
    return {};
  },

  DeleteDhcpOptions(input, { store }) {
    const { dhcpOptionsId } = requireResource(store, DHCP_OPTIONS, input.DhcpOptionsId);
    if (store.of(vpcs).find((vpc) => vpc.dhcpOptionsId === dhcpOptionsId))
      throw faults.hasDependencies("dhcpOptions", dhcpOptionsId);
    store.of(dhcpOptions).delete(dhcpOptionsId);
    return {};
  },
} satisfies Ec2Handlers;
