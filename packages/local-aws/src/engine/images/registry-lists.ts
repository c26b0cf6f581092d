import type { ServerResponse } from "node:http";
import { sendJson } from "../../ground/http.ts";
import { parseManifest } from "../../services/ecr/manifest.ts";
import { images, repositories } from "../../services/ecr/state.ts";
import type { Scope } from "../../store/store.ts";
import type { RegistryCall, RegistryRoute } from "./registry.ts";
import { RegistryError } from "./registry-error.ts";

/** How many names a page has where the client does not say, and at most. */
const MAX_PAGE = 1000;
const INDEX = "application/vnd.oci.image.index.v1+json";

/** What a repository has: its tags, and what refers to an image. */
export const listRoutes: readonly RegistryRoute[] = [
  ["GET", /^tags\/list$/, listTags],
  ["GET", /^referrers\/(sha256:[0-9a-f]{64})$/, listReferrers],
];

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
