import { createHash } from "node:crypto";
import { BuildError } from "../errors.ts";
import { BlobStore, digestOf } from "../layout/blob-store.ts";
import { addToLayout, findImage, isManifest, type LayoutImage } from "../layout/layout.ts";
import {
  MEDIA_TYPES,
  type Descriptor,
  type ImageIndex,
  type Manifest,
} from "../layout/media-types.ts";
import { formatPlatform, hostPlatform, samePlatform, type Platform } from "../platform.ts";
import { readDocument, RegistryClient } from "./http.ts";
import type { TransferEvent } from "./push-image.ts";

export interface PullImageOptions {
  registry: string;
  repository: string;
  /** A tag or a digest. */
  reference: string;
  /** An OCI image layout; made if it is not there, added to if it is. */
  outputDir: string;
  /** Which image to take of several under one name. Default: this machine's. */
  platform?: Platform;
  authorization?: string;
  onProgress?: (event: TransferEvent) => void;
  signal?: AbortSignal;
}

const ACCEPTED = [
  MEDIA_TYPES.manifest,
  MEDIA_TYPES.index,
  MEDIA_TYPES.dockerManifest,
  MEDIA_TYPES.dockerManifestList,
];

/**
 * Pulls an image into a layout. Every blob is checked against its digest before it appears there.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
 *
 * @throws {BuildError} `REGISTRY` for what the registry refuses; `BAD_IMAGE` for content that is not what its digest says
 */
export async function pullImage(
  options: PullImageOptions,
): Promise<LayoutImage & { layoutDir: string; downloaded: number; skipped: number }> {
  const { outputDir, signal, onProgress } = options;
  const client = new RegistryClient(options.registry, options);
  const blobs = new BlobStore(outputDir);
  const { descriptor, manifest, content } = await findManifest(client, options);
  let downloaded = 0;
  const needed = [...manifest.layers, manifest.config];
  for (const blob of needed) {
    signal?.throwIfAborted();
    const isNew = (await blobs.sizeOf(blob.digest)) !== blob.size;
    if (isNew) await downloadBlob(client, options.repository, blobs, blob);
    if (isNew) downloaded++;
    const what = isNew ? "downloaded" : "skipped";
    onProgress?.({
      type: what,
      digest: blob.digest,
      size: blob.size,
      text: `${what} ${blob.digest} (${blob.size} bytes)`,
    });
  }
  await blobs.put(content);
  await addToLayout(
    outputDir,
    descriptor,
    descriptor.digest.slice("sha256:".length).slice(0, 12),
    signal,
  );
  const image = await findImage(outputDir, descriptor.digest);
  return { ...image, layoutDir: outputDir, downloaded, skipped: needed.length - downloaded };
}

async function findManifest(
  client: RegistryClient,
  { repository, reference, platform = hostPlatform() }: PullImageOptions,
): Promise<{ descriptor: Descriptor; manifest: Manifest; content: Buffer }> {
  const first = await getDocument(client, repository, reference);
  if (isManifest(first.descriptor.mediaType))
    return { ...first, manifest: parse<Manifest>(first.content, reference) };
  const { manifests } = parse<ImageIndex>(first.content, reference);
  const chosen = manifests.find(
    (entry) => entry.platform !== undefined && samePlatform(entry.platform, platform),
  );
  if (chosen === undefined) {
    throw new BuildError("REGISTRY", [
      `${repository}:${reference} has no image for ${formatPlatform(platform)}`,
      `${repository}:${reference} に ${formatPlatform(platform)} のイメージがありません`,
    ]);
  }
  const second = await getDocument(client, repository, chosen.digest);
  return { ...second, manifest: parse<Manifest>(second.content, chosen.digest) };
}

async function getDocument(
  client: RegistryClient,
  repository: string,
  reference: string,
): Promise<{ descriptor: Descriptor; content: Buffer }> {
  const url = client.manifestUrl(repository, reference);
  const response = await client.send(
    { method: "GET", url, headers: { accept: ACCEPTED.join(", ") } },
    [200],
  );
  const content = await readDocument(response);
  const digest = digestOf(content);
  if (reference.startsWith("sha256:") && reference !== digest) {
    throw new BuildError("BAD_IMAGE", [
      `the registry gave ${digest} for the manifest ${reference}`,
      `レジストリがマニフェスト ${reference} として ${digest} を返しました`,
    ]);
  }
  const { mediaType = response.headers["content-type"] ?? "" } = parse<{ mediaType?: string }>(
    content,
    reference,
  );
  return { descriptor: { mediaType, digest, size: content.length }, content };
}

async function downloadBlob(
  client: RegistryClient,
  repository: string,
  blobs: BlobStore,
  { digest, size }: Descriptor,
): Promise<void> {
  const response = await client.send(
    { method: "GET", url: client.urlOf(repository, `blobs/${digest}`) },
    [200],
  );
  await blobs.write(async (file) => {
    const hash = createHash("sha256");
    let length = 0;
    for await (const part of response as AsyncIterable<Buffer>) {
      length += part.length;
      if (length > size)
        throw new BuildError("BAD_IMAGE", [
          `the blob ${digest} is longer than the ${size} bytes announced`,
          `blob ${digest} が、告げられた ${size} バイトより長くなっています`,
        ]);
      hash.update(part);
      await file.writeFile(part);
    }
    const found = `sha256:${hash.digest("hex")}`;
    if (found !== digest)
      throw new BuildError("BAD_IMAGE", [
        `the registry gave ${found} for the blob ${digest}`,
        `レジストリが blob ${digest} として ${found} を返しました`,
      ]);
    return found;
  });
}

function parse<T>(content: Buffer, reference: string): T {
  try {
    return JSON.parse(content.toString()) as T;
  } catch (cause) {
    throw new BuildError(
      "BAD_IMAGE",
      [
        `the manifest of ${reference} is not JSON`,
        `${reference} のマニフェストが JSON ではありません`,
      ],
      { cause },
    );
  }
}
