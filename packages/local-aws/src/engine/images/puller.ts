import { parseManifest, type Descriptor, type Manifest } from "../../services/ecr/manifest.ts";
import { findImage } from "../../services/ecr/faults.ts";
import { LayerFiles } from "../../services/ecr/layer-files.ts";
import { repositories } from "../../services/ecr/state.ts";
import type { EngineContext } from "../engine.ts";
import { parseReference, type ImageReference } from "../../ground/image-reference.ts";

/** An image in the blob store, ready to be unpacked. */
export interface PulledImage {
  /** As the task definition names it. */
  readonly reference: string;
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  /** The OCI image configuration's `config` member. */
  readonly config: {
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly Env?: readonly string[];
    readonly WorkingDir?: string;
    readonly User?: string;
    readonly ExposedPorts?: Readonly<Record<string, object>>;
    readonly StopSignal?: string;
    readonly Labels?: Readonly<Record<string, string>>;
    readonly Healthcheck?: Readonly<Record<string, unknown>>;
  };
  /** `os/architecture` that it was built on. */
  readonly platform: string;
  /** The image named by the last FROM, which was recorded and not fetched (`node:24-slim`); absent for `scratch`. */
  readonly base: string | undefined;
  /** The layers' files in order, gzip or plain tar. */
  readonly layers: readonly {
    readonly digest: string;
    readonly mediaType: string;
    readonly file: string;
    /** `sha256:…` without compression; absent where the configuration does not say. */
    readonly diffId?: string | undefined;
  }[];
}

/** Fetches images for tasks. Roles and reachability have been checked before: this is about the image alone. */
export interface ImagePuller {
  /**
   * Brings `reference` into the blob store and answers what is needed to unpack it.
   * Rejects with an error whose message is ECS's own (`CannotPullContainerError: …`); it becomes the task's `stoppedReason`.
   */
  pull(request: ImagePullRequest): Promise<PulledImage>;
}

export interface ImagePullRequest {
  readonly account: string;
  readonly region: string;
  /** As the task definition names it. */
  readonly reference: string;
  /** The task's `runtimePlatform`: `X86_64` unless told. */
  readonly cpuArchitecture: string | undefined;
  /** Aborted when the task is stopped while it is pending. */
  readonly signal: AbortSignal;
}

/** The label and the annotation in which a build records the image that it started from. */
const BASE_NAME = "org.opencontainers.image.base.name";

/** Why an image cannot be had, as ECS words it in a task's `stoppedReason`. */
export class CannotPullError extends Error {
  override readonly name = "CannotPullError";

  constructor(reason: string) {
    super(`CannotPullContainerError: ${reason}`);
  }
}

/**
 * Pulls images from this cloud's own registry: a pull reads the files that a push left.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
 */
export function createImagePuller(context: EngineContext): ImagePuller {
  const files = new LayerFiles(context.settings.dataDir);
  const registry = new URL(context.settings.endpoint).host;
  return {
    pull: async (request) => {
      request.signal.throwIfAborted();
      const reference = parseReference(request.reference);
      if (!isOurs(reference, registry)) {
        throw new CannotPullError(
          `failed to resolve ref ${reference.text}: Local AWS has no way to the registry ${reference.registry}: push the image to ECR (${registry})`,
        );
      }
      return pull(context, files, request, reference);
    },
  };
}

/** ECR's own name for a registry: its account and its region. */
const ECR_NAME = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/;

/** A registry of this cloud: the local address (whatever the port was when the image was pushed), or ECR's own name. */
function isOurs({ registry }: ImageReference, ours: string): boolean {
  return (
    registry === ours ||
    /^(?:127\.0\.0\.1|localhost):\d+$/.test(registry) ||
    ECR_NAME.test(registry)
  );
}

function pull(
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
  const architecture = architectureOf(cpuArchitecture);
  const given = parseManifest(files.text(image.digest), image.mediaType);
  const manifest = resolvePlatform(files, given, architecture);
  if (!manifest.config)
    throw new CannotPullError(
      `ref ${reference.text} is not an image: its manifest has no configuration`,
    );
  for (const part of [manifest.config, ...manifest.layers]) checkSize(files, part);
  const config = JSON.parse(files.text(manifest.config.digest)) as {
    os?: string;
    architecture?: string;
    config?: PulledImage["config"];
    rootfs?: { diff_ids?: readonly string[] };
  };
  if (config.architecture !== undefined && config.architecture !== architecture)
    throw wrongPlatform(architecture);
  const diffIds = checkedDiffIds(config.rootfs?.diff_ids, manifest);
  return {
    reference: reference.text,
    digest: image.digest,
    config: config.config ?? {},
    platform: `${config.os ?? "linux"}/${config.architecture ?? "unknown"}`,
    base: manifest.annotations[BASE_NAME] ?? config.config?.Labels?.[BASE_NAME],
    layers: manifest.layers.map(({ digest, mediaType }, index) => ({
      digest,
      mediaType,
      diffId: diffIds[index],
      file: files.path(digest),
    })),
  };
}

/** A manifest may say any size: who pulls compares it with what comes, and says it so. */
function checkSize(files: LayerFiles, { digest, size }: Descriptor): void {
  const actual = files.size(digest);
  if (actual !== size)
    throw new CannotPullError(
      `ref pull has been retried 1 time(s): failed to copy: failed size validation: ${actual} != ${size}: failed precondition`,
    );
}

/**
 * What the layers are without compression, in their order, as the configuration says. One that names none says nothing of
 * them: then there is nothing to compare.
 */
function checkedDiffIds(given: unknown, { layers }: Manifest): readonly (string | undefined)[] {
  const diffIds = Array.isArray(given) ? (given as readonly string[]) : [];
  if (diffIds.length > 0 && diffIds.length !== layers.length)
    throw new CannotPullError(
      "ref pull has been retried 1 time(s): failed to unpack image on snapshotter overlayfs: mismatched image rootfs and manifest layers",
    );
  return diffIds;
}

/** How images call the architecture that a task wants: locally the host's stands in for X86_64. */
function architectureOf(cpuArchitecture: string | undefined): string {
  if (cpuArchitecture === "ARM64") return "arm64";
  return process.arch === "x64" ? "amd64" : process.arch;
}

const wrongPlatform = (architecture: string) =>
  new CannotPullError(
    `image Manifest does not contain descriptor matching platform 'linux/${architecture}'`,
  );

/** Of an index, the manifest for the architecture. */
function resolvePlatform(files: LayerFiles, manifest: Manifest, architecture: string): Manifest {
  if (manifest.manifests.length === 0) return manifest;
  const match = manifest.manifests.find(
    ({ platform }) => platform?.os === "linux" && platform.architecture === architecture,
  );
  if (!match) throw wrongPlatform(architecture);
  return parseManifest(files.text(match.digest), match.mediaType);
}
