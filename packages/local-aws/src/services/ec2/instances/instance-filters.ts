import type { Scope } from "../../../store/store.ts";
import type { FilterTable } from "../filters.ts";
import { publicAddressOf } from "../interfaces.ts";
import { networkInterfaces, securityGroups } from "../state.ts";
import { INSTANCE_TYPES } from "./instance-types.ts";
import { privateNameOf, toApiState } from "./instance-view.ts";
import type { Instance } from "./state.ts";

const groupsOf = ({ networkInterfaceId }: Readonly<Instance>, scope: Scope) =>
  scope.of(networkInterfaces).get(networkInterfaceId)?.securityGroupIds ?? [];
const groupNames = (instance: Readonly<Instance>, scope: Scope) =>
  groupsOf(instance, scope).map((id) => scope.of(securityGroups).get(id)?.groupName);
const architecture = ({ instanceType }: Readonly<Instance>) =>
  INSTANCE_TYPES.get(instanceType)?.architecture;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
export const instanceFilters: FilterTable<Instance> = {
  architecture,
  "availability-zone": ({ availabilityZone }) => availabilityZone,
  "block-device-mapping.volume-id": ({ volume }) => volume.volumeId,
  "client-token": ({ clientToken }) => clientToken,
  "group-id": groupsOf,
  "group-name": groupNames,
  hypervisor: () => "xen",
  "iam-instance-profile.arn": ({ profileArn }) => profileArn,
  "image-id": ({ imageId }) => imageId,
  "instance-id": ({ instanceId }) => instanceId,
  "instance-lifecycle": () => undefined,
  "instance-state-code": ({ state }) => toApiState(state).Code,
  "instance-state-name": ({ state }) => state,
  "instance-type": ({ instanceType }) => instanceType,
  "instance.group-id": groupsOf,
  "instance.group-name": groupNames,
  "launch-index": ({ launchIndex }) => launchIndex,
  "monitoring-state": ({ detailedMonitoring }) => (detailedMonitoring ? "enabled" : "disabled"),
  "network-interface.network-interface-id": ({ networkInterfaceId }) => networkInterfaceId,
  "network-interface.subnet-id": ({ subnetId }) => subnetId,
  "network-interface.vpc-id": ({ vpcId }) => vpcId,
  "owner-id": (_instance, scope) => scope.account,
  "private-dns-name": (instance, scope) => privateNameOf(scope, instance),
  "private-ip-address": ({ privateIpAddress }) => privateIpAddress,
  "public-ip-address": ({ networkInterfaceId }, scope) => {
    const eni = scope.of(networkInterfaces).get(networkInterfaceId);
    return eni && publicAddressOf(scope, eni)?.publicIp;
  },
  "ip-address": ({ networkInterfaceId }, scope) => {
    const eni = scope.of(networkInterfaces).get(networkInterfaceId);
    return eni && publicAddressOf(scope, eni)?.publicIp;
  },
  "reservation-id": ({ reservationId }) => reservationId,
  "root-device-type": () => "ebs",
  "state-reason-code": ({ stateReason }) => stateReason?.code,
  "subnet-id": ({ subnetId }) => subnetId,
  tenancy: ({ tenancy }) => tenancy,
  "virtualization-type": () => "hvm",
  "vpc-id": ({ vpcId }) => vpcId,
};
