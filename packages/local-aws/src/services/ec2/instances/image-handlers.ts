import type { Image } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../protocol/aws-error.ts";
import { paginate } from "../describe.ts";
import { invalidParameterValue } from "../faults.ts";
import { type FilterTable, toFilterTest } from "../filters.ts";
import type { Ec2Handlers } from "../handlers.ts";
import { ECS_IMAGE_OWNER, machineImages, type MachineImage } from "./machine-images.ts";

export const ROOT_DEVICE = "/dev/xvda";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html */
const filters: FilterTable<MachineImage> = {
  architecture: ({ architecture }) => architecture,
  "creation-date": ({ createdAt }) => createdAt,
  description: ({ description }) => description,
  "ena-support": () => true,
  hypervisor: () => "xen",
  "image-id": ({ imageId }) => imageId,
  "image-type": () => "machine",
  "is-public": () => true,
  name: ({ name }) => name,
  "owner-alias": () => "amazon",
  "owner-id": () => ECS_IMAGE_OWNER,
  "root-device-name": () => ROOT_DEVICE,
  "root-device-type": () => "ebs",
  state: () => "available",
  "virtualization-type": () => "hvm",
};

function toApiImage(image: MachineImage): Image {
  return {
    PlatformDetails: "Linux/UNIX",
    UsageOperation: "RunInstances",
    BlockDeviceMappings: [
      {
        DeviceName: ROOT_DEVICE,
        Ebs: {
          DeleteOnTermination: true,
          VolumeSize: image.rootVolumeGiB,
          VolumeType: "gp3",
          Encrypted: false,
        },
      },
    ],
    Description: image.description,
    EnaSupport: true,
    Hypervisor: "xen",
    ImageOwnerAlias: "amazon",
    Name: image.name,
    RootDeviceName: ROOT_DEVICE,
    RootDeviceType: "ebs",
    VirtualizationType: "hvm",
    ImageId: image.imageId,
    ImageLocation: `amazon/${image.name}`,
    State: "available",
    OwnerId: ECS_IMAGE_OWNER,
    CreationDate: image.createdAt,
    Public: true,
    Architecture: image.architecture,
    ImageType: "machine",
    Tags: [],
  };
}

const notFound = (id: string) =>
  new AwsError("InvalidAMIID.NotFound", `The image id '[${id}]' does not exist`);

/** Finds an image. @throws AwsError `InvalidAMIID.Malformed`, `InvalidAMIID.NotFound` */
export function requireImage(region: string, id: string): MachineImage {
  if (!/^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
    throw new AwsError("InvalidAMIID.Malformed", `Invalid id: "${id}"`);
  const image = machineImages(region).find(({ imageId }) => imageId === id);
  if (!image) throw notFound(id);
  return image;
}

/** Whether the owners that a request names have Amazon's images. */
function isOwned(owners: readonly string[] | undefined): boolean {
  return !owners?.length || owners.some((it) => it === "amazon" || it === ECS_IMAGE_OWNER);
}

export const imageHandlers = {
  DescribeImages(input, { store, region }) {
    const matches = toFilterTest(input.Filters, filters, store, () => ({}));
    const everybody = input.ExecutableUsers?.every((user) => user === "all") ?? true;
    if (input.ExecutableUsers?.includes("")) throw invalidParameterValue("Invalid user id");
    const wanted = input.ImageIds?.length
      ? input.ImageIds.map((id) => requireImage(region, id))
      : machineImages(region);
    const found = wanted.filter((image) => everybody && isOwned(input.Owners) && matches(image));
    const { items, NextToken } = paginate(found, input, "image", ({ imageId }) => imageId);
    return { Images: items.map(toApiImage), NextToken };
  },
} satisfies Ec2Handlers;
