import { publicAddressOf } from "./interfaces.ts";
import type { FilterTable } from "./filters.ts";
import { type NetworkInterface, securityGroups } from "./state.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
export const networkInterfaceFilters: FilterTable<NetworkInterface> = {
  "addresses.association.public-ip": (eni, scope) => publicAddressOf(scope, eni)?.publicIp,
  "addresses.primary": () => true,
  "addresses.private-ip-address": (eni) => eni.privateIpAddress,
  "association.allocation-id": (eni, scope) => publicAddressOf(scope, eni)?.allocationId,
  "association.association-id": (eni, scope) => publicAddressOf(scope, eni)?.associationId,
  "association.public-ip": (eni, scope) => publicAddressOf(scope, eni)?.publicIp,
  "attachment.attachment-id": (eni) => eni.attachment?.attachmentId,
  "attachment.instance-id": () => undefined,
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
