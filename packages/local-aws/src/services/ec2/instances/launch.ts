import type { TagSpecification } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../protocol/aws-error.ts";
import type { Scope } from "../../../store/store.ts";
import { instanceProfiles } from "../../iam/state.ts";
import { invalidParameterValue, missingParameter, noDefaultVpc } from "../faults.ts";
import { newId } from "../ids.ts";
import { createNetworkInterface } from "../interfaces.ts";
import { requireResource, SUBNET } from "../resources.ts";
import { networkInterfaces, subnets, vpcs, type Subnet, type Tags } from "../state.ts";
import { tagsFromSpecifications } from "../tags.ts";
import { requireImage } from "./image-handlers.ts";
import { INSTANCE_TYPES, type InstanceType } from "./instance-types.ts";
import { wantedInterface, wantedVolume, type LaunchData } from "./launch-data.ts";
import { instances, type Instance } from "./state.ts";
import type { MachineImage } from "./machine-images.ts";

/** What a launch is made of, beside its data. */
export interface Launch {
  readonly scope: Scope;
  readonly count: number;
  readonly subnetId?: string | undefined;
  readonly privateIpAddress?: string | undefined;
  readonly clientToken?: string | undefined;
  /** Tags that AWS itself gives, beside those of the data. */
  readonly ownTags?: Tags;
  readonly now: number;
}

/**
 * Launches instances, in the transaction under way: each gets its interface and is `pending`; the engine takes it from there.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
 * @throws AwsError in EC2's words where the data break a rule
 */
export function launchInstances(data: LaunchData, launch: Launch): Instance[] {
  const { scope } = launch;
  if (!data.ImageId) throw missingParameter("ImageId");
  const image = requireImage(scope.region, data.ImageId);
  const type = requireInstanceType(data.InstanceType ?? "m1.small");
  if (type.architecture !== image.architecture)
    throw invalidParameterValue(
      `The architecture '${type.architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.`,
    );
  checkUserData(data.UserData);
  if (data.SecurityGroups?.length && !data.SecurityGroupIds?.length)
    throw invalidParameterValue("Local AWS knows the security groups of instances by their ids.");
  if (launch.privateIpAddress && launch.count > 1)
    throw invalidParameterValue("An address can be given to one instance alone.");
  const reservationId = newId("r");
  const made = { image, type, reservationId };
  return Array.from({ length: launch.count }, (_, index) => launchOne(data, launch, made, index));
}

function launchOne(
  data: LaunchData,
  launch: Launch,
  made: { image: MachineImage; type: InstanceType; reservationId: string },
  launchIndex: number,
): Instance {
  const { scope, now, ownTags = {} } = launch;
  const instanceId = newId("i");
  const eni = putInterface(data, launch, instanceId);
  const profileArn = profileOf(launch, data.IamInstanceProfile);
  return scope.of(instances).put(instanceId, {
    instanceId,
    reservationId: made.reservationId,
    launchIndex,
    imageId: made.image.imageId,
    instanceType: made.type.name,
    state: "pending",
    stateTransitionReason: "",
    vpcId: eni.vpcId,
    subnetId: eni.subnetId,
    availabilityZone: eni.availabilityZone,
    networkInterfaceId: eni.networkInterfaceId,
    privateIpAddress: eni.privateIpAddress,
    ...(profileArn !== undefined && { profileArn }),
    ...(data.UserData !== undefined && { userData: data.UserData }),
    launchedAt: now,
    ...(launch.clientToken !== undefined && { clientToken: launch.clientToken }),
    detailedMonitoring: data.Monitoring?.Enabled ?? false,
    ebsOptimized: data.EbsOptimized ?? false,
    disableApiTermination: data.DisableApiTermination ?? false,
    disableApiStop: data.DisableApiStop ?? false,
    shutdownBehavior: data.InstanceInitiatedShutdownBehavior ?? "stop",
    ...(made.type.isBurstable && {
      cpuCredits: data.CreditSpecification?.CpuCredits ?? defaultCredits(made.type),
    }),
    tenancy: data.Placement?.Tenancy ?? "default",
    metadata: metadataOf(data.MetadataOptions, made.image),
    volume: {
      ...wantedVolume(data.BlockDeviceMappings, made.image.rootVolumeGiB),
      volumeId: newId("vol"),
      attachedAt: now,
    },
    tags: { ...tagsFor(data.TagSpecifications, "instance"), ...ownTags },
  });
}

