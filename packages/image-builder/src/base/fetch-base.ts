import { readFile } from "node:fs/promises";
import {
  type BlobFolder,
  manifestFor,
  parseReference,
  PullError,
  realClock,
  RegistryImages,
} from "@workbook/registry-client";
import type { Words } from "@workbook/toolchain";
import type { BuildSession } from "../build/session.ts";
import { hashOf, type BaseLayer, type WholeBase } from "../build/stage-state.ts";
import type { TreeEntry } from "../files/tree.ts";
import { MEDIA_TYPES, type ImageConfig } from "../layout/media-types.ts";
import { formatPlatform, type Platform } from "../platform.ts";
import { pulledBlobs } from "../registry/pulled-blobs.ts";
import type { BaseRegistries } from "./base-registries.ts";
import { readTree } from "./layer-tree.ts";

/** A base image with all of its files. */
export interface FetchedBase {
  readonly whole: WholeBase;
  readonly config: ImageConfig;
  readonly layers: readonly BaseLayer[];
  readonly entries: TreeEntry[];
}

/** A transfer that breaks off gets another chance; more would only keep a build waiting that can do without. */
const ATTEMPTS = 2;

/**
 * Brings the image that a FROM names, where its registry answers and this machine can run its programs.
 * @returns why not, where it cannot be had: of a registry in containerd's words
 */
export async function fetchBase(
  session: BuildSession,
  bases: BaseRegistries,
  image: string,
  platform: Platform,
): Promise<FetchedBase | Words> {
  const { signal } = session.options;
  const reference = parseReference(image);
  try {
    if (platform.os !== "linux")
      return [
        `only for linux, not for ${formatPlatform(platform)}`,
        `${formatPlatform(platform)} ではなく linux だけに対応しています`,
      ];
    if ((await session.namespace()) === undefined)
      return [
        "this machine allows no user and mount namespaces, which its programs need",
        "このマシンでは、プログラムの実行に必要なユーザー名前空間とマウント名前空間を使えません",
      ];
    const unreachable = await bases.whyUnreachable(reference.registry, signal);
    if (unreachable !== undefined) return unreachable;
    const files = await pulledBlobs(session.blobs.dir);
    const images = new RegistryImages({
      clock: realClock,
      files,
      registries: bases.registries,
      attempts: ATTEMPTS,
    });
    const end = () => void images.close();
    signal?.addEventListener("abort", end, { once: true });
    try {
      const { digest, mediaType } = await images.pull(reference, platform.architecture);
      return await readBase(session, files.layers, { image, digest, mediaType, platform });
    } finally {
      signal?.removeEventListener("abort", end);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof PullError) return error.message;
    throw error;
  }
}

async function readBase(
  session: BuildSession,
  blobs: BlobFolder,
  found: { image: string; digest: string; mediaType: string; platform: Platform },
): Promise<FetchedBase | Words> {
  const { image, platform } = found;
  const { digest, manifest } = manifestFor(blobs, found, platform.architecture);
  if (!manifest.config)
    return ["its manifest has no configuration", "マニフェストに設定がありません"];
  const config = JSON.parse(
    await readFile(blobs.path(manifest.config.digest), "utf8"),
  ) as ImageConfig;
  if (config.architecture !== platform.architecture)
    return [
      `the image is for ${config.os}/${config.architecture}`,
      `${config.os}/${config.architecture} 用のイメージです`,
    ];
  const diffIds = config.rootfs.diff_ids;
  if (diffIds.length !== manifest.layers.length)
    return [
      "its configuration and its manifest name different layers",
      "設定とマニフェストのレイヤーが一致しません",
    ];
  const layers = manifest.layers.map((layer, index) => ({
    digest: layer.digest,
    size: layer.size,
    diffId: diffIds[index]!,
    mediaType: toOci(layer.mediaType),
    createdBy: `FROM ${image}`,
  }));
  const entries = await entriesOf(session, digest, layers);
  return { whole: { image, digest }, config, layers, entries };
}

/** Read once: to go through all layers of a large image takes seconds. */
async function entriesOf(
  session: BuildSession,
  digest: string,
  layers: readonly BaseLayer[],
): Promise<TreeEntry[]> {
  const key = hashOf("base", digest);
  const known = await session.cache.get(key);
  if (known !== undefined) return known.changes as TreeEntry[];
  const files = layers.map((layer) => ({
    file: session.blobs.pathOf(layer.digest),
    mediaType: layer.mediaType,
  }));
  const entries = await readTree(files, session.options.signal);
  await session.cache.set(key, { layer: undefined, changes: entries });
  return entries;
}

/** Docker's own name for the same bytes. */
const toOci = (mediaType: string): string =>
  mediaType === MEDIA_TYPES.dockerGzipLayer ? MEDIA_TYPES.gzipLayer : mediaType;
