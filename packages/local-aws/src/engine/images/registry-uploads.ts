import type { IncomingMessage, ServerResponse } from "node:http";
import { layers } from "../../services/ecr/state.ts";
import type { RegistryCall, RegistryRoute } from "./registry.ts";
import { RegistryError } from "./registry-error.ts";
import { checkRight, mayUse } from "./registry-rights.ts";

/** Pushing blobs: in one piece, in chunks, or mounted from another repository of the account. */
export const uploadRoutes: readonly RegistryRoute[] = [
  ["POST", /^blobs\/uploads\/$/, "InitiateLayerUpload", begin],
  ["GET", /^blobs\/uploads\/([^/]+)$/, "UploadLayerPart", tell],
  ["PATCH", /^blobs\/uploads\/([^/]+)$/, "UploadLayerPart", append],
  ["PUT", /^blobs\/uploads\/([^/]+)$/, "CompleteLayerUpload", finish],
  ["DELETE", /^blobs\/uploads\/([^/]+)$/, "UploadLayerPart", cancel],
];

async function begin(call: RegistryCall): Promise<void> {
  const { query, store, name, files, request, response, caller } = call;
  const mount = query.get("mount");
  const from = query.get("from");
  // Whoever may not read there begins an upload instead, as if there were nothing to mount.
  const mayMount = mount && from && mayUse(caller, "GetDownloadUrlForLayer", from);
  const mounted = mayMount ? store.of(layers).get(`${from}@${mount}`) : undefined;
  if (mounted) {
    record(call, mounted.digest, mounted.size);
    return created(response, name, mounted.digest);
  }
  const digest = query.get("digest");
  if (digest === null) return accepted(response, name, files.begin(), 0);
  for (const action of ["UploadLayerPart", "CompleteLayerUpload"]) checkRight(caller, action, name);
  const id = files.begin();
  await files.append(id, request);
  record(call, digest, await files.finish(id, digest));
  created(response, name, digest);
}

function tell({ response, name, reference, files }: RegistryCall): void {
  const size = needUpload(files.uploaded(reference), reference);
  response.writeHead(204, uploadHeaders(name, reference, size));
  response.end();
}

async function append({ request, response, name, reference, files }: RegistryCall): Promise<void> {
  checkStart(request, files.uploaded(reference), reference);
  await files.append(reference, request);
  accepted(response, name, reference, files.uploaded(reference)!);
}

/** A chunk that says where it belongs has to begin where the one before it ended. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-a-blob-in-chunks */
function checkStart(request: IncomingMessage, size: number | undefined, id: string): void {
  const before = needUpload(size, id);
  const range = /^(\d+)-(\d+)$/.exec(request.headers["content-range"] ?? "");
  if (range && Number(range[1]) !== before) {
    throw new RegistryError(
      416,
      "BLOB_UPLOAD_INVALID",
      `the upload has ${before} bytes: a chunk must begin there`,
    );
  }
}

async function finish(call: RegistryCall): Promise<void> {
  const { query, request, response, name, reference, files } = call;
  checkStart(request, files.uploaded(reference), reference);
  const digest = query.get("digest");
  if (digest === null) throw new RegistryError(400, "DIGEST_INVALID", "the digest is missing");
  await files.append(reference, request);
  record(call, digest, await files.finish(reference, digest));
  created(response, name, digest);
}

function cancel({ response, reference, files }: RegistryCall): void {
  needUpload(files.uploaded(reference), reference);
  files.cancel(reference);
  response.writeHead(204);
  response.end();
}

function record({ context, store, name }: RegistryCall, digest: string, size: number): void {
  context.store.transaction(() =>
    store.of(layers).put(`${name}@${digest}`, {
      repositoryName: name,
      digest,
      size,
      pushedAt: context.clock.now(),
    }),
  );
}

function needUpload(size: number | undefined, id: string): number {
  if (size === undefined)
    throw new RegistryError(404, "BLOB_UPLOAD_UNKNOWN", `there is no upload ${id}`);
  return size;
}

function uploadHeaders(name: string, id: string, size: number): Record<string, string | number> {
  return {
    location: `/v2/${name}/blobs/uploads/${id}`,
    range: `0-${Math.max(0, size - 1)}`,
    "docker-upload-uuid": id,
    "content-length": 0,
  };
}

function accepted(response: ServerResponse, name: string, id: string, size: number): void {
  response.writeHead(202, uploadHeaders(name, id, size));
  response.end();
}

function created(response: ServerResponse, name: string, digest: string): void {
  response.writeHead(201, {
    location: `/v2/${name}/blobs/${digest}`,
    "docker-content-digest": digest,
    "content-length": 0,
  });
  response.end();
}
