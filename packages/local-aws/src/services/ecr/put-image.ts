import { AwsError } from "../../protocol/aws-error.ts";
import type { Scope } from "../../store/store.ts";
import { findImage, needRepository } from "./faults.ts";
import type { LayerFiles } from "./layer-files.ts";
import { checkComplete, parseManifest } from "./manifest.ts";
import { images, layers, type Image, type Repository } from "./state.ts";
import { isImmutable } from "./tag-mutability.ts";

/** A manifest whose file is in place, to be made an image of a repository. */
export interface NewImage {
  readonly repositoryName: string;
  readonly digest: string;
  readonly manifest: string;
  readonly mediaType: string | undefined;
  readonly tag: string | undefined;
  readonly now: number;
}

/**
 * Makes a manifest an image and moves the tag to it, in the transaction under way.
 * @throws AwsError `LayersNotFoundException`, `ImagesNotFound…`, `ImageTagAlreadyExistsException` where tags are immutable
 */
export function putImage(store: Scope, files: LayerFiles, image: NewImage): Readonly<Image> {
  const repository = needRepository(store, image.repositoryName);
  const manifest = parseManifest(image.manifest, image.mediaType);
  checkComplete(manifest);
  const has = (digest: string) =>
    store.of(layers).has(`${repository.name}@${digest}`) && files.has(digest);
  const parts = [
    ...(manifest.config ? [manifest.config] : []),
    ...manifest.layers,
    ...manifest.manifests,
  ];
  const missing = parts.filter(({ digest }) => !has(digest));
  if (missing.length > 0) {
    throw new AwsError(
      "LayersNotFoundException",
      `The specified layers could not be found or are not valid for this repository: ${missing.map(({ digest }) => digest).join(", ")}`,
    );
  }
  if (image.tag !== undefined) checkTag(store, repository, image.tag, image.digest);
  const all = store.of(images);
  const id = `${repository.name}@${image.digest}`;
  if (image.tag !== undefined) {
    const holder = findImage(store, repository.name, { imageTag: image.tag });
    if (holder && holder.digest !== image.digest) {
      all.patch(`${repository.name}@${holder.digest}`, {
        tags: holder.tags.filter((tag) => tag !== image.tag),
      });
    }
  }
  const known = all.get(id);
  const tags = new Set(known?.tags);
  if (image.tag !== undefined) tags.add(image.tag);
  const size = Buffer.byteLength(image.manifest);
  store.of(layers).put(id, {
    repositoryName: repository.name,
    digest: image.digest,
    size,
    pushedAt: image.now,
  });
  return all.put(id, {
    repositoryName: repository.name,
    digest: image.digest,
    mediaType: manifest.mediaType,
    artifactMediaType: manifest.artifactType ?? manifest.config?.mediaType,
    tags: [...tags],
    sizeInBytes: parts.reduce((sum, part) => sum + part.size, size),
    pushedAt: known?.pushedAt ?? image.now,
    lastPulledAt: known?.lastPulledAt,
  });
}

function checkTag(
  store: Scope,
  repository: Readonly<Repository>,
  tag: string,
  digest: string,
): void {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(tag)) {
    throw new AwsError(
      "InvalidParameterException",
      `Invalid parameter at 'imageTag': '${tag}' is not a valid tag`,
    );
  }
  const holder = findImage(store, repository.name, { imageTag: tag });
  if (!holder) return;
  if (holder.digest === digest) return;
  if (isImmutable(repository, tag)) {
    throw new AwsError(
      "ImageTagAlreadyExistsException",
      `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the tag is immutable.`,
    );
  }
}
