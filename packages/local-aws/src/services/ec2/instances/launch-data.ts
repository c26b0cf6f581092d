import type {
  BlockDeviceMapping,
  InstanceNetworkInterfaceSpecification,
  RequestLaunchTemplateData,
  RunInstancesRequest,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../protocol/aws-error.ts";
import { invalidCombination, invalidParameterValue } from "../faults.ts";
import { ROOT_DEVICE } from "./image-handlers.ts";

/** What RunInstances and launch templates have in common: how an instance is launched. */
export type LaunchData = Pick<
  RunInstancesRequest,
  | "BlockDeviceMappings"
  | "CreditSpecification"
  | "DisableApiStop"
  | "DisableApiTermination"
  | "EbsOptimized"
  | "IamInstanceProfile"
  | "ImageId"
  | "InstanceInitiatedShutdownBehavior"
  | "MetadataOptions"
  | "Monitoring"
  | "NetworkInterfaces"
  | "Placement"
  | "SecurityGroupIds"
  | "SecurityGroups"
  | "TagSpecifications"
  | "UserData"
> & { readonly InstanceType?: string | undefined };

const MEMBERS = [
  "BlockDeviceMappings",
  "CreditSpecification",
  "DisableApiStop",
  "DisableApiTermination",
  "EbsOptimized",
  "IamInstanceProfile",
  "ImageId",
  "InstanceInitiatedShutdownBehavior",
  "InstanceType",
  "MetadataOptions",
  "Monitoring",
  "NetworkInterfaces",
  "Placement",
  "SecurityGroupIds",
  "SecurityGroups",
  "TagSpecifications",
  "UserData",
] as const satisfies readonly (keyof LaunchData)[];

/** What a request says, laid over what its launch template does; an empty list says nothing. */
export function laidOver(
  request: LaunchData,
  template: RequestLaunchTemplateData | LaunchData = {},
): LaunchData {
  const chosen = MEMBERS.flatMap((name) => {
    const own = request[name];
    const isSaid = own !== undefined && !(Array.isArray(own) && own.length === 0);
    const value = isSaid ? own : template[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const merged = Object.fromEntries(chosen) as LaunchData;
  // Tags of both count, the request's own last.
  const tags = [...(template.TagSpecifications ?? []), ...(request.TagSpecifications ?? [])];
  return { ...merged, ...(tags.length > 0 && { TagSpecifications: tags as never }) };
}

/** Where an instance's one interface is to be, and who may reach it. */
export interface WantedInterface {
  readonly subnetId?: string | undefined;
  readonly securityGroupIds: readonly string[];
  /** As the subnet says where undefined. */
  readonly publicIp: boolean | undefined;
  readonly privateIpAddress?: string | undefined;
}

/**
 * The interface that launch data ask for, either as members of their own or as the only network interface of a list.
 * @throws AwsError for both at once, and for more than one interface
 */
export function wantedInterface(
  data: LaunchData,
  own: { readonly subnetId?: string | undefined; readonly privateIpAddress?: string | undefined },
): WantedInterface {
  const list = (data.NetworkInterfaces ?? []) as InstanceNetworkInterfaceSpecification[];
  const groups = data.SecurityGroupIds ?? [];
  const [first, second] = list;
  if (second) throw unsupported("gives an instance one network interface");
  if (!first) return { ...own, securityGroupIds: groups, publicIp: undefined };
  if (groups.length > 0 || own.privateIpAddress)
    throw invalidCombination(
      "Network interfaces and an instance-level security groups may not be specified on the same request",
    );
  if (first.NetworkInterfaceId) throw unsupported("makes an instance's network interface itself");
  if ((first.DeviceIndex ?? 0) !== 0)
    throw invalidParameterValue("A network interface of device index 0 is needed.");
  return {
    subnetId: first.SubnetId ?? own.subnetId,
    securityGroupIds: first.Groups ?? [],
    publicIp: first.AssociatePublicIpAddress,
    privateIpAddress: first.PrivateIpAddress,
  };
}

const unsupported = (what: string) => new AwsError("Unsupported", `Local AWS ${what}.`);

/** The root volume that launch data ask for. @throws AwsError for other devices, which there are none of here */
export function wantedVolume(mappings: readonly BlockDeviceMapping[] | undefined, gib: number) {
  const others = (mappings ?? []).filter(({ DeviceName }) => DeviceName !== ROOT_DEVICE);
  if (others.length > 0)
    throw unsupported(`gives an instance its root volume ${ROOT_DEVICE} alone`);
  const ebs = mappings?.[0]?.Ebs ?? {};
  const size = ebs.VolumeSize ?? gib;
  if (size < gib)
    throw new AwsError(
      "InvalidBlockDeviceMapping",
      `Volume of size ${size}GB is smaller than snapshot, expect size >= ${gib}GB`,
    );
  return {
    size,
    type: ebs.VolumeType ?? "gp3",
    encrypted: ebs.Encrypted ?? false,
    deleteOnTermination: ebs.DeleteOnTermination ?? true,
  };
}
