import type { InternetGateway as ApiInternetGateway } from "@aws-sdk/client-ec2";
import { publicAddressOf } from "./interfaces.ts";
import type { Scope } from "../../store/store.ts";
import { describe } from "./describe.ts";
import * as faults from "./faults.ts";
import type { FilterTable } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { newId } from "./ids.ts";
import { INTERNET_GATEWAY, requireResource, VPC } from "./resources.ts";
import { type InternetGateway, internetGateways, networkInterfaces } from "./state.ts";
import { tagsFromSpecifications, toTagList } from "./tags.ts";

export function toApiInternetGateway(
  { internetGatewayId, vpcId, tags }: Readonly<InternetGateway>,
  scope: Scope,
): ApiInternetGateway {
  return {
    Attachments: vpcId === undefined ? [] : [{ State: "available" as never, VpcId: vpcId }],
    InternetGatewayId: internetGatewayId,
    OwnerId: scope.account,
    Tags: toTagList(tags),
  };
}

const filters: FilterTable<InternetGateway> = {
  "attachment.state": ({ vpcId }) => (vpcId === undefined ? undefined : "available"),
  "attachment.vpc-id": ({ vpcId }) => vpcId,
  "internet-gateway-id": ({ internetGatewayId }) => internetGatewayId,
  "owner-id": (_gateway, scope) => scope.account,
};

function putInternetGateway(scope: Scope, { internetGatewayId, vpcId, tags }: InternetGateway) {
  const attachment = vpcId === undefined ? {} : { vpcId };
  scope.of(internetGateways).put(internetGatewayId, { internetGatewayId, ...attachment, tags });
}

/** Internet gateways. */
export const internetGatewayHandlers = {
  CreateInternetGateway(input, { store }) {
    const internetGatewayId = newId("igw");
    const gateway = store.of(internetGateways).put(internetGatewayId, {
      internetGatewayId,
      tags: tagsFromSpecifications(input.TagSpecifications, "internet-gateway"),
    });
    return { InternetGateway: toApiInternetGateway(gateway, store) };
  },

  DescribeInternetGateways(input, { store }) {
    const request = { ...input, ids: input.InternetGatewayIds };
    const { items, NextToken } = describe(store, INTERNET_GATEWAY, request, filters);
    return {
      InternetGateways: items.map((gateway) => toApiInternetGateway(gateway, store)),
      NextToken,
    };
  },

  AttachInternetGateway(input, { store }) {
    const gateway = requireResource(store, INTERNET_GATEWAY, input.InternetGatewayId);
    const { vpcId } = requireResource(store, VPC, input.VpcId);
    const { internetGatewayId } = gateway;
    if (gateway.vpcId !== undefined)
      throw faults.alreadyAssociated(
        `resource ${internetGatewayId} is already attached to network ${gateway.vpcId}`,
      );
    if (store.of(internetGateways).find((other) => other.vpcId === vpcId))
      throw faults.invalidParameterValue(
        `Network ${vpcId} already has an internet gateway attached`,
      );
    putInternetGateway(store, { ...gateway, vpcId });
    return {};
  },

  DetachInternetGateway(input, { store }) {
    const gateway = requireResource(store, INTERNET_GATEWAY, input.InternetGatewayId);
    const { vpcId } = requireResource(store, VPC, input.VpcId);
    if (gateway.vpcId !== vpcId) throw faults.gatewayNotAttached(gateway.internetGatewayId, vpcId);
    const mapped = store
      .of(networkInterfaces)
      .find((candidate) => candidate.vpcId === vpcId && !!publicAddressOf(store, candidate));
    if (mapped)
      throw faults.dependencyViolation(
        `Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
      );
    const { internetGatewayId, tags } = gateway;
    putInternetGateway(store, { internetGatewayId, tags });
    return {};
  },

  DeleteInternetGateway(input, { store }) {
    const gateway = requireResource(store, INTERNET_GATEWAY, input.InternetGatewayId);
    const { internetGatewayId, vpcId } = gateway;
    if (vpcId !== undefined) throw faults.hasDependencies("internetGateway", internetGatewayId);
    store.of(internetGateways).delete(internetGatewayId);
    return {};
  },
} satisfies Ec2Handlers;
