import { machineImages, type MachineImage } from "../ec2/instances/machine-images.ts";

/** A parameter that AWS publishes in each region. */
export interface PublicParameter {
  readonly name: string;
  readonly value: string;
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** What the parameter of an image says, and those below it one by one. */
function imageFacts(image: MachineImage): Record<string, string | number> {
  return {
    ecs_agent_version: image.agentVersion,
    ecs_runtime_version: `Docker version ${image.dockerVersion}`,
    image_id: image.imageId,
    image_name: image.name,
    os: image.os,
    schema_version: 1,
    source_image_name: image.sourceImageName,
  };
}

/** Amazon's accounts with the images of AWS for Fluent Bit, where they are not the one of most regions. */
const FLUENT_BIT_OWNERS: Readonly<Record<string, string>> = {
  "ap-east-1": "449074385750",
  "me-south-1": "741863432321",
  "af-south-1": "928143927712",
  "eu-south-1": "960320637246",
};
const FLUENT_BIT_OWNER = "906394416424";

/** Whether an image is one of AWS for Fluent Bit that AWS has in ECR. @param registry `<account>.dkr.ecr.<region>.amazonaws.com` */
export function isFluentBit({
  registry,
  repository,
}: {
  readonly registry: string;
  readonly repository: string;
}): boolean {
  const [, owner, region = ""] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/.exec(registry) ?? [];
  return repository === "aws-for-fluent-bit" && owner === ownerIn(region);
}

const ownerIn = (region: string) => FLUENT_BIT_OWNERS[region] ?? FLUENT_BIT_OWNER;

/** Those of June 2026: the last of the second line, which is the latest and the stable one, and of the third. */
const FLUENT_BIT = { latest: "2.34.3.20260623", third: "3.4.5", at: Date.UTC(2026, 5, 30) };

/**
 * Where the images of AWS for Fluent Bit are, by their tags: of the stable ones AWS names the version.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-using-fluentbit.html
 */
function fluentBitParameters(region: string): PublicParameter[] {
  const owner = ownerIn(region);
  const { latest, third, at } = FLUENT_BIT;
  const tags = ["latest", latest, third].flatMap((tag) => [tag, `init-${tag}`]);
  const named = [
    ...tags.map((tag) => [tag, tag] as const),
    ["stable", latest] as const,
    ["init-stable", `init-${latest}`] as const,
  ];
  return named.map(([name, tag]) => ({
    name: `/aws/service/aws-for-fluent-bit/${name}`,
    value: `${owner}.dkr.ecr.${region}.amazonaws.com/aws-for-fluent-bit:${tag}`,
    version: 1,
    modifiedAt: at,
  }));
}

/**
 * The public parameters of a region: those of the ECS-optimized images, and of the image that routes logs.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html
 */
export function publicParameters(region: string): readonly PublicParameter[] {
  return [...machineParameters(region), ...fluentBitParameters(region)];
}

function machineParameters(region: string): PublicParameter[] {
  return machineImages(region).flatMap((image) => {
    const facts = imageFacts(image);
    const parameter = (name: string, value: string): PublicParameter => ({
      name,
      value,
      version: 1,
      modifiedAt: Date.parse(image.createdAt),
    });
    return [
      parameter(image.parameter, JSON.stringify(facts)),
      ...Object.entries(facts).map(([name, value]) =>
        parameter(`${image.parameter}/${name}`, String(value)),
      ),
    ];
  });
}

/** Public parameters are below this path; nobody can make one there. */
const PUBLIC = "/aws/service/";

export const isPublic = (name: string) => `${name}/`.startsWith(PUBLIC);

/** Finds a public parameter; undefined where there is none of that name. */
export function findPublic(region: string, name: string): PublicParameter | undefined {
  return publicParameters(region).find((parameter) => parameter.name === name);
}
