import type { ServerResponse } from "node:http";
import { readBody } from "../../protocol/body.ts";
import { findImage } from "../../services/ecr/faults.ts";
import { deleteImage } from "../../services/ecr/image-failures.ts";
import { parseManifest } from "../../services/ecr/manifest.ts";
import { putImage } from "../../services/ecr/put-image.ts";
import { images, type Image, repositories } from "../../services/ecr/state.ts";
import { sendJson } from "../../ground/http.ts";
import type { Scope } from "../../store/store.ts";
import type { RegistryCall, RegistryRoute } from "./registry.ts";
import { RegistryError } from "./registry-error.ts";

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** Manifests, by tag or by digest; the tags of a repository, and what refers to an image. */
export const manifestRoutes: readonly RegistryRoute[] = [
  ["HEAD", /^manifests\/([^/]+)$/, "BatchGetImage", sendManifest],
  ["GET", /^manifests\/([^/]+)$/, "BatchGetImage", sendManifest],
  ["PUT", /^manifests\/([^/]+)$/, "PutImage", takeManifest],
  ["DELETE", /^manifests\/([^/]+)$/, "BatchDeleteImage", deleteManifest],
  ["GET", /^tags\/list$/, "ListImages", listTags],
  ["GET", /^referrers\/(sha256:[0-9a-f]{64})$/, "ListImageReferrers", listReferrers],
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

/** How many names a page has where the client does not say, and at most. */
const MAX_PAGE = 1000;
const INDEX = "application/vnd.oci.image.index.v1+json";

/** https://distribution.github.io/distribution/spec/api/#listing-repositories */
export function listRepositories(store: Scope, query: URLSearchParams, response: ServerResponse) {
  const names = store
    .of(repositories)
    .values()
    .map(({ name }) => name);
  const page = pageOf(names, query, "/v2/_catalog", response);
  sendJson(response, 200, { repositories: page });
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags */
function listTags({ response, name, store, query }: RegistryCall): void {
  const tags = store
    .of(images)
    .filter(({ repositoryName }) => repositoryName === name)
    .flatMap((image) => image.tags);
  sendJson(response, 200, { name, tags: pageOf(tags, query, `/v2/${name}/tags/list`, response) });
}

/** A page of names in their order, behind `last`; a `Link` leads to the next. */
function pageOf(
  names: readonly string[],
  query: URLSearchParams,
  path: string,
  response: ServerResponse,
): string[] {
  const given = query.get("n");
  if (given !== null && !/^\d{1,9}$/.test(given))
    throw new RegistryError(400, "PAGINATION_NUMBER_INVALID", `n is not a number: ${given}`);
  const size = Math.min(Number(given ?? MAX_PAGE), MAX_PAGE);
  const last = query.get("last") ?? "";
  const rest = names.filter((name) => name > last).sort();
  const page = rest.slice(0, size);
  if (page.length > 0 && rest.length > page.length) {
    const next = new URLSearchParams({ n: String(size), last: page.at(-1)! });
    response.setHeader("Link", `<${path}?${next}>; rel="next"`);
  }
  return page;
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers */
function listReferrers({ response, name, reference, store, files, query }: RegistryCall): void {
  const kind = query.get("artifactType");
  const manifests = store
    .of(images)
    .filter(({ repositoryName }) => repositoryName === name)
    .flatMap(({ digest, mediaType }) => {
      const text = files.text(digest);
      const { subject, artifactType, config, annotations } = parseManifest(text, mediaType);
      if (subject?.digest !== reference) return [];
      const type = artifactType ?? config?.mediaType;
      const size = Buffer.byteLength(text);
      return [{ mediaType, digest, size, artifactType: type, annotations }];
    })
    .filter(({ artifactType }) => kind === null || artifactType === kind);
  response.setHeader("Content-Type", INDEX);
  if (kind !== null) response.setHeader("OCI-Filters-Applied", "artifactType");
  response.end(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }));
}
