import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { findStandIn, makeStandIns, namesIn, readIndex } from "./make-stand-ins.ts";
import { blobFile } from "./write-image.ts";

/** A registry on loopback that has the stand-ins of a layout, under the names of the registries that they are for. */
export interface StandInRegistry extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** For `LocalAws.start({ registryMirrors })`: this registry in the place of each public one. */
  readonly mirrors: Readonly<Record<string, readonly string[]>>;
  close(): Promise<void>;
}

/**
 * Makes stand-ins and serves them on a free port of loopback until it is closed.
 * @param layout where they are kept
 * @param images full names, such as `public.ecr.aws/nginx/nginx:1.28`
 */
export async function serveStandIns(
  layout: string,
  images: readonly string[],
  signal?: AbortSignal,
): Promise<StandInRegistry> {
  const made = await makeStandIns(layout, images, signal);
  const server = createServer((request, response) => answer(layout, request, response));
  await new Promise<void>((resolve, reject) =>
    server.once("error", reject).listen(0, "127.0.0.1", resolve),
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registries = new Set(made.flatMap((each) => each.images.map(registryOf)));
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  return {
    url,
    mirrors: Object.fromEntries(Array.from(registries, (registry) => [registry, [url]])),
    close,
    [Symbol.asyncDispose]: close,
  };
}

const registryOf = (image: string) => image.slice(0, image.indexOf("/"));

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull */
function answer(layout: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://registry");
  if (request.method !== "GET" && request.method !== "HEAD")
    return void response.writeHead(405).end();
  if (url.pathname === "/v2/") return void response.writeHead(200).end("{}");
  const listed = /^\/v2\/(.+)\/tags\/list$/.exec(url.pathname)?.[1];
  if (listed !== undefined) {
    const tags = tagsOf(layout, registriesFor(url), listed);
    return void response.writeHead(200).end(JSON.stringify({ name: listed, tags }));
  }
  const [, name, kind, wanted] =
    /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url.pathname) ?? [];
  const found = kind === "manifests" ? findManifest(layout, url, name!, wanted!) : wanted;
  const file = found?.startsWith("sha256:") ? blobFile(layout, found) : undefined;
  if (file === undefined || !existsSync(file)) {
    const errors = [{ code: kind === "blobs" ? "BLOB_UNKNOWN" : "MANIFEST_UNKNOWN" }];
    return void response.writeHead(404).end(JSON.stringify({ errors }));
  }
  response.writeHead(200, {
    "content-type":
      kind === "blobs" ? "application/octet-stream" : "application/vnd.oci.image.manifest.v1+json",
    "content-length": statSync(file).size,
    "docker-content-digest": found,
  });
  if (request.method === "HEAD") response.end();
  else createReadStream(file).pipe(response);
}

/** A mirror is told by `ns` whose image is meant; who does not tell means the first of that name. */
function registriesFor(url: URL): readonly string[] {
  const namespace = url.searchParams.get("ns");
  return namespace === null ? ["docker.io", "public.ecr.aws"] : [namespace];
}

function tagsOf(layout: string, registries: readonly string[], name: string): string[] {
  const tags = registries.flatMap((registry) =>
    namesIn(layout).flatMap((image) => {
      const prefix = `${registry}/${name}:`;
      return image.startsWith(prefix) ? [image.slice(prefix.length)] : [];
    }),
  );
  return [...new Set(tags)].toSorted();
}

function findManifest(layout: string, url: URL, name: string, wanted: string): string | undefined {
  if (wanted.startsWith("sha256:"))
    return readIndex(layout).find(({ digest }) => digest === wanted)?.digest;
  return registriesFor(url)
    .map((registry) => findStandIn(layout, `${registry}/${name}:${wanted}`)?.digest)
    .find((digest) => digest !== undefined);
}
