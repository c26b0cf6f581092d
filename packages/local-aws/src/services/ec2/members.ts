import type { Members } from "../kit/members.ts";
import { LAUNCH_MEANINGLESS, LAUNCH_REFUSED, LAUNCH_USED_IN } from "./instances/members.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html */
export const members: Members = {
  refused: {
    AllocateAddressRequest: "PublicIpv4Pool=amazon CustomerOwnedIpv4Pool IpamPoolId",
    AssociateRouteTableRequest: "PublicIpv4Pool",
    AssociateVpcCidrBlockRequest:
      "AmazonProvidedIpv6CidrBlock Ipv6CidrBlock Ipv6Pool Ipv6CidrBlockNetworkBorderGroup Ipv4IpamPoolId Ipv4NetmaskLength Ipv6IpamPoolId Ipv6NetmaskLength",
    CreateDefaultSubnetRequest: "Ipv6Native",
    CreateFlowLogsRequest: "DeliverCrossAccountRole DestinationOptions TagFieldSpecifications",
    CreateNatGatewayRequest:
      "AvailabilityMode=zonal VpcId AvailabilityZoneAddresses SecondaryAllocationIds SecondaryPrivateIpAddresses SecondaryPrivateIpAddressCount",
    CreateNetworkInterfaceRequest:
      "InterfaceType=interface Ipv4Prefixes Ipv4PrefixCount Ipv6Prefixes Ipv6PrefixCount Ipv6Addresses Ipv6AddressCount EnablePrimaryIpv6 ConnectionTrackingSpecification Operator",
    CreateRouteRequest: "OdbNetworkArn",
    CreateSubnetRequest:
      "OutpostArn Ipv4IpamPoolId Ipv4NetmaskLength Ipv6CidrBlock Ipv6IpamPoolId Ipv6NetmaskLength",
    CreateVpcEndpointRequest: "SubnetConfigurations ServiceNetworkArn ResourceConfigurationArn",
    CreateVpcRequest:
      "AmazonProvidedIpv6CidrBlock Ipv6CidrBlock Ipv6Pool Ipv6CidrBlockNetworkBorderGroup Ipv4IpamPoolId Ipv4NetmaskLength Ipv6IpamPoolId Ipv6NetmaskLength VpcEncryptionControl",
    DnsOptionsSpecification:
      "PrivateDnsOnlyForInboundResolverEndpoint PrivateDnsPreference PrivateDnsSpecifiedDomains",
    GetManagedPrefixListEntriesRequest: "TargetVersion",
    ModifyNetworkInterfaceAttributeRequest:
      "EnaSrdSpecification EnablePrimaryIpv6 ConnectionTrackingSpecification AssociatePublicIpAddress AssociatedSubnetIds Attachment",
    ModifySubnetAttributeRequest:
      "CustomerOwnedIpv4Pool EnableLniAtDeviceIndex DisableLniAtDeviceIndex",
    ModifyVpcEndpointRequest: "SubnetConfigurations",
    ReplaceRouteRequest: "OdbNetworkArn",
    ...LAUNCH_REFUSED,
    CreateLaunchTemplateVersionRequest: "ResolveAlias",
    CreateLaunchTemplateRequest: "Operator",
    ModifyInstanceAttributeRequest:
      "EnclaveOptions Attribute Value BlockDeviceMappings Kernel Ramdisk SriovNetSupport EnaSupport",
    StopInstancesRequest: "Hibernate",
    UserIdGroupPair: "VpcPeeringConnectionId",
  },
  meaningless: [
    {
      why: [
        "Every region and zone that there is here is enabled, and listed anyway.",
        "ここにあるリージョンとアベイラビリティーゾーンはすべて有効で、いつも一覧に含まれます。",
      ],
      members: {
        DescribeAvailabilityZonesRequest: "AllAvailabilityZones",
        DescribeRegionsRequest: "AllRegions",
      },
    },
    {
      why: [
        "No address has a reverse DNS name here, so the list is always empty.",
        "ここのアドレスに逆引きの DNS 名はなく、一覧は常に空です。",
      ],
      members: { DescribeAddressesAttributeRequest: "Attribute NextToken MaxResults" },
    },
    {
      why: [
        "No resource here is managed by another provider.",
        "ここには、ほかのプロバイダーが管理するリソースはありません。",
      ],
      members: { DescribeNetworkInterfacesRequest: "IncludeManagedResources" },
    },
    {
      why: [
        "What attaches interfaces here detaches them itself: the call is refused with and without it.",
        "ここではインターフェイスをアタッチしたものがデタッチもします。この指定の有無にかかわらず、呼び出しは拒否されます。",
      ],
      members: { DetachNetworkInterfaceRequest: "Force" },
    },
    ...LAUNCH_MEANINGLESS,
    {
      why: ["Only answers have it.", "応答だけが持つものです。"],
      members: { UserIdGroupPair: "VpcId PeeringStatus" },
    },
  ],
  usedIn: {
    ...LAUNCH_USED_IN,
    "service.ts": { "*": "DryRun ClientToken" },
  },
};
