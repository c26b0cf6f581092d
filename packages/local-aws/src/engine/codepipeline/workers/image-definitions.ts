import { ActionFault } from "../action-fault.ts";
import type { Work } from "../work.ts";

/** Which image a container is to have. */
export interface ImageDefinition {
  readonly name: string;
  readonly imageUri: string;
}

/**
 * The images that a build has made, by containers.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html#pipelines-create-image-definitions
 * @throws ActionFault in AWS's words, as public questions quote them
 */
export async function readImageDefinitions(work: Work): Promise<readonly ImageDefinition[]> {
  const file = work.setting("FileName") || "imagedefinitions.json";
  const content = await work.file(file);
  const { bucket, key } = work.input();
  if (content === undefined)
    throw new ActionFault(
      "ConfigurationError",
      `Did not find the image definition file ${file} in the input artifacts ZIP file. Verify the file is stored in your pipeline's Amazon S3 artifact bucket: ${bucket} key: ${key}`,
    );
  const images = parse(content);
  if (images) return images;
  throw new ActionFault(
    "ConfigurationError",
    `The image definition file ${file} contains invalid JSON format`,
  );
}

function parse(content: string): readonly ImageDefinition[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return undefined;
  }
  return Array.isArray(value) && value.length > 0 && value.every(isDefinition) ? value : undefined;
}

const isDefinition = (value: unknown): value is ImageDefinition => {
  const { name, imageUri } = (value ?? {}) as Partial<ImageDefinition>;
  return typeof name === "string" && typeof imageUri === "string";
};
