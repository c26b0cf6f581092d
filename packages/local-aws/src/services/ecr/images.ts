import { page } from "./pages.ts";
import type { ImageFailure, ImageIdentifier, ListImagesFilter } from "@aws-sdk/client-ecr";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { findImage, imageIdText, needRepository, notConverted } from "./faults.ts";
import { deleteImage, lookUp } from "./image-failures.ts";
import { LayerFiles } from "./layer-files.ts";
import { putImage } from "./put-image.ts";
import { images, layers, type Image } from "./state.ts";

type Ecr = typeof import("@aws-sdk/client-ecr");

/** Images of a repository, as the API tells of them. */
export const imageHandlers: Handlers<Ecr, CallContext> = {
  ListImages(input, context) {
    const all = ofRepository(context, input.repositoryName).flatMap(({ digest, tags }) =>
      tags.length === 0
        ? [{ imageDigest: digest }]
        : tags.map((imageTag) => ({ imageDigest: digest, imageTag })),
    );
    const wanted = all.filter((id) => hasStatus(input.filter, "imageTag" in id));
    const { items, nextToken } = page(wanted, input, "image-ids", ({ imageDigest, ...id }) =>
      [imageDigest, "imageTag" in id ? id.imageTag : ""].join(" "),
    );
    return { imageIds: items, nextToken };
  },

  DescribeImages(input, context) {
    const all = input.imageIds
      ? input.imageIds.map((id) => needImage(context, input.repositoryName, id))
      : ofRepository(context, input.repositoryName);
    const wanted = all.filter(({ tags }) => hasStatus(input.filter, tags.length > 0));
    const { items, nextToken } = page(wanted, input, "images", ({ digest }) => digest);
    return {
      imageDetails: items.map((image) => ({
        registryId: context.account,
        repositoryName: image.repositoryName,
        imageDigest: image.digest,
        imageTags: image.tags.length > 0 ? [...image.tags] : undefined,
        imageSizeInBytes: image.sizeInBytes,
        imagePushedAt: new Date(image.pushedAt),
        imageManifestMediaType: image.mediaType,
        artifactMediaType: image.artifactMediaType,
        lastRecordedPullTime:
          image.lastPulledAt === undefined ? undefined : new Date(image.lastPulledAt),
      })),
      nextToken,
    };
  },

  BatchGetImage(input, context) {
    needRepository(context.store, input.repositoryName);
    const files = new LayerFiles(context.settings.dataDir);
    const found = [];
    const failures = [];
    for (const id of input.imageIds) {
      const looked = lookUp(context.store, input.repositoryName, id);
      if ("failure" in looked) failures.push(looked.failure);
      else {
        const { image } = looked;
        const accepted = input.acceptedMediaTypes ?? [];
        if (accepted.length > 0 && !accepted.includes(image.mediaType))
          throw notConverted(image.mediaType, accepted);
        found.push({
          registryId: context.account,
          repositoryName: image.repositoryName,
          imageId: { imageDigest: image.digest, imageTag: id.imageTag },
          imageManifest: files.text(image.digest),
          imageManifestMediaType: image.mediaType,
        });
      }
    }
    return { images: found, failures };
  },

  BatchDeleteImage(input, context) {
    needRepository(context.store, input.repositoryName);
    const deleted: ImageIdentifier[] = [];
    const failures: ImageFailure[] = [];
    const files = new LayerFiles(context.settings.dataDir);
    for (const id of input.imageIds) {
      const looked = lookUp(context.store, input.repositoryName, id);
      const done =
        "failure" in looked ? looked.failure : deleteImage(context.store, files, looked.image, id);
      if (Array.isArray(done)) deleted.push(...done);
      else failures.push(done);
    }
    return { imageIds: deleted, failures };
  },

  BatchCheckLayerAvailability(input, context) {
    needRepository(context.store, input.repositoryName);
    const all = context.store.of(layers);
    return {
      layers: input.layerDigests.map((layerDigest) => {
        const layer = all.get(`${input.repositoryName}@${layerDigest}`);
        return layer
          ? { layerDigest, layerAvailability: "AVAILABLE" as const, layerSize: layer.size }
          : { layerDigest, layerAvailability: "UNAVAILABLE" as const };
      }),
      failures: [],
    };
  },
};

/** `PutImage` writes the manifest's file before the store speaks of it. */
export const imageWriteHandlers: Handlers<Ecr, CallContext> = {
  async PutImage(input, context) {
    const files = new LayerFiles(context.settings.dataDir);
    needRepository(context.store, input.repositoryName);
    const digest = await files.put(Buffer.from(input.imageManifest));
    if (input.imageDigest !== undefined && input.imageDigest !== digest) {
      throw new AwsError(
        "ImageDigestDoesNotMatchException",
        "The specified image digest does not match the digest that Amazon ECR calculated for the image.",
      );
    }
    const known = findImage(context.store, input.repositoryName, { imageDigest: digest });
    if (known && (input.imageTag === undefined || known.tags.includes(input.imageTag))) {
      throw new AwsError(
        "ImageAlreadyExistsException",
        `Image with digest '${digest}' and tag '${input.imageTag ?? "null"}' already exists in the repository with name '${input.repositoryName}' in registry with id '${context.account}'`,
      );
    }
    const image = context.cloud.transaction(() =>
      putImage(context.store, files, {
        repositoryName: input.repositoryName,
        digest,
        manifest: input.imageManifest,
        mediaType: input.imageManifestMediaType,
        tag: input.imageTag,
        now: context.clock.now(),
      }),
    );
    return {
      image: {
        registryId: context.account,
        repositoryName: image.repositoryName,
        imageId: { imageDigest: digest, imageTag: input.imageTag },
        imageManifest: input.imageManifest,
        imageManifestMediaType: image.mediaType,
      },
    };
  },
};

function ofRepository(context: CallContext, name: string): Readonly<Image>[] {
  needRepository(context.store, name);
  return context.store.of(images).filter(({ repositoryName }) => repositoryName === name);
}

function needImage(
  context: CallContext,
  repositoryName: string,
  id: ImageIdentifier,
): Readonly<Image> {
  needRepository(context.store, repositoryName);
  const image = findImage(context.store, repositoryName, id);
  if (image) return image;
  throw new AwsError(
    "ImageNotFoundException",
    `The image with imageId ${imageIdText(id)} does not exist within the repository with name '${repositoryName}' in the registry with id '${context.account}'`,
  );
}

function hasStatus(filter: ListImagesFilter | undefined, tagged: boolean): boolean {
  const { tagStatus: status, imageStatus } = filter ?? {};
  // Nothing archives images here, so that each is active.
  if (imageStatus !== undefined && imageStatus !== "ACTIVE" && imageStatus !== "ANY") return false;
  return status === undefined || status === "ANY" || (status === "TAGGED") === tagged;
}
