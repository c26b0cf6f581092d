import * as faults from "./faults.ts";
import type { NetworkInterface as ApiNetworkInterface } from "@aws-sdk/client-ec2";
import { createNetworkInterface, deleteNetworkInterface, publicAddressOf } from "./interfaces.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Scope } from "../../store/store.ts";
import { describe } from "./describe.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { NETWORK_INTERFACE, requireResource, SECURITY_GROUP } from "./resources.ts";
import { type NetworkInterface, networkInterfaces, securityGroups, subnets } from "./state.ts";
import { tagsFromSpecifications, toTagList } from "./tags.ts";
import type { FilterTable } from "./filters.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
const networkInterfaceFilters: FilterTable<NetworkInterface> = {
  "addresses.association.public-ip": (eni, scope) => publicAddressOf(scope, eni)?.publicIp,
  "addresses.primary": () => true,
  "addresses.private-ip-address": (eni) => eni.privateIpAddress,
  "association.allocation-id": (eni, scope) => publicAddressOf(scope, eni)?.allocationId,
  "association.association-id": (eni, scope) => publicAddressOf(scope, eni)?.associationId,
  "association.public-ip": (eni, scope) => publicAddressOf(scope, eni)?.publicIp,
  "attachment.attachment-id": (eni) => eni.attachment?.attachmentId,
  "attachment.instance-id": (eni) => eni.attachment?.instanceId,
  "attachment.instance-owner-id": (eni) => eni.attachment?.instanceOwnerId,
  "attachment.status": (eni) => eni.attachment?.status,
  "availability-zone": (eni) => eni.availabilityZone,
  description: (eni) => eni.description,
  "group-id": (eni) => eni.securityGroupIds,
  "group-name": (eni, scope) =>
    eni.securityGroupIds.map((id) => scope.of(securityGroups).get(id)?.groupName),
  "interface-type": (eni) => eni.interfaceType,
  "mac-address": (eni) => eni.macAddress,
  "network-interface-id": (eni) => eni.networkInterfaceId,
  "owner-id": (_eni, scope) => scope.account,
  "private-ip-address": (eni) => eni.privateIpAddress,
  "requester-id": (eni) => eni.requesterId,
  "requester-managed": (eni) => eni.requesterManaged,
  "source-dest-check": (eni) => eni.sourceDestCheck,
  status: (eni) => (eni.attachment ? "in-use" : "available"),
  "subnet-id": (eni) => eni.subnetId,
  "vpc-id": (eni) => eni.vpcId,
};

/** The internal DNS name of an address: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html */
function privateDnsName(region: string, address: string): string {
  const domain = region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
  return `ip-${address.replaceAll(".", "-")}.${domain}`;
}

function associationOf(networkInterface: Readonly<NetworkInterface>, scope: Scope) {
  const address = publicAddressOf(scope, networkInterface);
  if (!address) return undefined;
  const { allocationId, associationId, publicIp } = address;
  return {
    AllocationId: allocationId,
    AssociationId: associationId,
    IpOwnerId: allocationId === undefined ? "amazon" : scope.account,
    PublicDnsName: "",
    PublicIp: publicIp,
  };
}

export function toApiNetworkInterface(
  eni: Readonly<NetworkInterface>,
  scope: Scope,
): ApiNetworkInterface {
  const groups = eni.securityGroupIds.map((GroupId) => ({
    GroupId,
    GroupName: scope.of(securityGroups).get(GroupId)?.groupName,
  }));
  const PrivateDnsName = privateDnsName(scope.region, eni.privateIpAddress);
  const Association = associationOf(eni, scope);
  return {
    Association,
    Attachment: eni.attachment && {
      AttachTime: new Date(eni.attachment.attachTime),
      AttachmentId: eni.attachment.attachmentId,
      DeleteOnTermination: eni.attachment.instanceId !== undefined,
      DeviceIndex: eni.attachment.instanceId === undefined ? 1 : 0,
      InstanceId: eni.attachment.instanceId,
      NetworkCardIndex: 0,
      InstanceOwnerId: eni.attachment.instanceOwnerId,
      Status: eni.attachment.status,
    },
    AvailabilityZone: eni.availabilityZone,
    AvailabilityZoneId: scope.of(subnets).get(eni.subnetId)?.availabilityZoneId,
    Description: eni.description,
    Groups: groups,
    InterfaceType: eni.interfaceType as never,
    Ipv6Addresses: [],
    MacAddress: eni.macAddress,
    NetworkInterfaceId: eni.networkInterfaceId,
    OwnerId: scope.account,
    PrivateDnsName,
    PrivateIpAddress: eni.privateIpAddress,
    PrivateIpAddresses: [
      { Association, Primary: true, PrivateDnsName, PrivateIpAddress: eni.privateIpAddress },
    ],
    RequesterId: eni.requesterId,
    RequesterManaged: eni.requesterManaged,
    SourceDestCheck: eni.sourceDestCheck,
    Status: eni.attachment ? "in-use" : "available",
    SubnetId: eni.subnetId,
    TagSet: toTagList(eni.tags),
    VpcId: eni.vpcId,
    DenyAllIgwTraffic: false,
    Operator: { Managed: false },
  };
}

