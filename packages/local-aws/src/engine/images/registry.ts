import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { AwsError } from "../../protocol/aws-error.ts";
import { sendJson, type Mount } from "../../ground/http.ts";
import { DigestMismatch } from "@workbook/registry-client";
import { LayerFiles } from "../../services/ecr/layer-files.ts";
import { layers, repositories } from "../../services/ecr/state.ts";
import type { Caller } from "../../services/iam/caller.ts";
import { readPassword } from "../../services/ecr/tokens.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext } from "../engine.ts";
import { RegistryError } from "./registry-error.ts";
import { listRepositories, manifestRoutes } from "./registry-manifests.ts";
import { checkRight } from "./registry-rights.ts";
import { uploadRoutes } from "./registry-uploads.ts";

/** One request to the registry, with what the path and the password said. */
export interface RegistryCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** The repository's name. */
  readonly name: string;
  /** A digest, a tag or an upload's id, by route. */
  readonly reference: string;
  readonly store: Scope;
  readonly files: LayerFiles;
  readonly context: EngineContext;
  /** Who asks. */
  readonly caller: Caller;
}

/** A route: method, the path behind the repository's name, what the caller has to be allowed, what it does. */
export type RegistryRoute = readonly [
  method: string,
  path: RegExp,
  action: string,
  run: (call: RegistryCall) => Promise<void> | void,
];

const ROUTES: readonly RegistryRoute[] = [
  ["HEAD", /^blobs\/(sha256:[0-9a-f]+)$/, "BatchCheckLayerAvailability", sendBlob],
  ["GET", /^blobs\/(sha256:[0-9a-f]+)$/, "GetDownloadUrlForLayer", sendBlob],
  ...uploadRoutes,
  ...manifestRoutes,
];

/**
 * ECR as an OCI registry, under `/v2/`: account and region come from the password that `GetAuthorizationToken` gave.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export function createRegistry(context: EngineContext): Mount {
  const files = new LayerFiles(context.settings.dataDir);
  return {
    prefix: "/v2/",
    handle: async (request, response) => {
      response.setHeader("Docker-Distribution-Api-Version", "registry/2.0");
      try {
        await route(context, files, request, response);
      } catch (error) {
        if (response.headersSent || response.destroyed) throw error;
        const answer = toRegistryError(error) ?? fault(context, request, error);
        if (answer.status === 401)
          response.setHeader(
            "WWW-Authenticate",
            `Basic realm="${context.settings.endpoint}/",service="ecr"`,
          );
        sendJson(response, answer.status, {
          errors: [{ code: answer.code, message: answer.message }],
        });
      }
    },
  };
}

async function route(
  context: EngineContext,
  files: LayerFiles,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const caller = authenticate(context, request);
  const { store } = caller;
  const url = new URL(request.url ?? "", "http://registry");
  if (url.pathname === "/v2/") return sendJson(response, 200, {});
  if (url.pathname === "/v2/_catalog" && request.method === "GET") {
    checkRight(caller, "DescribeRepositories", "*");
    return listRepositories(store, url.searchParams, response);
  }
  const path = decoded(url.pathname.slice("/v2/".length));
  const match = /^(.+?)\/((?:blobs|manifests|tags|referrers)\/.*)$/.exec(path);
  if (!match) throw new RegistryError(404, "NAME_INVALID", `there is no ${url.pathname} here`);
  const [, name, rest] = match as unknown as [string, string, string];
  for (const [method, pattern, action, run] of ROUTES) {
    const found = method === request.method ? pattern.exec(rest) : undefined;
    if (!found) continue;
    checkRight(caller, action, name);
    if (!store.of(repositories).has(name)) {
      const message = `The repository with name '${name}' does not exist in the registry with id '${store.account}'`;
      throw new RegistryError(404, "NAME_UNKNOWN", message);
    }
    return run({
      request,
      response,
      query: url.searchParams,
      name,
      reference: found[1] ?? "",
      store,
      files,
      context,
      caller,
    });
  }
  throw new RegistryError(405, "UNSUPPORTED", `${request.method} ${url.pathname} is not supported`);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new RegistryError(400, "NAME_INVALID", `the path ${path} is not percent-encoded`);
  }
}

/** A fault of ours, in the registry's form. */
function fault(context: EngineContext, request: IncomingMessage, error: unknown): RegistryError {
  const requestId = randomUUID();
  context.logger.error(`${request.method} ${request.url} failed (${requestId})`, error);
  return new RegistryError(500, "UNKNOWN", `Local AWS failed: its log has request ${requestId}`);
}

function authenticate(context: EngineContext, request: IncomingMessage): Caller {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? "");
  if (!basic) throw new RegistryError(401, "UNAUTHORIZED", "authentication required");
  const [user, password = ""] = Buffer.from(basic[1]!, "base64").toString().split(/:(.*)/s, 2);
  const identity = user === "AWS" ? readPassword(context.store, password, Date.now()) : undefined;
  if (!identity) {
    throw new RegistryError(
      403,
      "DENIED",
      "Your authorization token has expired. Reauthenticate and try again.",
    );
  }
  const { store: cloud, clock } = context;
  return { ...identity, store: cloud.scope(identity.account, identity.region), cloud, clock };
}

async function sendBlob({
  request,
  response,
  name,
  reference,
  store,
  files,
}: RegistryCall): Promise<void> {
  const layer = store.of(layers).get(`${name}@${reference}`);
  if (!layer || !files.has(reference))
    throw new RegistryError(404, "BLOB_UNKNOWN", `blob ${reference} is not known`);
  const range = request.method === "GET" ? rangeOf(request, layer.size) : undefined;
  const part = range ?? { start: 0, end: layer.size - 1 };
  const hasBody = request.method !== "HEAD" && layer.size > 0;
  // Before the head: what is damaged is told by an error.
  const body = hasBody ? files.read(reference, layer.size, range) : undefined;
  response.writeHead(range ? 206 : 200, {
    "content-type": "application/octet-stream",
    "content-length": part.end - part.start + 1,
    "docker-content-digest": reference,
    "accept-ranges": "bytes",
    ...(range ? { "content-range": `bytes ${range.start}-${range.end}/${layer.size}` } : {}),
    etag: `"${reference}"`,
  });
  if (body) await pipeline(body, response);
  else response.end();
}

/**
 * The one range of bytes that is asked for; undefined for the whole, and for what is no such range.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-range
 */
function rangeOf(
  request: IncomingMessage,
  size: number,
): { readonly start: number; readonly end: number } | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== "" && to !== "" && Number(to) < start) return undefined;
  if (start > end) throw new RegistryError(416, "RANGE_INVALID", `the blob has ${size} bytes`);
  return { start, end };
}

/** AWS's own errors as the registry words them; undefined for a fault of ours. */
function toRegistryError(error: unknown): RegistryError | undefined {
  if (error instanceof RegistryError) return error;
  if (error instanceof DigestMismatch)
    return new RegistryError(400, "DIGEST_INVALID", error.message);
  if (!(error instanceof AwsError)) return undefined;
  const code =
    error.code === "ImageTagAlreadyExistsException"
      ? "TAG_INVALID"
      : error.code === "LayersNotFoundException"
        ? "MANIFEST_BLOB_UNKNOWN"
        : "MANIFEST_INVALID";
  return new RegistryError(400, code, error.message);
}
