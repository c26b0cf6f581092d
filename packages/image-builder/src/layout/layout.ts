import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { FileLock } from "@workbook/toolchain";
import { BuildError } from "../errors.ts";
import { BlobStore, digestOf } from "./blob-store.ts";
import {
  MEDIA_TYPES,
  type Descriptor,
  type ImageConfig,
  type ImageIndex,
  type Manifest,
} from "./media-types.ts";

const REF_NAME = "org.opencontainers.image.ref.name";

/** An image in a layout, with its documents read and checked against their digests. */
export interface LayoutImage {
  /** Of the manifest. */
  digest: string;
  /** The name that the layout's index gives the image; for a built image its content tag. */
  ref: string | undefined;
  descriptor: Descriptor;
  manifest: Manifest;
  config: ImageConfig;
}

/**
 * Reads every image of an OCI image layout. A folder that is not there has none.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 *
 * @throws {BuildError} `BAD_IMAGE` if a document is missing or is not what its digest says
 */
export async function readLayout(dir: string): Promise<LayoutImage[]> {
  const { manifests } = await readIndex(dir);
  return await Promise.all(
    manifests
      .filter(({ mediaType }) => isManifest(mediaType))
      .map(async (descriptor) => readImage(dir, descriptor)),
  );
}

/**
 * Reads the one image of a layout that has this digest or this name.
 *
 * @throws {BuildError} `NOT_FOUND` if there is none
 */
export async function findImage(dir: string, reference: string): Promise<LayoutImage> {
  const { manifests } = await readIndex(dir);
  const found = manifests.find(
    ({ digest, annotations }) => digest === reference || annotations?.[REF_NAME] === reference,
  );
  if (found === undefined)
    throw new BuildError("NOT_FOUND", [
      `there is no image ${reference} in ${dir}`,
      `${dir} にイメージ ${reference} がありません`,
    ]);
  return await readImage(dir, found);
}

/** One layer of an image. */
export interface LayerInfo {
  digest: string;
  /** Of the blob as it is stored, in bytes. */
  size: number;
  diffId: string;
  /** The instruction that made it; empty if the image does not say. */
  createdBy: string;
}

/** The layers of an image, lowest first, with what made them. */
export function listLayers({
  manifest,
  config,
}: Pick<LayoutImage, "manifest" | "config">): LayerInfo[] {
  const history = config.history.filter((entry) => entry.empty_layer !== true);
  return manifest.layers.map(({ digest, size }, index) => ({
    digest,
    size,
    diffId: config.rootfs.diff_ids[index] ?? "",
    createdBy: history[index]?.created_by ?? "",
  }));
}

/**
 * Adds an image to a layout's index, in place of one with the same name. The blobs must be there already.
 */
export async function addToLayout(
  dir: string,
  descriptor: Descriptor,
  ref: string,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(dir, { recursive: true });
  const entry: Descriptor = {
    ...descriptor,
    annotations: { ...descriptor.annotations, [REF_NAME]: ref },
  };
  using lock = new FileLock(join(dir, "index.lock"));
  await lock.wait(signal);
  const index = await readIndex(dir);
  const others = index.manifests.filter(({ annotations }) => annotations?.[REF_NAME] !== ref);
  const manifests = [...others, entry].toSorted((one, other) =>
    one.digest < other.digest ? -1 : 1,
  );
  await replaceFile(join(dir, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await replaceFile(join(dir, "index.json"), JSON.stringify({ ...index, manifests }));
}

/** Whether a media type is that of an image for one platform. */
export function isManifest(mediaType: string): boolean {
  return mediaType === MEDIA_TYPES.manifest || mediaType === MEDIA_TYPES.dockerManifest;
}

/**
 * Reads a JSON blob.
 *
 * @throws {BuildError} `BAD_IMAGE` if it is missing, or not what its digest says, or not JSON
 */
export async function readJsonBlob<T>(blobs: BlobStore, digest: string): Promise<T> {
  let text: string;
  try {
    text = await readFile(blobs.pathOf(digest), "utf8");
  } catch (cause) {
    throw new BuildError(
      "BAD_IMAGE",
      [
        `the blob ${digest} cannot be read in ${blobs.dir}`,
        `${blobs.dir} の blob ${digest} を読めません`,
      ],
      {
        cause,
      },
    );
  }
  if (digestOf(text) !== digest)
    throw new BuildError("BAD_IMAGE", [
      `the blob ${digest} in ${blobs.dir} is damaged`,
      `${blobs.dir} の blob ${digest} が壊れています`,
    ]);
  return parseJson<T>(text, `blob ${digest}`);
}

async function readImage(dir: string, descriptor: Descriptor): Promise<LayoutImage> {
  const blobs = new BlobStore(dir);
  const manifest = await readJsonBlob<Manifest>(blobs, descriptor.digest);
  const config = await readJsonBlob<ImageConfig>(blobs, manifest.config.digest);
  return {
    digest: descriptor.digest,
    ref: descriptor.annotations?.[REF_NAME],
    descriptor,
    manifest,
    config,
  };
}

async function readIndex(dir: string): Promise<ImageIndex> {
  const path = join(dir, "index.json");
  try {
    return parseJson<ImageIndex>(await readFile(path, "utf8"), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests: [] };
  }
}

function parseJson<T>(text: string, what: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new BuildError("BAD_IMAGE", [`${what} is not JSON`, `${what} が JSON ではありません`], {
      cause,
    });
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, text);
  await rename(temporary, path);
}