/** Groups for an interface of `vpcId`, each checked. */
function checkedGroups(scope: Scope, vpcId: string, ids: readonly string[]): string[] {
  for (const id of ids)
    if (requireResource(scope, SECURITY_GROUP, id).vpcId !== vpcId)
      throw faults.invalidParameterValue(
        "You have specified two resources that belong to different networks.",
      );
  return [...new Set(ids)];
}

/** Elastic network interfaces. An instance has one, which is made with it. */
export const networkInterfaceHandlers = {
  CreateNetworkInterface(input, { store, clock }) {
    const given = input.PrivateIpAddresses ?? [];
    if (
      given.length > 1 ||
      (given.length === 1 && input.PrivateIpAddress) ||
      input.SecondaryPrivateIpAddressCount
    )
      throw new AwsError("Unsupported", "Local AWS gives a network interface one private address.");
    if (given.length === 1 && given[0]?.Primary === false)
      throw faults.invalidParameterValue("A network interface needs a primary private IP address.");
    const wanted = input.PrivateIpAddress ?? given[0]?.PrivateIpAddress;
    const networkInterface = createNetworkInterface(store, {
      subnetId: input.SubnetId,
      securityGroupIds: input.Groups ?? [],
      description: input.Description ?? "",
      tags: tagsFromSpecifications(input.TagSpecifications, "network-interface"),
      now: clock.now(),
      ...(wanted !== undefined && { privateIpAddress: wanted }),
    });
    return {
      NetworkInterface: toApiNetworkInterface(networkInterface, store),
      ClientToken: input.ClientToken,
    };
  },

  DescribeNetworkInterfaces(input, { store }) {
    const request = { ...input, ids: input.NetworkInterfaceIds };
    const { items, NextToken } = describe(
      store,
      NETWORK_INTERFACE,
      request,
      networkInterfaceFilters,
    );
    return { NetworkInterfaces: items.map((eni) => toApiNetworkInterface(eni, store)), NextToken };
  },

  DescribeNetworkInterfaceAttribute(input, { store }) {
    const eni = requireResource(store, NETWORK_INTERFACE, input.NetworkInterfaceId);
    const { Attachment, Groups, Description } = toApiNetworkInterface(eni, store);
    const NetworkInterfaceId = eni.networkInterfaceId;
    switch (input.Attribute) {
      case "attachment":
        return { NetworkInterfaceId, Attachment };
      case "description":
        return { NetworkInterfaceId, Description: { Value: Description } };
      case "groupSet":
        return { NetworkInterfaceId, Groups };
      case "sourceDestCheck":
        return { NetworkInterfaceId, SourceDestCheck: { Value: eni.sourceDestCheck } };
      default:
        throw faults.invalidParameterValue(
          `Value (${String(input.Attribute)}) for parameter attribute is invalid. Unknown attribute.`,
        );
    }
  },

  ModifyNetworkInterfaceAttribute(input, { store }) {
    const eni = requireResource(store, NETWORK_INTERFACE, input.NetworkInterfaceId);
    const description = input.Description?.Value;
    const sourceDestCheck = input.SourceDestCheck?.Value;
    store.of(networkInterfaces).patch(eni.networkInterfaceId, {
      ...(input.Groups && { securityGroupIds: checkedGroups(store, eni.vpcId, input.Groups) }),
      ...(description !== undefined && { description }),
      ...(sourceDestCheck !== undefined && { sourceDestCheck }),
    });
    return {};
  },

  DetachNetworkInterface(input, { store }) {
    const eni = store
      .of(networkInterfaces)
      .find(({ attachment }) => attachment?.attachmentId === input.AttachmentId);
    if (!eni)
      throw new AwsError(
        "InvalidAttachmentID.NotFound",
        `The networkInterface attachment ID '${input.AttachmentId}' does not exist`,
      );
    // Whatever attaches interfaces here (load balancers, tasks, gateways) detaches them itself.
    const [prefix] = input.AttachmentId.split("-0");
    throw faults.operationNotPermitted(`You are not allowed to manage '${prefix}' attachments.`);
  },

  DeleteNetworkInterface(input, { store }) {
    const eni = requireResource(store, NETWORK_INTERFACE, input.NetworkInterfaceId);
    if (eni.attachment) throw faults.interfaceInUse(eni.networkInterfaceId);
    deleteNetworkInterface(store, eni.networkInterfaceId);
    return {};
  },
} satisfies Ec2Handlers;
