import type { State, VpcEndpoint as ApiVpcEndpoint } from "@aws-sdk/client-ec2";
import { deleteNetworkInterface } from "./interfaces.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Scope } from "../../store/store.ts";
import { unsupported } from "../kit/faults.ts";
import { describe } from "./describe.ts";
import * as faults from "./faults.ts";
import type { FilterTable } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { newId } from "./ids.ts";
import {
  addEndpointInterface,
  addEndpointRoute,
  checkPrivateDns,
  endpointGroups,
  removeEndpointRoute,
  requireService,
} from "./new-vpc-endpoint.ts";
import { requireResource, VPC, VPC_ENDPOINT } from "./resources.ts";
import type { VpcEndpoint } from "./vpc-endpoint.ts";
import { networkInterfaces, securityGroups, vpcEndpoints } from "./state.ts";
import { tagsFromSpecifications, toTagList } from "./tags.ts";
import { privateDnsName, serviceOfName } from "./vpc-endpoint-services.ts";

/** What an endpoint without a policy allows: everything. */
const FULL_ACCESS = JSON.stringify({
  Version: "2008-10-17",
  Statement: [{ Action: "*", Effect: "Allow", Principal: "*", Resource: "*" }],
});

function dnsEntries(endpoint: Readonly<VpcEndpoint>, region: string) {
  if (endpoint.vpcEndpointType === "Gateway") return [];
  const service = serviceOfName(region, endpoint.serviceName) ?? "";
  const own = `${endpoint.vpcEndpointId}.${service}.${region}.vpce.amazonaws.com`;
  const entries = [{ DnsName: own, HostedZoneId: "Z2E726K9Y6RL4W" }];
  if (endpoint.privateDnsEnabled)
    entries.push({ DnsName: privateDnsName(region, service), HostedZoneId: "Z2E726K9Y6RL4W" });
  return entries;
}

export function toApiVpcEndpoint(endpoint: Readonly<VpcEndpoint>, scope: Scope): ApiVpcEndpoint {
  const isInterface = endpoint.vpcEndpointType === "Interface";
  return {
    VpcEndpointId: endpoint.vpcEndpointId,
    VpcEndpointType: endpoint.vpcEndpointType,
    VpcId: endpoint.vpcId,
    ServiceName: endpoint.serviceName,
    // On the wire the states are in lower case, whatever the SDK's type says.
    State: endpoint.state as unknown as State,
    PolicyDocument: endpoint.policyDocument,
    RouteTableIds: [...endpoint.routeTableIds],
    SubnetIds: [...endpoint.subnetIds],
    Groups: endpoint.securityGroupIds.map((GroupId) => ({
      GroupId,
      GroupName: scope.of(securityGroups).get(GroupId)?.groupName,
    })),
    IpAddressType: isInterface ? (endpoint.ipAddressType as "ipv4") : undefined,
    DnsOptions: isInterface
      ? { DnsRecordIpType: endpoint.dnsRecordIpType as "ipv4" }
      : { DnsRecordIpType: "service-defined" },
    PrivateDnsEnabled: endpoint.privateDnsEnabled,
    RequesterManaged: false,
    NetworkInterfaceIds: [...endpoint.networkInterfaceIds],
    DnsEntries: dnsEntries(endpoint, scope.region),
    CreationTimestamp: new Date(endpoint.createdAt),
    Tags: toTagList(endpoint.tags),
    OwnerId: scope.account,
    ServiceRegion: scope.region,
  };
}

const filters: FilterTable<VpcEndpoint> = {
  "ip-address-type": ({ ipAddressType }) => ipAddressType,
  "service-name": ({ serviceName }) => serviceName,
  "service-region": (_endpoint, scope) => scope.region,
  "vpc-id": ({ vpcId }) => vpcId,
  "vpc-endpoint-id": ({ vpcEndpointId }) => vpcEndpointId,
  "vpc-endpoint-state": ({ state }) => state,
  "vpc-endpoint-type": ({ vpcEndpointType }) => vpcEndpointType,
};

function checkedPolicy(document: string | undefined): string {
  if (document === undefined || document === "") return FULL_ACCESS;
  try {
    JSON.parse(document);
  } catch (cause) {
    throw new AwsError("InvalidPolicyDocument", "Policy document is not valid JSON", { cause });
  }
  return document;
}

function startDeleting(scope: Scope, endpoint: Readonly<VpcEndpoint>): void {
  const { vpcEndpointId } = endpoint;
  for (const id of endpoint.routeTableIds) removeEndpointRoute(scope, vpcEndpointId, id);
  // A gateway endpoint is nothing but routes: it is gone with them.
  if (endpoint.vpcEndpointType === "Gateway") scope.of(vpcEndpoints).delete(vpcEndpointId);
  else scope.of(vpcEndpoints).patch(vpcEndpointId, { state: "deleting" });
}

