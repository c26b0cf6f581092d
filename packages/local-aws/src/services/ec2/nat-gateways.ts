import type { NatGateway as ApiNatGateway } from "@aws-sdk/client-ec2";
import { associateAddress, createNetworkInterface } from "./interfaces.ts";
import type { Scope } from "../../store/store.ts";
import { describe } from "./describe.ts";
import * as faults from "./faults.ts";
import type { FilterTable } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { newId } from "./ids.ts";
import { ADDRESS, NAT_GATEWAY, requireResource, SUBNET } from "./resources.ts";
import { type Address, type NatGateway, natGateways } from "./state.ts";
import { tagsFromSpecifications, toTagList } from "./tags.ts";

export function toApiNatGateway(gateway: Readonly<NatGateway>): ApiNatGateway {
  const { allocationId, associationId, deleteTime } = gateway;
  return {
    CreateTime: new Date(gateway.createTime),
    DeleteTime: deleteTime === undefined ? undefined : new Date(deleteTime),
    FailureCode: gateway.failureCode,
    FailureMessage: gateway.failureMessage,
    NatGatewayAddresses: [
      {
        AllocationId: allocationId,
        AssociationId: associationId,
        NetworkInterfaceId: gateway.networkInterfaceId,
        PrivateIp: gateway.privateIp,
        PublicIp: gateway.publicIp,
        IsPrimary: true,
        Status: gateway.state === "pending" ? "associating" : "succeeded",
      },
    ],
    NatGatewayId: gateway.natGatewayId,
    State: gateway.state,
    SubnetId: gateway.subnetId,
    VpcId: gateway.vpcId,
    Tags: toTagList(gateway.tags),
    ConnectivityType: gateway.connectivityType,
  };
}

const filters: FilterTable<NatGateway> = {
  "nat-gateway-id": ({ natGatewayId }) => natGatewayId,
  state: ({ state }) => state,
  "subnet-id": ({ subnetId }) => subnetId,
  "vpc-id": ({ vpcId }) => vpcId,
};

/** The Elastic IP that a call wants to use; a public gateway needs one that is free. */
function freeAddress(
  scope: Scope,
  connectivityType: NatGateway["connectivityType"],
  allocationId: string | undefined,
): Readonly<Address> | undefined {
  if (connectivityType === "private") {
    if (allocationId !== undefined)
      throw faults.invalidParameter("AllocationId is not supported for private NAT gateways.");
    return undefined;
  }
  if (allocationId === undefined) throw faults.missingParameter("AllocationId");
  if (!/^eipalloc-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(allocationId))
    throw faults.malformedElasticIp(allocationId);
  const address = requireResource(scope, ADDRESS, allocationId);
  if (address.associationId !== undefined)
    throw faults.alreadyAssociated(`resource ${allocationId} is already associated`);
  return address;
}

/** NAT gateways. They become available, and go, in the network's own time (`engine/network`). */
export const natGatewayHandlers = {
  CreateNatGateway(input, { store, clock, account }) {
    if (input.SubnetId === undefined) throw faults.missingParameter("SubnetId");
    const connectivityType = input.ConnectivityType ?? "public";
    const subnet = requireResource(store, SUBNET, input.SubnetId);
    const address = freeAddress(store, connectivityType, input.AllocationId);
    const natGatewayId = newId("nat");
    const now = clock.now();
    const networkInterface = createNetworkInterface(store, {
      subnetId: subnet.subnetId,
      description: `Interface for NAT Gateway ${natGatewayId}`,
      interfaceType: "nat_gateway",
      requesterId: account,
      attachmentOwnerId: "amazon-aws",
      attachmentPrefix: "ela-attach",
      now,
      ...(input.PrivateIpAddress !== undefined && { privateIpAddress: input.PrivateIpAddress }),
    });
    const gateway = store.of(natGateways).put(natGatewayId, {
      natGatewayId,
      subnetId: subnet.subnetId,
      vpcId: subnet.vpcId,
      connectivityType,
      state: "pending",
      privateIp: networkInterface.privateIpAddress,
      networkInterfaceId: networkInterface.networkInterfaceId,
      createTime: now,
      tags: tagsFromSpecifications(input.TagSpecifications, "natgateway"),
      ...(address && {
        allocationId: address.allocationId,
        publicIp: address.publicIp,
        associationId: associateAddress(store, address.allocationId, networkInterface),
      }),
    });
    return { ClientToken: input.ClientToken, NatGateway: toApiNatGateway(gateway) };
  },

  DescribeNatGateways(input, { store }) {
    // This operation calls its filters `Filter`.
    const request = { ...input, ids: input.NatGatewayIds, Filters: input.Filter };
    const { items, NextToken } = describe(store, NAT_GATEWAY, request, filters);
    return { NatGateways: items.map(toApiNatGateway), NextToken };
  },

  DeleteNatGateway(input, { store, clock }) {
    const gateway = requireResource(store, NAT_GATEWAY, input.NatGatewayId);
    if (gateway.state !== "deleted" && gateway.state !== "deleting")
      store
        .of(natGateways)
        .patch(gateway.natGatewayId, { state: "deleting", deleteTime: clock.now() });
    return { NatGatewayId: gateway.natGatewayId };
  },
} satisfies Ec2Handlers;
