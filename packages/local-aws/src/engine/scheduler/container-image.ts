import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import type { PulledImage } from "../images/pulled-image.ts";
import type { StartParts } from "./task-start.ts";

/**
 * Brings the image of one container. All tasks of a service's deployment run the same one: what the tag meant for the
 * first of them goes for the others too, unless the container's `versionConsistency` is `disabled`.
 * @throws the puller's own error
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html#deployment-container-image-stability
 */
export async function pullContainerImage(
  { needs, record, signal }: StartParts,
  { name = "", image = "", versionConsistency }: ContainerDefinition,
): Promise<PulledImage> {
  const { account, region } = record.scope;
  const { cpuArchitecture } = record.definition.runtimePlatform ?? {};
  const pull = (reference: string) =>
    needs.images.pull({ account, region, reference, cpuArchitecture, signal });
  const pullDigest = async (digest: string) => ({
    ...(await pull(`${image.split("@")[0]}@${digest}`)),
    reference: image,
  });
  if (versionConsistency === "disabled") return pull(image);
  const settled = record.deployment?.imageDigests?.[name];
  if (settled !== undefined) return pullDigest(settled);
  const pulled = await pull(image);
  const first = record.settleImage(name, pulled.digest);
  return first === pulled.digest ? pulled : pullDigest(first);
}
