import { readBody } from "../../server/body.ts";
import { sendJson } from "../../server/front-door.ts";
import { findImage } from "../../services/ecr/errors.ts";
import { putImage } from "../../services/ecr/put-image.ts";
import { images, type Image } from "../../services/ecr/state.ts";
import type { RegistryCall, RegistryRoute } from "./registry.ts";
import { RegistryError } from "./registry-error.ts";

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** Manifests, by tag or by digest, and the list of tags. */
export const manifestRoutes: readonly RegistryRoute[] = [
  ["HEAD", /^manifests\/([^/]+)$/, sendManifest],
  ["GET", /^manifests\/([^/]+)$/, sendManifest],
  ["PUT", /^manifests\/([^/]+)$/, takeManifest],
  ["DELETE", /^manifests\/([^/]+)$/, deleteManifest],
  ["GET", /^tags\/list$/, listTags],
];

function sendManifest({
  request,
  response,
  name,
  reference,
  store,
  files,
  context,
}: RegistryCall): void {
  const image = needImage(findImage(store, name, toId(reference)), name, reference);
  const text = files.text(image.digest);
  response.writeHead(200, {
    "content-type": image.mediaType,
    "content-length": Buffer.byteLength(text),
    "docker-content-digest": image.digest,
  });
  if (request.method === "HEAD") return void response.end();
  context.store.transaction(() =>
    store.of(images).patch(`${name}@${image.digest}`, { lastPulledAt: context.clock.now() }),
  );
  response.end(text);
}

async function takeManifest({
  request,
  response,
  name,
  reference,
  store,
  files,
  context,
}: RegistryCall): Promise<void> {
  const body = await readBody(request, MAX_MANIFEST_BYTES);
  const digest = await files.put(body);
  const id = toId(reference);
  if (id.imageDigest !== undefined && id.imageDigest !== digest) {
    throw new RegistryError(
      400,
      "DIGEST_INVALID",
      `the manifest has digest ${digest}, not ${id.imageDigest}`,
    );
  }
  context.store.transaction(() =>
    putImage(store, files, {
      repositoryName: name,
      digest,
      manifest: body.toString(),
      mediaType: request.headers["content-type"],
      tag: id.imageTag,
      now: context.clock.now(),
    }),
  );
  context.events.publish({
    type: "ecr.push",
    at: context.clock.now(),
    repository: name,
    digest,
    tag: id.imageTag,
  });
  response.writeHead(201, {
    location: `/v2/${name}/manifests/${digest}`,
    "docker-content-digest": digest,
    "content-length": 0,
  });
  response.end();
}

function deleteManifest({ response, name, reference, store, context }: RegistryCall): void {
  const image = needImage(findImage(store, name, toId(reference)), name, reference);
  context.store.transaction(() => store.of(images).delete(`${name}@${image.digest}`));
  response.writeHead(202, { "content-length": 0 });
  response.end();
}

function listTags({ response, name, store }: RegistryCall): void {
  const tags = store
    .of(images)
    .filter(({ repositoryName }) => repositoryName === name)
    .flatMap((image) => image.tags)
    .sort();
  sendJson(response, 200, { name, tags });
}

function toId(reference: string): { imageTag?: string; imageDigest?: string } {
  return reference.startsWith("sha256:") ? { imageDigest: reference } : { imageTag: reference };
}

function needImage(
  image: Readonly<Image> | undefined,
  name: string,
  reference: string,
): Readonly<Image> {
  if (image) return image;
  throw new RegistryError(
    404,
    "MANIFEST_UNKNOWN",
    `Requested image not found: ${name}${reference.startsWith("sha256:") ? "@" : ":"}${reference}`,
  );
}
