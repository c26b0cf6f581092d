import { machineImages, type MachineImage } from "../ec2/instances/machine-images.ts";
import { noOwnParameters } from "./faults.ts";

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

/** A parameter's name without what selects one of its versions. */
export function splitName(reference: string): { name: string; selector: string } {
  const name = reference.replace(/^arn:aws:ssm:[^:]*:[^:]*:parameter/, "");
  const at = name.indexOf(":");
  return at === -1 ? { name, selector: "" } : { name: name.slice(0, at), selector: name.slice(at) };
}

/**
 * Finds a public parameter; undefined where there is none of that name.
 * @throws AwsError `NotImplemented` for names that are not public: Local AWS keeps no parameters
 */
export function findPublic(region: string, reference: string): PublicParameter | undefined {
  const { name, selector } = splitName(reference);
  if (!name.startsWith(PUBLIC)) throw noOwnParameters(name);
  const found = publicParameters(region).find((parameter) => parameter.name === name);
  return selector === "" || selector === `:${found?.version}` ? found : undefined;
}
