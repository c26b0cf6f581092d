import type { ImageFailure, ImageIdentifier } from "@aws-sdk/client-ecr";
import type { Scope } from "../../store/store.ts";
import { findImage } from "./faults.ts";
import type { LayerFiles } from "./layer-files.ts";
import { isIndex, parseManifest } from "./manifest.ts";
import { images, type Image } from "./state.ts";

const DIGEST = /^[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/**
 * The image that an identifier of a batch names, or why there is none, as ECR words it.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageFailure.html
 */
export function lookUp(
  store: Scope,
  repositoryName: string,
  imageId: ImageIdentifier,
): { image: Readonly<Image> } | { failure: ImageFailure } {
  const { imageDigest, imageTag } = imageId;
  const fail = (failureCode: NonNullable<ImageFailure["failureCode"]>, failureReason: string) => ({
    failure: { imageId, failureCode, failureReason },
  });
  const invalid = (what: string) => `Invalid request parameters: ${what}`;
  if (imageDigest === undefined && imageTag === undefined)
    return fail("MissingDigestAndTag", invalid("both tag and digest cannot be null"));
  if (imageDigest !== undefined && !DIGEST.test(imageDigest))
    return fail(
      "InvalidImageDigest",
      invalid(`image digest should satisfy the regex '${DIGEST.source.slice(1, -1)}'`),
    );
  if (imageTag !== undefined && !TAG.test(imageTag))
    return fail(
      "InvalidImageTag",
      invalid(`image tag should satisfy the regex '${TAG.source.slice(1, -1)}'`),
    );
  const image = findImage(store, repositoryName, imageId);
  if (image) return { image };
  const isHalf = [{ imageDigest }, { imageTag }].some(
    (id) => Object.values(id)[0] !== undefined && findImage(store, repositoryName, id),
  );
  return imageDigest !== undefined && imageTag !== undefined && isHalf
    ? fail("ImageTagDoesNotMatchDigest", invalid("given tag does not map to the given digest"))
    : fail("ImageNotFound", "Requested image not found");
}

/** Digests of the indexes of an image's repository that hold it. */
export function listsThatHold(
  store: Scope,
  files: LayerFiles,
  { repositoryName, digest }: Readonly<Image>,
): string[] {
  return store
    .of(images)
    .filter((image) => image.repositoryName === repositoryName && isIndex(image.mediaType))
    .filter((image) =>
      parseManifest(files.text(image.digest), image.mediaType).manifests.some(
        (held) => held.digest === digest,
      ),
    )
    .map((image) => image.digest);
}

/**
 * A tag takes itself away, and the image with the last one; a digest takes the image with all of its tags. What an index
 * holds stays as long as the index does.
 */
export function deleteImage(
  store: Scope,
  files: LayerFiles,
  image: Readonly<Image>,
  id: ImageIdentifier,
): ImageIdentifier[] | ImageFailure {
  const all = store.of(images);
  const key = `${image.repositoryName}@${image.digest}`;
  if (id.imageTag !== undefined && image.tags.length > 1) {
    all.patch(key, { tags: image.tags.filter((tag) => tag !== id.imageTag) });
    return [{ imageDigest: image.digest, imageTag: id.imageTag }];
  }
  const lists = listsThatHold(store, files, image);
  if (lists.length > 0)
    return {
      imageId: id,
      failureCode: "ImageReferencedByManifestList",
      failureReason: `Requested image referenced by manifest list: [${lists.join(", ")}]`,
    };
  all.delete(key);
  return image.tags.length === 0
    ? [{ imageDigest: image.digest }]
    : image.tags.map((imageTag) => ({ imageDigest: image.digest, imageTag }));
}
