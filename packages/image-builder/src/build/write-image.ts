import { BlobStore } from "../layout/blob-store.ts";
import { addToLayout } from "../layout/layout.ts";
import { MEDIA_TYPES, type ImageConfig, type Manifest } from "../layout/media-types.ts";
import type { BuiltImage } from "./options.ts";
import type { BuildSession } from "./session.ts";
import type { StageState } from "./stage-state.ts";

/** https://github.com/opencontainers/image-spec/blob/main/annotations.md */
const BASE_NAME = "org.opencontainers.image.base.name";
/** Where it is said, the base is in the image; else its name alone was written down. */
const BASE_DIGEST = "org.opencontainers.image.base.digest";
const TAG_LENGTH = 12;

/** Writes a finished stage as an image into a layout: layers first, then config, manifest and, last of all, the index. */
export async function writeImage(
  session: BuildSession,
  state: StageState,
  layoutDir: string,
): Promise<BuiltImage> {
  const { base, platform } = state;
  const output = new BlobStore(layoutDir);
  for (const { digest } of state.layers) {
    session.options.signal?.throwIfAborted();
    await output.takeFrom(session.blobs, digest);
  }
  const config = await output.put(JSON.stringify(toConfig(session, state)));
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: { mediaType: MEDIA_TYPES.config, ...config },
    layers: state.layers.map(({ digest, size, mediaType = MEDIA_TYPES.gzipLayer }) => ({
      mediaType,
      digest,
      size,
    })),
    ...annotationsOf(state),
  };
  const { digest, size } = await output.put(JSON.stringify(manifest));
  const contentTag = digest.slice("sha256:".length, "sha256:".length + TAG_LENGTH);
  const descriptor = { mediaType: MEDIA_TYPES.manifest, digest, size, platform };
  await addToLayout(layoutDir, descriptor, contentTag, session.options.signal);
  return {
    digest,
    manifestDigest: digest,
    configDigest: config.digest,
    layers: state.layers.map((layer) => ({
      digest: layer.digest,
      size: layer.size,
      createdBy: layer.createdBy,
    })),
    layoutDir,
    contentTag,
    base,
    bases: [...session.bases.values()],
    platform,
    warnings: [...session.warnings],
  };
}

function annotationsOf({ base, whole }: StageState): Pick<Manifest, "annotations"> {
  if (whole) return { annotations: { [BASE_DIGEST]: whole.digest, [BASE_NAME]: whole.image } };
  return base === undefined ? {} : { annotations: { [BASE_NAME]: base } };
}

/** https://github.com/opencontainers/image-spec/blob/main/config.md */
function toConfig(session: BuildSession, state: StageState): ImageConfig {
  const { base, platform, author, config, layers, history } = state;
  const labels = sorted({ ...config.Labels, ...(base === undefined ? {} : { [BASE_NAME]: base }) });
  return {
    created: new Date(session.epoch * 1000).toISOString().replace(".000Z", "Z"),
    ...(author === undefined ? {} : { author }),
    os: platform.os,
    architecture: platform.architecture,
    config: sorted({ ...config, ...(Object.keys(labels).length === 0 ? {} : { Labels: labels }) }),
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history,
  };
}

function sorted<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  ) as T;
}
