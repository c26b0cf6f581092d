import { createHash } from "node:crypto";

/** An image that instances are launched from: here, one of the ECS-optimized ones, with Docker and the ECS agent. */
export interface MachineImage {
  readonly imageId: string;
  readonly name: string;
  readonly description: string;
  readonly architecture: "x86_64" | "arm64";
  /** What the ECS agent tells of its system. */
  readonly os: "Amazon Linux 2023" | "Amazon Linux 2";
  readonly agentVersion: string;
  readonly dockerVersion: string;
  readonly sourceImageName: string;
  readonly createdAt: string;
  /** The public parameter that names it. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html */
  readonly parameter: string;
  readonly rootVolumeGiB: number;
}

/** Amazon's account that publishes the ECS-optimized images. */
export const ECS_IMAGE_OWNER = "591542846629";

type Row = Omit<MachineImage, "imageId">;

const AGENT = { agentVersion: "1.99.0", dockerVersion: "25.0.8", rootVolumeGiB: 30 } as const;
const ROOT = "/aws/service/ecs/optimized-ami";

const AL2023 = {
  ...AGENT,
  os: "Amazon Linux 2023",
  createdAt: "2025-09-12T20:15:14.000Z",
} as const;
const AL2 = { ...AGENT, os: "Amazon Linux 2", createdAt: "2025-09-12T20:20:41.000Z" } as const;

const al2023 = (architecture: Row["architecture"], folder: string): Row => ({
  ...AL2023,
  architecture,
  name: `al2023-ami-ecs-hvm-2023.0.20250912-kernel-6.1-${architecture}`,
  description: `Amazon Linux AMI 2023.0.20250912 ${architecture} ECS HVM EBS`,
  sourceImageName: `al2023-ami-minimal-2023.8.20250908.0-kernel-6.1-${architecture}`,
  parameter: `${ROOT}/amazon-linux-2023${folder}/recommended`,
});
const al2 = (architecture: Row["architecture"], folder: string, kernel = ""): Row => ({
  ...AL2,
  architecture,
  name: `amzn2-ami-ecs-${kernel}hvm-2.0.20250912-${architecture}-ebs`,
  description: `Amazon Linux AMI 2.0.20250912 ${architecture} ECS HVM GP2`,
  sourceImageName: `amzn2-ami-minimal-hvm-2.0.20250902.3-${architecture}-ebs`,
  parameter: `${ROOT}/amazon-linux-2${folder}/recommended`,
});

const ROWS: readonly Row[] = [
  al2023("x86_64", ""),
  al2023("arm64", "/arm64"),
  al2("x86_64", ""),
  al2("arm64", "/arm64"),
  al2("x86_64", "/kernel-5.10", "kernel-5.10-"),
  al2("arm64", "/kernel-5.10/arm64", "kernel-5.10-"),
];

/** The images that there are in a region. Each region has ids of its own, which stay the same. */
export function machineImages(region: string): readonly MachineImage[] {
  return ROWS.map((row) => {
    const digest = createHash("sha256").update(`${region} ${row.name}`).digest("hex");
    return { ...row, imageId: `ami-0${digest.slice(0, 16)}` };
  });
}

/** The image with this id in a region; undefined where there is none. */
export const machineImage = (region: string, imageId: string): MachineImage | undefined =>
  machineImages(region).find((image) => image.imageId === imageId);
