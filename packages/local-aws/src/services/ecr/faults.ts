import { AwsError } from "../../protocol/aws-error.ts";
import type { Scope } from "../../store/store.ts";
import { images, repositories, type Image, type Repository } from "./state.ts";

/** @throws AwsError `RepositoryNotFoundException` */
export function needRepository(store: Scope, name: string): Readonly<Repository> {
  const repository = store.of(repositories).get(name);
  if (repository) return repository;
  throw new AwsError(
    "RepositoryNotFoundException",
    `The repository with name '${name}' does not exist in the registry with id '${store.account}'`,
  );
}

/** @throws AwsError `RepositoryNotFoundException` where an input names another registry: nothing crosses accounts */
export function checkRegistry(
  store: Scope,
  { registryId, repositoryName }: { registryId?: string; repositoryName?: string },
): void {
  if (registryId === undefined || registryId === store.account) return;
  const name = repositoryName === undefined ? "" : ` with name '${repositoryName}'`;
  throw new AwsError(
    "RepositoryNotFoundException",
    `The repository${name} does not exist in the registry with id '${registryId}'`,
  );
}

/** The image that a tag or a digest (or both) names. */
export function findImage(
  store: Scope,
  repositoryName: string,
  id: { imageTag?: string; imageDigest?: string },
): Readonly<Image> | undefined {
  const all = store.of(images);
  const image =
    id.imageDigest === undefined
      ? all.find(
          (each) => each.repositoryName === repositoryName && each.tags.includes(id.imageTag ?? ""),
        )
      : all.get(`${repositoryName}@${id.imageDigest}`);
  if (id.imageTag !== undefined && image && !image.tags.includes(id.imageTag)) return undefined;
  return image;
}

/** ECR turns a manifest into another form that the caller takes; nothing here does. */
export const notConverted = (mediaType: string, accepted: readonly string[]) =>
  new AwsError(
    "NotImplemented",
    `Turning a manifest of type ${mediaType} into ${accepted.join(" or ")} is not implemented by Local AWS.`,
    { status: 501 },
  );

/** How ECR names an image in its messages. */
export function imageIdText(id: { imageTag?: string; imageDigest?: string }): string {
  return `{imageDigest:'${id.imageDigest ?? "null"}', imageTag:'${id.imageTag ?? "null"}'}`;
}
