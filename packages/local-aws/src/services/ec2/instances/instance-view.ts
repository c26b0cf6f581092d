import type { Instance as ApiInstance, InstanceStateName } from "@aws-sdk/client-ec2";
import { lastPart } from "../../../ground/arn.ts";
import { privateDomain } from "../../../ground/private-domain.ts";
import type { Scope } from "../../../store/store.ts";
import { instanceProfiles } from "../../iam/state.ts";
import { publicAddressOf } from "../interfaces.ts";
import { toApiNetworkInterface } from "../network-interfaces.ts";
import { networkInterfaces } from "../state.ts";
import { toTagList } from "../tags.ts";
import { ROOT_DEVICE } from "./image-handlers.ts";
import { INSTANCE_TYPES } from "./instance-types.ts";
import { requireInstanceType } from "./launch.ts";
import type { Instance, InstanceState } from "./state.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html */
const CODES: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  "shutting-down": 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

export const toApiState = (state: InstanceState) => ({
  Code: CODES[state],
  Name: state as InstanceStateName,
});

/** The name by which an instance is known in its VPC. */
export const privateNameOf = ({ region }: Scope, { privateIpAddress }: Instance): string =>
  `ip-${privateIpAddress.replaceAll(".", "-")}.${privateDomain(region)}`;

/** An instance as EC2 describes it. A terminated one has no network any more. */
export function toApiInstance(instance: Readonly<Instance>, scope: Scope): ApiInstance {
  const type = INSTANCE_TYPES.get(instance.instanceType) ?? requireInstanceType("t3.micro");
  const eni = scope.of(networkInterfaces).get(instance.networkInterfaceId);
  return {
    ...identityOf(instance, scope),
    Architecture: type.architecture,
    BlockDeviceMappings: blockDevices(instance),
    EbsOptimized: instance.ebsOptimized,
    EnaSupport: true,
    Hypervisor: "xen",
    RootDeviceName: ROOT_DEVICE,
    RootDeviceType: "ebs",
    VirtualizationType: "hvm",
    CpuOptions: {
      CoreCount: Math.max(1, type.vcpus >> 1),
      ThreadsPerCore: Math.min(2, type.vcpus),
    },
    CapacityReservationSpecification: { CapacityReservationPreference: "open" },
    HibernationOptions: { Configured: false },
    EnclaveOptions: { Enabled: false },
    PlatformDetails: "Linux/UNIX",
    UsageOperation: "RunInstances",
    UsageOperationUpdateTime: new Date(instance.launchedAt),
    MaintenanceOptions: { AutoRecovery: "default" },
    MetadataOptions: {
      State: "applied",
      HttpTokens: instance.metadata.httpTokens as never,
      HttpPutResponseHopLimit: instance.metadata.httpPutResponseHopLimit,
      HttpEndpoint: instance.metadata.httpEndpoint as never,
      HttpProtocolIpv6: "disabled",
      InstanceMetadataTags: instance.metadata.instanceMetadataTags as never,
    },
    Monitoring: { State: instance.detailedMonitoring ? "enabled" : "disabled" },
    ...(eni ? networkOf(instance, eni, scope) : { NetworkInterfaces: [], SecurityGroups: [] }),
  };
}

function identityOf(instance: Readonly<Instance>, scope: Scope): ApiInstance {
  const { profileArn, stateReason } = instance;
  const profile = lastPart(profileArn ?? "");
  return {
    InstanceId: instance.instanceId,
    ImageId: instance.imageId,
    State: toApiState(instance.state),
    StateReason: stateReason && { Code: stateReason.code, Message: stateReason.message },
    StateTransitionReason: instance.stateTransitionReason,
    AmiLaunchIndex: instance.launchIndex,
    ProductCodes: [],
    InstanceType: instance.instanceType as never,
    LaunchTime: new Date(instance.launchedAt),
    ClientToken: instance.clientToken ?? "",
    Placement: {
      AvailabilityZone: instance.availabilityZone,
      GroupName: "",
      Tenancy: instance.tenancy as never,
    },
    IamInstanceProfile:
      profileArn === undefined ? undefined : { Arn: profileArn, Id: idOf(scope, profile) },
    Tags: toTagList(instance.tags),
  };
}

/** Instance profiles are no region's. */
function idOf(scope: Scope, profile: string): string | undefined {
  return scope.of(instanceProfiles).get(profile)?.instanceProfileId;
}

function blockDevices({ state, volume }: Readonly<Instance>) {
  if (state === "terminated") return [];
  const { volumeId, deleteOnTermination, attachedAt } = volume;
  return [
    {
      DeviceName: ROOT_DEVICE,
      Ebs: {
        VolumeId: volumeId,
        DeleteOnTermination: deleteOnTermination,
        Status: "attached" as const,
        AttachTime: new Date(attachedAt),
      },
    },
  ];
}

function networkOf(
  instance: Readonly<Instance>,
  eni: Parameters<typeof toApiNetworkInterface>[0],
  scope: Scope,
): ApiInstance {
  const shown = toApiNetworkInterface(eni, scope);
  const { privateIpAddress, vpcId, subnetId } = instance;
  return {
    SecurityGroups: shown.Groups,
    SourceDestCheck: eni.sourceDestCheck,
    SubnetId: subnetId,
    VpcId: vpcId,
    PrivateIpAddress: privateIpAddress,
    PrivateDnsName: privateNameOf(scope, instance),
    PrivateDnsNameOptions: {
      HostnameType: "ip-name",
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    PublicDnsName: "",
    PublicIpAddress: publicAddressOf(scope, eni)?.publicIp,
    NetworkInterfaces: [interfaceOf(shown)],
  };
}

/** An instance tells less of its interface than the interface of itself. */
function interfaceOf({
  Groups,
  Attachment,
  Association,
  PrivateIpAddresses,
  ...rest
}: ReturnType<typeof toApiNetworkInterface>) {
  return {
    Association: Association as never,
    Attachment: Attachment && {
      AttachTime: Attachment.AttachTime,
      AttachmentId: Attachment.AttachmentId,
      DeleteOnTermination: true,
      DeviceIndex: 0,
      NetworkCardIndex: 0,
      Status: Attachment.Status,
    },
    Description: rest.Description,
    Groups,
    InterfaceType: "interface",
    Ipv6Addresses: [],
    MacAddress: rest.MacAddress,
    NetworkInterfaceId: rest.NetworkInterfaceId,
    OwnerId: rest.OwnerId,
    PrivateDnsName: rest.PrivateDnsName,
    PrivateIpAddress: rest.PrivateIpAddress,
    PrivateIpAddresses: PrivateIpAddresses as never,
    SourceDestCheck: rest.SourceDestCheck,
    Status: rest.Status,
    SubnetId: rest.SubnetId,
    VpcId: rest.VpcId,
  };
}
