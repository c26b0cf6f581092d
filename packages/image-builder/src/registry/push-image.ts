import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import type { BuiltImage } from "../build/options.ts";
import { BuildError } from "../errors.ts";
import { BlobStore } from "../layout/blob-store.ts";
import { findImage } from "../layout/layout.ts";
import type { Descriptor } from "../layout/media-types.ts";
import { RegistryClient } from "./http.ts";

/** What a push tells while it runs; `text` is for people. */
export interface TransferEvent {
  type: "uploaded" | "skipped" | "tagged";
  /** Of a blob; of the manifest, when it is tagged. */
  digest: string;
  /** In bytes. */
  size: number;
  text: string;
}

export interface PushImageOptions {
  image: Pick<BuiltImage, "digest" | "layoutDir">;
  /** `http://` or `https://`, a host and perhaps a port. */
  registry: string;
  /** As `team/app`. */
  repository: string;
  /** At least one. */
  tags: string[];
  /** The value of the Authorization header, as `Basic …`. */
  authorization?: string;
  onProgress?: (event: TransferEvent) => void;
  signal?: AbortSignal;
}

const PARALLEL_UPLOADS = 3;

/**
 * Pushes an image of a layout to a registry. What the registry has already is not sent again, and the manifest comes last,
 * so that a push that is broken off leaves no image behind that lacks something.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push
 *
 * @returns the image's digest, and how many blobs were sent and how many were there
 * @throws {BuildError} `REGISTRY` with the registry's code and message
 */
export async function pushImage(
  options: PushImageOptions,
): Promise<{ digest: string; uploaded: number; skipped: number }> {
  const { image, repository, tags, onProgress, signal } = options;
  if (tags.length === 0)
    throw new BuildError("REGISTRY", [
      "an image is pushed under at least one tag",
      "プッシュにはタグが 1 つ以上必要です",
    ]);
  const client = new RegistryClient(options.registry, options);
  const { manifest, descriptor } = await findImage(image.layoutDir, image.digest);
  const blobs = new BlobStore(image.layoutDir);
  const needed = [
    ...new Map([...manifest.layers, manifest.config].map((blob) => [blob.digest, blob])).values(),
  ];
  const missingTags = [];
  for (const tag of tags)
    if ((await digestAt(client, repository, tag)) !== image.digest) missingTags.push(tag);
  if (missingTags.length === 0)
    return { digest: image.digest, uploaded: 0, skipped: needed.length };
  let uploaded = 0;
  const waiting = needed.values();
  const work = async () => {
    for (const blob of waiting) {
      signal?.throwIfAborted();
      const isNew = await uploadBlob(client, repository, blobs, blob);
      if (isNew) uploaded++;
      const what = isNew ? "uploaded" : "skipped";
      onProgress?.({
        type: what,
        digest: blob.digest,
        size: blob.size,
        text: `${what} ${blob.digest} (${blob.size} bytes)`,
      });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_UPLOADS }, work));
  const content = await readFile(blobs.pathOf(image.digest));
  for (const tag of missingTags) {
    await putManifest(client, repository, tag, descriptor, content);
    onProgress?.({
      type: "tagged",
      digest: image.digest,
      size: content.length,
      text: `tagged ${repository}:${tag}`,
    });
  }
  return { digest: image.digest, uploaded, skipped: needed.length - uploaded };
}

/** The digest of the manifest that a tag names; undefined if there is none. */
async function digestAt(
  client: RegistryClient,
  repository: string,
  tag: string,
): Promise<string | undefined> {
  const url = client.manifestUrl(repository, tag);
  const headers = { accept: "application/vnd.oci.image.manifest.v1+json" };
  const response = await client.call({ method: "HEAD", url, headers }, [200, 404]);
  const digest = response.headers["docker-content-digest"];
  return response.statusCode === 200 && typeof digest === "string" ? digest : undefined;
}

/** @returns whether it had to be sent */
async function uploadBlob(
  client: RegistryClient,
  repository: string,
  blobs: BlobStore,
  { digest, size }: Descriptor,
): Promise<boolean> {
  const existing = await client.call(
    { method: "HEAD", url: client.urlOf(repository, `blobs/${digest}`) },
    [200, 404],
  );
  if (existing.statusCode === 200) return false;
  const started = await client.call(
    { method: "POST", url: client.urlOf(repository, "blobs/uploads/") },
    [202],
  );
  const upload = locationOf(started.headers.location, client.base);
  const headers = { "content-type": "application/octet-stream" };
  const content = createReadStream(blobs.pathOf(digest));
  const sent = await client.call(
    { method: "PATCH", url: upload, headers, body: { length: size, content } },
    [202],
  );
  const finish = locationOf(sent.headers.location, upload);
  finish.searchParams.set("digest", digest);
  await client.call({ method: "PUT", url: finish }, [201]);
  return true;
}

async function putManifest(
  client: RegistryClient,
  repository: string,
  tag: string,
  { mediaType, digest }: Descriptor,
  content: Buffer,
): Promise<void> {
  const url = client.manifestUrl(repository, tag);
  const headers = { "content-type": mediaType };
  const response = await client.call(
    { method: "PUT", url, headers, body: { length: content.length, content } },
    [201],
  );
  const stored = response.headers["docker-content-digest"];
  if (stored !== undefined && stored !== digest) {
    throw new BuildError("REGISTRY", [
      `the registry stored ${repository}:${tag} as ${String(stored)} in place of ${digest}`,
      `レジストリが ${repository}:${tag} を ${digest} ではなく ${String(stored)} として保存しました`,
    ]);
  }
}

function locationOf(location: string | undefined, base: URL): URL {
  if (location === undefined)
    throw new BuildError("REGISTRY", [
      "the registry did not say where to upload to",
      "レジストリがアップロード先を答えませんでした",
    ]);
  return new URL(location, base);
}
