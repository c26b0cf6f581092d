import { readBody } from "../../protocol/body.ts";
import { findImage } from "../../services/ecr/faults.ts";
import { deleteImage } from "../../services/ecr/image-failures.ts";
import { parseManifest } from "../../services/ecr/manifest.ts";
import { putImage } from "../../services/ecr/put-image.ts";
import { images, type Image } from "../../services/ecr/state.ts";
import type { RegistryCall, RegistryRoute } from "./registry.ts";
import { RegistryError } from "./registry-error.ts";

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** Manifests, by tag or by digest. */
export const manifestRoutes: readonly RegistryRoute[] = [
  ["HEAD", /^manifests\/([^/]+)$/, sendManifest],
  ["GET", /^manifests\/([^/]+)$/, sendManifest],
  ["PUT", /^manifests\/([^/]+)$/, takeManifest],
  ["DELETE", /^manifests\/([^/]+)$/, deleteManifest],
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
  const { subject } = parseManifest(body.toString(), request.headers["content-type"]);
  response.writeHead(201, {
    location: `/v2/${name}/manifests/${digest}`,
    "docker-content-digest": digest,
    // Says that the referrers of the subject know of it: the client need not keep a list of its own.
    ...(subject ? { "oci-subject": subject.digest } : {}),
    "content-length": 0,
  });
  response.end();
}

/** As BatchDeleteImage does: a tag goes alone while the image has others. */
function deleteManifest({ response, name, reference, store, files, context }: RegistryCall): void {
  const id = toId(reference);
  const image = needImage(findImage(store, name, id), name, reference);
  context.store.transaction(() => {
    const done = deleteImage(store, files, image, id);
    if (!Array.isArray(done))
      throw new RegistryError(405, "UNSUPPORTED", done.failureReason ?? "it cannot be deleted");
  });
  response.writeHead(202, { "content-length": 0 });
  response.end();
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