/** VPC endpoints. Those of type Interface become available, and go, in the network's own time (`engine/network`). */
export const vpcEndpointHandlers = {
  CreateVpcEndpoint(input, { store, region, clock }) {
    const vpc = requireResource(store, VPC, input.VpcId);
    const type = input.VpcEndpointType ?? "Gateway";
    if (type !== "Gateway" && type !== "Interface")
      throw new AwsError("Unsupported", `Local AWS has no VPC endpoints of type ${type}.`);
    // Endpoints to other regions are not there: https://docs.aws.amazon.com/vpc/latest/privatelink/cross-region-privatelink.html
    if ((input.ServiceRegion ?? region) !== region)
      throw unsupported(`endpoints to services of another region (${input.ServiceRegion})`);
    const serviceName = input.ServiceName;
    if (serviceName === undefined) throw faults.missingParameter("ServiceName");
    requireService(region, serviceName, type);
    const isInterface = type === "Interface";
    const privateDnsEnabled = isInterface && (input.PrivateDnsEnabled ?? true);
    if (privateDnsEnabled) checkPrivateDns(store, vpc, serviceName);
    const vpcEndpointId = newId("vpce");
    const endpoint = store.of(vpcEndpoints).put(vpcEndpointId, {
      vpcEndpointId,
      vpcEndpointType: type,
      vpcId: vpc.vpcId,
      serviceName,
      state: isInterface ? "pending" : "available",
      policyDocument: checkedPolicy(input.PolicyDocument),
      routeTableIds: isInterface ? [] : [...(input.RouteTableIds ?? [])],
      subnetIds: isInterface ? [...(input.SubnetIds ?? [])] : [],
      securityGroupIds: isInterface ? endpointGroups(store, vpc, input.SecurityGroupIds) : [],
      networkInterfaceIds: [],
      privateDnsEnabled,
      ipAddressType: input.IpAddressType ?? "ipv4",
      dnsRecordIpType: input.DnsOptions?.DnsRecordIpType ?? "ipv4",
      createdAt: clock.now(),
      tags: tagsFromSpecifications(input.TagSpecifications, "vpc-endpoint"),
    });
    for (const id of endpoint.routeTableIds) addEndpointRoute(store, endpoint, id);
    for (const id of endpoint.subnetIds) putInterface(store, vpcEndpointId, id, clock.now());
    const created = requireResource(store, VPC_ENDPOINT, vpcEndpointId);
    return { VpcEndpoint: toApiVpcEndpoint(created, store), ClientToken: input.ClientToken };
  },

  DescribeVpcEndpoints(input, { store }) {
    const request = { ...input, ids: input.VpcEndpointIds };
    const { items, NextToken } = describe(store, VPC_ENDPOINT, request, filters);
    return { VpcEndpoints: items.map((endpoint) => toApiVpcEndpoint(endpoint, store)), NextToken };
  },

  ModifyVpcEndpoint(input, { store, clock }) {
    const endpoint = requireResource(store, VPC_ENDPOINT, input.VpcEndpointId);
    const { vpcEndpointId } = endpoint;
    const changed = (
      before: readonly string[],
      added: readonly string[] = [],
      removed: readonly string[] = [],
    ) => [...new Set([...before, ...added])].filter((id) => !removed.includes(id));
    if (input.PrivateDnsEnabled) {
      const vpc = requireResource(store, VPC, endpoint.vpcId);
      checkPrivateDns(store, vpc, endpoint.serviceName, vpcEndpointId);
    }
    for (const id of input.RemoveRouteTableIds ?? []) removeEndpointRoute(store, vpcEndpointId, id);
    for (const id of input.AddRouteTableIds ?? []) addEndpointRoute(store, endpoint, id);
    for (const id of input.RemoveSubnetIds ?? []) removeInterface(store, vpcEndpointId, id);
    for (const id of input.AddSubnetIds ?? []) putInterface(store, vpcEndpointId, id, clock.now());
    const securityGroupIds = changed(
      endpoint.securityGroupIds,
      input.AddSecurityGroupIds,
      input.RemoveSecurityGroupIds,
    );
    const { networkInterfaceIds } = requireResource(store, VPC_ENDPOINT, vpcEndpointId);
    for (const id of networkInterfaceIds)
      store.of(networkInterfaces).patch(id, { securityGroupIds });
    const policy = input.ResetPolicy ? "" : input.PolicyDocument;
    store.of(vpcEndpoints).patch(vpcEndpointId, {
      securityGroupIds,
      routeTableIds: changed(
        endpoint.routeTableIds,
        input.AddRouteTableIds,
        input.RemoveRouteTableIds,
      ),
      subnetIds: changed(endpoint.subnetIds, input.AddSubnetIds, input.RemoveSubnetIds),
      privateDnsEnabled: input.PrivateDnsEnabled ?? endpoint.privateDnsEnabled,
      ipAddressType: input.IpAddressType ?? endpoint.ipAddressType,
      dnsRecordIpType: input.DnsOptions?.DnsRecordIpType ?? endpoint.dnsRecordIpType,
      ...(policy !== undefined && { policyDocument: checkedPolicy(policy) }),
    });
    return { Return: true };
  },

  DeleteVpcEndpoints(input, { store }) {
    const unsuccessful = input.VpcEndpointIds.flatMap((id) => {
      const endpoint = store.of(vpcEndpoints).get(id);
      if (endpoint) {
        startDeleting(store, endpoint);
        return [];
      }
      const { code, message } = VPC_ENDPOINT.notFound(id);
      return [{ ResourceId: id, Error: { Code: code, Message: message } }];
    });
    return { Unsuccessful: unsuccessful };
  },
} satisfies Ec2Handlers;

function putInterface(scope: Scope, endpointId: string, subnetId: string, now: number): void {
  const endpoint = requireResource(scope, VPC_ENDPOINT, endpointId);
  const id = addEndpointInterface(scope, endpoint, subnetId, now);
  scope
    .of(vpcEndpoints)
    .patch(endpointId, { networkInterfaceIds: [...endpoint.networkInterfaceIds, id] });
}

function removeInterface(scope: Scope, endpointId: string, subnetId: string): void {
  const endpoint = requireResource(scope, VPC_ENDPOINT, endpointId);
  const stays = (id: string) => scope.of(networkInterfaces).get(id)?.subnetId !== subnetId;
  const remaining = endpoint.networkInterfaceIds.filter(stays);
  for (const id of endpoint.networkInterfaceIds) if (!stays(id)) deleteNetworkInterface(scope, id);
  scope.of(vpcEndpoints).patch(endpointId, { networkInterfaceIds: remaining });
}