/** What is not said comes from the image: that of Amazon Linux 2023 asks for tokens. */
function metadataOf(
  options: LaunchData["MetadataOptions"],
  { os }: MachineImage,
): Instance["metadata"] {
  const { HttpTokens, HttpPutResponseHopLimit, HttpEndpoint, InstanceMetadataTags } = options ?? {};
  const asksForTokens = os === "Amazon Linux 2023";
  return {
    httpTokens: HttpTokens ?? (asksForTokens ? "required" : "optional"),
    httpPutResponseHopLimit: HttpPutResponseHopLimit ?? (asksForTokens ? 2 : 1),
    httpEndpoint: HttpEndpoint ?? "enabled",
    instanceMetadataTags: InstanceMetadataTags ?? "disabled",
  };
}

const defaultCredits = ({ isCurrent }: InstanceType) => (isCurrent ? "unlimited" : "standard");

/** What a specification that is about several kinds gives to one of them. */
function tagsFor(specifications: readonly TagSpecification[] | undefined, type: string): Tags {
  for (const { ResourceType } of specifications ?? [])
    if (!["instance", "volume", "network-interface"].includes(ResourceType ?? ""))
      throw invalidParameterValue(
        `'${ResourceType}' is not a valid taggable resource type for this operation.`,
      );
  const own = (specifications ?? []).filter(({ ResourceType }) => ResourceType === type);
  return tagsFromSpecifications(own, type);
}

function putInterface(data: LaunchData, launch: Launch, instanceId: string) {
  const { scope, now } = launch;
  const wanted = wantedInterface(data, launch);
  const zone = data.Placement?.AvailabilityZone || undefined;
  const subnet = wanted.subnetId
    ? requireResource(scope, SUBNET, wanted.subnetId)
    : defaultSubnet(scope, zone);
  if (zone !== undefined && zone !== subnet.availabilityZone)
    throw invalidParameterValue(
      `The availability zone '${zone}' does not match the subnet's availability zone '${subnet.availabilityZone}'.`,
    );
  const eni = createNetworkInterface(scope, {
    subnetId: subnet.subnetId,
    securityGroupIds: wanted.securityGroupIds,
    attachmentOwnerId: scope.account,
    publicIp: wanted.publicIp ?? subnet.mapPublicIpOnLaunch,
    tags: tagsFor(data.TagSpecifications, "network-interface"),
    ...(wanted.privateIpAddress !== undefined && { privateIpAddress: wanted.privateIpAddress }),
    now,
  });
  const attachment = { ...eni.attachment!, instanceId };
  return scope.of(networkInterfaces).patch(eni.networkInterfaceId, { attachment });
}

function defaultSubnet(scope: Scope, zone: string | undefined): Readonly<Subnet> {
  const vpc = scope.of(vpcs).find(({ isDefault }) => isDefault);
  const subnet = scope
    .of(subnets)
    .find(
      ({ vpcId, defaultForAz, availabilityZone }) =>
        vpcId === vpc?.vpcId && defaultForAz && (zone === undefined || zone === availabilityZone),
    );
  if (!subnet) throw noDefaultVpc();
  return subnet;
}

/** @throws AwsError for a type that Local AWS does not know */
export function requireInstanceType(name: string): InstanceType {
  const type = INSTANCE_TYPES.get(name);
  if (type) return type;
  throw new AwsError(
    "InvalidParameterValue",
    `Invalid value '${name}' for InstanceType. Local AWS knows ${[...INSTANCE_TYPES.keys()].join(", ")}.`,
  );
}

function profileOf({ scope }: Launch, given: LaunchData["IamInstanceProfile"]) {
  if (!given?.Arn && !given?.Name) return undefined;
  const [member, value] = given.Arn
    ? ["iamInstanceProfile.arn", given.Arn]
    : ["iamInstanceProfile.name", given.Name];
  const profile = scope
    .of(instanceProfiles)
    .find(({ arn, instanceProfileName }) =>
      given.Arn ? arn === given.Arn : instanceProfileName === given.Name,
    );
  // The provider waits for a new profile to be known, and looks for these words.
  if (!profile)
    throw invalidParameterValue(
      `Value (${value}) for parameter ${member} is invalid. Invalid IAM Instance Profile ${given.Arn ? "ARN" : "name"}`,
    );
  return profile.arn;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html */
function checkUserData(userData: string | undefined): void {
  if (userData === undefined) return;
  const text = userData.replaceAll(/\s/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text))
    throw invalidParameterValue("Invalid BASE64 encoding of user data.");
  if (Buffer.from(text, "base64").length > 16_384)
    throw invalidParameterValue("User data is limited to 16384 bytes");
}
