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

/**
 * The public parameters of a region: those of the ECS-optimized images.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html
 */
export function publicParameters(region: string): readonly PublicParameter[] {
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
