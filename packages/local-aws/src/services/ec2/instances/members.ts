import type { Meaningless, Members } from "../../kit/members.ts";

/** What neither a launch nor a launch template may ask for here. */
const REFUSED_BOTH =
  "KernelId KeyName InstanceMarketOptions CpuOptions CapacityReservationSpecification HibernationOptions LicenseSpecifications EnclaveOptions PrivateDnsNameOptions MaintenanceOptions Operator NetworkPerformanceOptions SecondaryInterfaces ElasticInferenceAccelerators";
const REFUSED_INTERFACE =
  "Ipv6AddressCount Ipv6Addresses PrivateIpAddresses SecondaryPrivateIpAddressCount AssociateCarrierIpAddress InterfaceType=interface Ipv4Prefixes Ipv4PrefixCount Ipv6Prefixes Ipv6PrefixCount PrimaryIpv6 EnaSrdSpecification ConnectionTrackingSpecification EnaQueueCount";
const REFUSED_PLACEMENT =
  "AvailabilityZoneId Affinity GroupName PartitionNumber HostId SpreadDomain HostResourceGroupArn GroupId";

/** Of the operations on instances: see `members.ts` of the service. */
export const LAUNCH_REFUSED: Members["refused"] = {
  RunInstancesRequest: `${REFUSED_BOTH} RamdiskId Ipv6AddressCount Ipv6Addresses ElasticGpuSpecification EnablePrimaryIpv6 AdditionalInfo`,
  RequestLaunchTemplateData: `${REFUSED_BOTH} RamDiskId ElasticGpuSpecifications InstanceRequirements`,
  InstanceNetworkInterfaceSpecification: REFUSED_INTERFACE,
  LaunchTemplateInstanceNetworkInterfaceSpecificationRequest: REFUSED_INTERFACE,
  EbsBlockDevice: "OutpostArn AvailabilityZone AvailabilityZoneId EbsCardIndex SnapshotId",
  LaunchTemplateEbsBlockDeviceRequest: "EbsCardIndex SnapshotId",
  BlockDeviceMapping: "NoDevice VirtualName",
  LaunchTemplateBlockDeviceMappingRequest: "NoDevice VirtualName",
  Placement: REFUSED_PLACEMENT,
  LaunchTemplatePlacementRequest: REFUSED_PLACEMENT,
  StartInstancesRequest: "AdditionalInfo",
  DescribeLaunchTemplateVersionsRequest: "Filters ResolveAlias",
};

/** A template's data are laid out as a launch's: see `launch-data.ts`. */
export const LAUNCH_USED_IN: Members["usedIn"] = {
  "instances/launch-templates.ts": {
    CreateLaunchTemplateVersionRequest: "LaunchTemplateId LaunchTemplateName",
    DeleteLaunchTemplateRequest: "LaunchTemplateId LaunchTemplateName",
    ModifyLaunchTemplateRequest: "LaunchTemplateId LaunchTemplateName",
  },
  "instances/launch-data.ts": {
    LaunchTemplateBlockDeviceMappingRequest: "DeviceName Ebs",
    LaunchTemplateEbsBlockDeviceRequest: "DeleteOnTermination Encrypted VolumeSize VolumeType",
    LaunchTemplateInstanceNetworkInterfaceSpecificationRequest:
      "AssociatePublicIpAddress DeviceIndex Groups NetworkInterfaceId PrivateIpAddress SubnetId",
  },
  "instances/launch.ts": {
    LaunchTemplateIamInstanceProfileSpecificationRequest: "Arn Name",
    LaunchTemplateInstanceMetadataOptionsRequest:
      "HttpEndpoint HttpPutResponseHopLimit HttpTokens InstanceMetadataTags",
    LaunchTemplatePlacementRequest: "AvailabilityZone Tenancy",
    LaunchTemplateTagSpecificationRequest: "ResourceType",
    LaunchTemplatesMonitoringRequest: "Enabled",
  },
  "tags.ts": { LaunchTemplateTagSpecificationRequest: "Tags" },
};

/** What changes nothing here, and why. */
export const LAUNCH_MEANINGLESS: readonly Meaningless[] = [
  {
    why: [
      "A volume is not more than its description here.",
      "ここでは、ボリュームは説明だけのものです。",
    ],
    members: {
      EbsBlockDevice: "Iops KmsKeyId Throughput VolumeInitializationRate",
      LaunchTemplateEbsBlockDeviceRequest: "Iops KmsKeyId Throughput VolumeInitializationRate",
    },
  },
  {
    why: ["No metrics are kept here.", "ここではメトリクスは保存されません。"],
    members: {
      RunInstancesMonitoringEnabled: "MetricCategoryIds",
      LaunchTemplatesMonitoringRequest: "MetricCategoryIds",
    },
  },
  {
    why: [
      "An instance's one interface is made and taken away with it.",
      "インスタンスのただ一つのインターフェイスは、インスタンスとともに作られ、取り除かれます。",
    ],
    members: {
      InstanceNetworkInterfaceSpecification: "DeleteOnTermination Description NetworkCardIndex",
      LaunchTemplateInstanceNetworkInterfaceSpecificationRequest:
        "DeleteOnTermination Description NetworkCardIndex",
    },
  },
  {
    why: [
      "No instance here has a metadata service with addresses of IPv6.",
      "ここのインスタンスには、IPv6 のメタデータサービスはありません。",
    ],
    members: {
      InstanceMetadataOptionsRequest: "HttpProtocolIpv6",
      LaunchTemplateInstanceMetadataOptionsRequest: "HttpProtocolIpv6",
    },
  },
  {
    why: [
      "No instance here has an operating system that would shut down, nor is one managed by another service.",
      "ここのインスタンスには、シャットダウンする OS も、ほかのサービスによる管理もありません。",
    ],
    members: {
      StopInstancesRequest: "SkipOsShutdown Force",
      TerminateInstancesRequest: "SkipOsShutdown Force",
      GetConsoleOutputRequest: "Latest",
      DescribeInstancesRequest: "IncludeManagedResources",
      DescribeVolumesRequest: "IncludeManagedResources",
      DescribeInstanceStatusRequest: "IncludeManagedResources",
      DescribeLaunchTemplatesRequest: "IncludeManagedResources",
      DescribeLaunchTemplateVersionsRequest: "IncludeManagedResources",
    },
  },
  {
    why: [
      "No image here is deprecated or disabled, and every type is there in every region.",
      "非推奨や無効のイメージはなく、どのタイプもすべてのリージョンにあります。",
    ],
    members: {
      DescribeImagesRequest: "IncludeDeprecated IncludeDisabled",
      DescribeInstanceTypesRequest: "IncludeUnsupportedInRegion",
    },
  },
];
