import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateRepositoryCommand,
  type ECRClient,
  GetAuthorizationTokenCommand,
  RepositoryAlreadyExistsException,
} from "@aws-sdk/client-ecr";
import type { PulledImage } from "../../images/puller.ts";
import { type TinyEntry, writeTinyLayer } from "../../runtime/testing/tiny-image.ts";

/** An image of one layer, as a test wants it. */
export interface TinyImage {
  readonly files: Readonly<Record<string, TinyEntry>> | readonly (readonly [string, TinyEntry])[];
  readonly config: PulledImage["config"];
  /** What the configuration says of its layers; what is true by default. */
  readonly diffIds?: readonly string[];
}

/**
 * Pushes an image under the tag `v1`, as `docker push` does, into a repository that is made where it is not there.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push
 * @param endpoint the front door, which is the registry as well
 * @param directory a scratch directory
 * @returns the reference to pull the image by
 */
export async function pushTinyImage(
  ecr: ECRClient,
  endpoint: string,
  directory: string,
  repository: string,
  { files, config, diffIds }: TinyImage,
): Promise<string> {
  const { file, mediaType, diffId } = await writeTinyLayer(join(directory, "layers"), files);
  return pushImage(ecr, endpoint, {
    repository,
    tag: "v1",
    layers: [{ mediaType, bytes: readFileSync(file) }],
    diffIds: diffIds ?? [diffId!],
    config,
  });
}

/** An image of layers that may be anything. */
export interface PushedImage {
  readonly repository: string;
  readonly tag: string;
  readonly layers: readonly { readonly mediaType: string; readonly bytes: Buffer }[];
  /** What the configuration says that they are when unpacked; empty where it says nothing. */
  readonly diffIds: readonly string[];
  readonly config: PulledImage["config"];
}

/** Pushes layers as they are given. @returns the reference to pull the image by */
export async function pushImage(
  ecr: ECRClient,
  endpoint: string,
  { repository, tag, layers, diffIds, config }: PushedImage,
): Promise<string> {
  await createRepository(ecr, repository);
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const authorization = `Basic ${authorizationData![0]!.authorizationToken!}`;
  const base = `${endpoint}/v2/${repository}`;
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const configuration = Buffer.from(
    JSON.stringify({
      architecture,
      os: "linux",
      config,
      rootfs: { type: "layers", diff_ids: diffIds },
    }),
  );
  const pushed = [];
  for (const { mediaType, bytes } of layers) {
    const digest = await pushBlob(base, authorization, bytes);
    pushed.push({ mediaType, digest, size: bytes.length });
  }
  const configDigest = await pushBlob(base, authorization, configuration);
  const manifestType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: configDigest,
      size: configuration.length,
    },
    layers: pushed,
    annotations: { "org.opencontainers.image.base.name": "node:24-slim" },
  });
  const headers = { authorization, "content-type": manifestType };
  await ok(fetch(`${base}/manifests/${tag}`, { method: "PUT", headers, body: manifest }));
  return `${new URL(endpoint).host}/${repository}:${tag}`;
}

async function createRepository(ecr: ECRClient, repositoryName: string): Promise<void> {
  try {
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  } catch (error) {
    if (!(error instanceof RepositoryAlreadyExistsException)) throw error;
  }
}

async function pushBlob(base: string, authorization: string, bytes: Buffer): Promise<string> {
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  const headers = { authorization };
  const begun = await ok(fetch(`${base}/blobs/uploads/`, { method: "POST", headers }));
  const location = new URL(begun.headers.get("location")!, base);
  location.searchParams.set("digest", digest);
  await ok(
    fetch(location, {
      method: "PUT",
      headers: { ...headers, "content-type": "application/octet-stream" },
      body: new Uint8Array(bytes),
    }),
  );
  return digest;
}

async function ok(answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response;
}
