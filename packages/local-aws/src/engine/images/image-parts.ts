import {
  manifestFor,
  wrongPlatform,
  type BlobFolder,
  type Descriptor,
  type Manifest,
} from "@workbook/registry-client";
import { CannotPullError } from "./cannot-pull.ts";
import type { PulledImage } from "./puller.ts";

/** The label and the annotation in which a build records the image that it started from. */
const BASE_NAME = "org.opencontainers.image.base.name";
/** Where a build says it, the base is in the image, and nothing stands in for it. */
const BASE_DIGEST = "org.opencontainers.image.base.digest";

/** A manifest among files, or an index of some. */
export interface FoundManifest {
  /** As the task definition names it. */
  readonly reference: string;
  readonly digest: string;
  readonly mediaType: string;
  /** As images call it: `amd64`. */
  readonly architecture: string;
}

/**
 * What is needed to unpack an image whose parts are all in `files`.
 * @throws PullError where it is for another platform @throws CannotPullError where its parts are not what it says
 */
export function imageOf(files: BlobFolder, found: FoundManifest): PulledImage {
  const { reference, architecture } = found;
  const { manifest } = manifestFor(files, found, architecture);
  if (!manifest.config)
    throw new CannotPullError(
      `ref ${reference} is not an image: its manifest has no configuration`,
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
  const { annotations } = manifest;
  const isWhole = annotations[BASE_DIGEST] !== undefined;
  const diffIds = checkedDiffIds(config.rootfs?.diff_ids, manifest);
  return {
    reference,
    digest: found.digest,
    config: config.config ?? {},
    platform: `${config.os ?? "linux"}/${config.architecture ?? "unknown"}`,
    base: isWhole ? undefined : (annotations[BASE_NAME] ?? config.config?.Labels?.[BASE_NAME]),
    layers: manifest.layers.map(({ digest, mediaType }, index) => ({
      digest,
      mediaType,
      diffId: diffIds[index],
      file: files.path(digest),
    })),
  };
}

/** How images call the architecture that a task wants: locally the host's stands in for X86_64. */
export function architectureOf(cpuArchitecture: string | undefined): string {
  if (cpuArchitecture === "ARM64") return "arm64";
  return process.arch === "x64" ? "amd64" : process.arch;
}

/** A manifest may say any size: who pulls compares it with what comes, and says it so. */
function checkSize(files: BlobFolder, { digest, size }: Descriptor): void {
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
