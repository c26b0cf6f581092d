import { findImage } from "../../services/ecr/faults.ts";
import type { LayerFiles } from "../../services/ecr/layer-files.ts";
import { repositories } from "../../services/ecr/state.ts";
import type { ImageReference } from "@workbook/registry-client";
import type { EngineContext } from "../engine.ts";
import { CannotPullError } from "./cannot-pull.ts";
import { architectureOf, imageOf } from "./image-parts.ts";
import type { ImagePullRequest, PulledImage } from "./puller.ts";

/** ECR's own name for a registry: its account and its region. */
const ECR_NAME = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/;

/** A registry of this cloud: the local address (whatever the port was when the image was pushed), or ECR's own name. */
export function isOwn({ registry }: ImageReference, ours: string): boolean {
  return (
    registry === ours ||
    /^(?:127\.0\.0\.1|localhost):\d+$/.test(registry) ||
    ECR_NAME.test(registry)
  );
}

/** Finds an image in this cloud's own registry: a pull reads the files that a push left. @throws CannotPullError */
export function pullOwn(
  context: EngineContext,
  files: LayerFiles,
  { account, region, cpuArchitecture }: ImagePullRequest,
  reference: ImageReference,
): PulledImage {
  const named = ECR_NAME.exec(reference.registry);
  const [, owner = account, home = region] = named ?? [];
  const store = context.store.scope(account, home);
  // Nothing crosses accounts here: another account's repository is none of this one's.
  if (owner !== account || !store.of(repositories).has(reference.repository)) {
    throw new CannotPullError(
      `pull image manifest has been retried 1 time(s): failed to resolve ref ${reference.text}: pulling from host ${reference.registry} failed with status code [manifests ${reference.tag ?? reference.digest}]: 404 Not Found: the repository with name '${reference.repository}' does not exist in the registry with id '${owner}'`,
    );
  }
  const { digest, tag } = reference;
  // Where a name has both, the digest says all: the tag may have moved.
  const id = digest === undefined ? { imageTag: tag } : { imageDigest: digest };
  const image = findImage(store, reference.repository, id);
  if (!image) {
    throw new CannotPullError(
      `pull image manifest has been retried 7 time(s): failed to resolve ref ${reference.text}: ${reference.text}: not found`,
    );
  }
  return imageOf(files, {
    reference: reference.text,
    digest: image.digest,
    mediaType: image.mediaType,
    architecture: architectureOf(cpuArchitecture),
  });
}
