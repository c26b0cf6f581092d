import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";

/** What a registry has under a digest or a tag. */
interface Document {
  readonly type: string;
  readonly bytes: Buffer;
}

/** An image of one layer. */
export interface RegistryImage {
  readonly layer: Buffer;
  readonly config: object;
  readonly architecture?: string;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

/** For tests: a registry on loopback as others are, by plain HTTP, which can be made to behave as it should not. */
export class LoopbackRegistry {
  readonly url: string;
  /** Method and URL of each request, in their order. */
  readonly requests: string[] = [];
  /** Answers in the place of the registry; false for what it is to answer itself. */
  instead: Answer = () => false;
  readonly #server: Server;
  readonly #documents = new Map<string, Document>();

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      this.requests.push(`${request.method} ${request.url}`);
      if (!this.instead(request, response)) this.#answer(request, response);
    });
  }

  static async start(): Promise<LoopbackRegistry> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new LoopbackRegistry(server);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Begins anew: nothing was asked, and everything is answered. */
  reset(): void {
    this.requests.length = 0;
    this.instead = () => false;
  }

  /** @returns the manifest's descriptor */
  put(name: string, { layer, config, architecture = hostArchitecture() }: RegistryImage) {
    const { repository, tag } = parse(name);
    const configuration = Buffer.from(JSON.stringify({ os: "linux", architecture, config }));
    const manifest = {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: {
        mediaType: "application/vnd.oci.image.config.v1+json",
        ...this.#blob(repository, configuration),
      },
      layers: [
        {
          mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
          ...this.#blob(repository, layer),
        },
      ],
    };
    return this.#manifest(repository, tag, MANIFEST, manifest, { os: "linux", architecture });
  }

  putIndex(name: string, manifests: readonly object[]) {
    const { repository, tag } = parse(name);
    const index = { schemaVersion: 2, mediaType: INDEX, manifests };
    return this.#manifest(repository, tag, INDEX, index, undefined);
  }

  /** Writes all that it has into an OCI image layout, and one image under names. */
  writeLayout(
    folder: string,
    image: string,
    names: readonly Readonly<Record<string, string>>[],
  ): void {
    const { repository, tag } = parse(image);
    const named = this.#documents.get(`${repository}/manifests/${tag}`)!;
    const blobs = join(folder, "blobs/sha256");
    mkdirSync(blobs, { recursive: true });
    for (const { bytes } of this.#documents.values())
      writeFileSync(join(blobs, digestOf(bytes).slice("sha256:".length)), bytes);
    const { type: mediaType, bytes } = named;
    const manifests = names.map((annotations) => ({
      mediaType,
      digest: digestOf(bytes),
      size: bytes.length,
      annotations,
    }));
    writeFileSync(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
  }

  #manifest(repository: string, tag: string, type: string, content: object, platform: unknown) {
    const bytes = Buffer.from(JSON.stringify(content));
    const digest = digestOf(bytes);
    for (const reference of [tag, digest])
      this.#documents.set(`${repository}/manifests/${reference}`, { type, bytes });
    return { mediaType: type, digest, size: bytes.length, platform };
  }

  #blob(repository: string, bytes: Buffer) {
    const digest = digestOf(bytes);
    const type = "application/octet-stream";
    this.#documents.set(`${repository}/blobs/${digest}`, { type, bytes });
    return { digest, size: bytes.length };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url!, this.url);
    const found = this.#documents.get(pathname.replace(/^\/v2\//, ""));
    if (!found) return refuse(response, 404, "MANIFEST_UNKNOWN", "manifest unknown");
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, {
      "content-type": found.type,
      "content-length": found.bytes.length - from,
      "docker-content-digest": digestOf(found.bytes),
    });
    response.end(request.method === "HEAD" ? undefined : found.bytes.subarray(from));
  }
}

/** An error as registries have them. */
export function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}

export const hostArchitecture = () => (process.arch === "x64" ? "amd64" : process.arch);

const digestOf = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

function parse(name: string): { repository: string; tag: string } {
  const [repository = "", tag = "latest"] = name.split(":");
  return { repository, tag };
}
