import { zipSync, strToU8 } from "fflate";
import { ActionFault, calling, roleLacks } from "../action-fault.ts";
import type { Outcome, Work } from "../work.ts";

/** A file in the ZIP is as old as the image: the same image makes the same artifact. */
const packed = (file: string, content: string, at: number) =>
  zipSync({ [file]: [strToU8(content), { mtime: Math.max(at, Date.UTC(1980, 0, 2)) }] });

/**
 * Takes an image of a repository, and says in `imageDetail.json` which.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECR.html
 * @throws ActionFault
 */
export async function takeImage(work: Work): Promise<Outcome> {
  const { calls } = work;
  const repositoryName = work.setting("RepositoryName");
  const imageTag = work.setting("ImageTag") || "latest";
  const override = work.execution.overrides.find((it) => it.actionName === work.run.action);
  const imageId = override ? { imageDigest: override.revisionValue! } : { imageTag };
  const { image, uri } = await calling(
    async () => {
      const { repositories } = await calls.call("ecr", "DescribeRepositories", {
        repositoryNames: [repositoryName],
      });
      const { imageDetails } = await calls.call("ecr", "DescribeImages", {
        repositoryName,
        imageIds: [imageId],
      });
      return { image: imageDetails?.[0], uri: repositories?.[0]?.repositoryUri ?? "" };
    },
    roleLacks("Amazon ECR image repository named", repositoryName),
  );
  if (!image)
    throw new ActionFault(
      "ConfigurationError",
      `No image ${imageTag} in the repository ${repositoryName}.`,
    );
  const digest = image.imageDigest!;
  const detail = {
    ImageSizeInBytes: String(image.imageSizeInBytes ?? 0),
    ImageDigest: digest,
    Version: "1.0",
    ImagePushedAt: String(image.imagePushedAt),
    RegistryId: image.registryId,
    RepositoryName: repositoryName,
    ImageURI: `${uri}@${digest}`,
    ImageTags: image.imageTags ?? [],
  };
  await work.write(
    packed("imageDetail.json", JSON.stringify(detail), Number(image.imagePushedAt ?? 0)),
  );
  return {
    kind: "done",
    variables: {
      ImageDigest: digest,
      ImageTag: imageTag,
      ImageURI: detail.ImageURI,
      RegistryId: image.registryId ?? "",
      RepositoryName: repositoryName,
    },
    revision: { id: digest, summary: imageTag, createdAt: Number(image.imagePushedAt ?? work.now) },
  };
}
