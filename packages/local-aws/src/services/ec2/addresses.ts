import type { Address as ApiAddress } from "@aws-sdk/client-ec2";
import { associateAddress, disassociateAddress } from "./interfaces.ts";
import { releasePublicAddress, takePublicAddress } from "./public-addresses.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Scope } from "../../store/store.ts";
import { describe } from "./describe.ts";
import * as faults from "./faults.ts";
import type { FilterTable } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { newId } from "./ids.ts";
import { ADDRESS, NETWORK_INTERFACE, requireResource } from "./resources.ts";
import { type Address, addresses, internetGateways, networkInterfaces } from "./state.ts";
import { tagsFromSpecifications, toTagList } from "./tags.ts";

function toApiAddress(address: Readonly<Address>, scope: Scope): ApiAddress {
  const { networkInterfaceId } = address;
  return {
    AllocationId: address.allocationId,
    AssociationId: address.associationId,
    Domain: "vpc",
    NetworkInterfaceId: networkInterfaceId,
    NetworkInterfaceOwnerId: networkInterfaceId === undefined ? undefined : scope.account,
    PrivateIpAddress: address.privateIpAddress,
    Tags: toTagList(address.tags),
    PublicIpv4Pool: "amazon",
    NetworkBorderGroup: scope.region,
    InstanceId: networkInterfaceId === undefined ? undefined : "",
    PublicIp: address.publicIp,
  };
}

const filters: FilterTable<Address> = {
  "allocation-id": ({ allocationId }) => allocationId,
  "association-id": ({ associationId }) => associationId,
  domain: () => "vpc",
  "instance-id": () => undefined,
  "network-border-group": (_address, scope) => scope.region,
  "network-interface-id": ({ networkInterfaceId }) => networkInterfaceId,
  "network-interface-owner-id": ({ networkInterfaceId }, scope) =>
    networkInterfaceId === undefined ? undefined : scope.account,
  "private-ip-address": ({ privateIpAddress }) => privateIpAddress,
  "public-ip": ({ publicIp }) => publicIp,
};

/** An address by allocation id or, as the older form of the calls has it, by the address itself. */
function requireAddress(
  scope: Scope,
  allocationId: string | undefined,
  publicIp: string | undefined,
): Readonly<Address> {
  if (allocationId !== undefined) return requireResource(scope, ADDRESS, allocationId);
  if (publicIp === undefined) throw faults.missingParameter("allocationId");
  const address = scope.of(addresses).find((candidate) => candidate.publicIp === publicIp);
  if (!address) throw faults.publicAddressNotFound(publicIp);
  return address;
}

/** Elastic IP addresses. */
export const addressHandlers = {
  AllocateAddress(input, { store, region }) {
    if (input.Domain === "standard")
      throw faults.invalidParameterValue("Invalid value 'standard' for domain.");
    if (input.Address !== undefined) throw faults.publicAddressNotFound(input.Address);
    const group = input.NetworkBorderGroup ?? region;
    if (group !== region)
      throw faults.invalidParameterValue(
        `Invalid value '${group}' for network border group of region ${region}.`,
      );
    const allocationId = newId("eipalloc");
    const publicIp = takePublicAddress(store);
    const tags = tagsFromSpecifications(input.TagSpecifications, "elastic-ip");
    store.of(addresses).put(allocationId, { allocationId, publicIp, tags });
    return {
      AllocationId: allocationId,
      PublicIpv4Pool: "amazon",
      NetworkBorderGroup: region,
      Domain: "vpc" as const,
      PublicIp: publicIp,
    };
  },

  DescribeAddresses(input, { store }) {
    const named = (input.PublicIps ?? []).map(
      (publicIp) => requireAddress(store, undefined, publicIp).allocationId,
    );
    const ids = [...(input.AllocationIds ?? []), ...named];
    const { items } = describe(store, ADDRESS, { Filters: input.Filters, ids }, filters);
    return { Addresses: items.map((address) => toApiAddress(address, store)) };
  },

  DescribeAddressesAttribute(input, { store }) {
    for (const id of input.AllocationIds ?? []) requireResource(store, ADDRESS, id);
    // Only addresses with a reverse DNS name are listed, and ModifyAddressAttribute is not there to give one.
    return { Addresses: [] };
  },

  AssociateAddress(input, { store }) {
    const address = requireAddress(store, input.AllocationId, input.PublicIp);
    if (input.InstanceId !== undefined)
      throw new AwsError(
        "InvalidInstanceID.NotFound",
        `The instance ID '${input.InstanceId}' does not exist`,
      );
    if (input.NetworkInterfaceId === undefined)
      throw faults.missingParameter("networkInterfaceId or instanceId");
    const target = requireResource(store, NETWORK_INTERFACE, input.NetworkInterfaceId);
    const { privateIpAddress } = target;
    if ((input.PrivateIpAddress ?? privateIpAddress) !== privateIpAddress)
      throw faults.invalidParameterValue(
        `The private IP address '${input.PrivateIpAddress}' is not one of the network interface ${target.networkInterfaceId}`,
      );
    if (!store.of(internetGateways).find(({ vpcId }) => vpcId === target.vpcId))
      throw new AwsError(
        "Gateway.NotAttached",
        `Network ${target.vpcId} is not attached to any internet gateway`,
      );
    const holder = store
      .of(addresses)
      .find(({ networkInterfaceId }) => networkInterfaceId === target.networkInterfaceId);
    for (const tied of [address, holder]) {
      if (tied?.associationId === undefined) continue;
      if (input.AllowReassociation === false || (tied === address && !input.AllowReassociation))
        throw faults.alreadyAssociated(
          `resource ${tied.allocationId} is already associated with associate-id ${tied.associationId}`,
        );
      disassociateAddress(store, tied.allocationId);
    }
    return { AssociationId: associateAddress(store, address.allocationId, target) };
  },

  DisassociateAddress(input, { store }) {
    if (!input.AssociationId && !input.PublicIp) throw faults.missingParameter("AssociationId");
    const address = store
      .of(addresses)
      .find(({ associationId, publicIp }) =>
        input.AssociationId === undefined
          ? publicIp === input.PublicIp
          : associationId === input.AssociationId,
      );
    if (!address) throw faults.associationNotFound(input.AssociationId ?? input.PublicIp ?? "");
    const holder = store.of(networkInterfaces).get(address.networkInterfaceId ?? "");
    if (holder?.requesterManaged)
      throw new AwsError(
        "AuthFailure",
        "You do not have permission to access the specified resource.",
      );
    disassociateAddress(store, address.allocationId);
    return {};
  },

  ReleaseAddress(input, { store, region }) {
    const { allocationId, associationId, publicIp } = requireAddress(
      store,
      input.AllocationId,
      input.PublicIp,
    );
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html
    if ((input.NetworkBorderGroup ?? region) !== region)
      throw faults.publicAddressNotFound(publicIp);
    if (associationId !== undefined) throw faults.addressInUse(publicIp);
    releasePublicAddress(store, publicIp);
    store.of(addresses).delete(allocationId);
    return {};
  },
} satisfies Ec2Handlers;
