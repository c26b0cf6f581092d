import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { BuildError } from "../errors.ts";

const MAX_REDIRECTS = 5;
/** No document of a registry is larger: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests */
const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;

export interface RegistryRequest {
  method: "GET" | "HEAD" | "POST" | "PATCH" | "PUT";
  url: URL;
  headers?: Record<string, string>;
  /** With its length in bytes, because not every registry takes a body without one. */
  body?: { length: number; content: Uint8Array | Readable };
}

/** Talks to one registry. */
export class RegistryClient {
  readonly base: URL;
  readonly #authorization: string | undefined;
  readonly #signal: AbortSignal | undefined;

  /**
   * @param registry `http://` or `https://`, a host and perhaps a port
   * @throws {BuildError} `REGISTRY` if it is no such URL
   */
  constructor(registry: string, options: { authorization?: string; signal?: AbortSignal }) {
    const base = URL.parse(registry);
    if (base === null || !/^https?:$/.test(base.protocol)) {
      throw new BuildError("REGISTRY", [
        `"${registry}" is not the URL of a registry: it needs http:// or https:// and a host`,
        `"${registry}" はレジストリの URL ではありません。http:// か https:// とホストが必要です`,
      ]);
    }
    this.base = base;
    this.#authorization = options.authorization;
    this.#signal = options.signal;
  }

  /**
   * The URL of the manifest that a tag or a digest names.
   *
   * @throws {BuildError} `REGISTRY` if it is neither
   */
  manifestUrl(repository: string, reference: string): URL {
    if (!/^(\w[\w.-]{0,127}|sha256:[0-9a-f]{64})$/.test(reference)) {
      throw new BuildError("REGISTRY", [
        `"${reference}" is neither a tag nor a digest`,
        `"${reference}" はタグでもダイジェストでもありません`,
      ]);
    }
    return this.urlOf(repository, `manifests/${reference}`);
  }

  /** The URL of something in a repository. */
  urlOf(repository: string, path: string): URL {
    return new URL(`/v2/${repository}/${path}`, this.base);
  }

  /**
   * Sends a request and gives the answer, whose body must be read or thrown away.
   *
   * @param expected the statuses that are no error
   * @throws {BuildError} `REGISTRY` with the registry's own code and message for any other
   */
  async send(message: RegistryRequest, expected: number[]): Promise<IncomingMessage> {
    let url = message.url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await this.#sendOnce({ ...message, url });
      const status = response.statusCode ?? 0;
      const location = response.headers.location;
      if (expected.includes(status)) return response;
      // Registries keep layers elsewhere, and send who asks for one there.
      if (
        [301, 302, 303, 307, 308].includes(status) &&
        location !== undefined &&
        message.body === undefined
      ) {
        response.resume();
        url = new URL(location, url);
        continue;
      }
      throw await toError(message, url, response);
    }
    throw new BuildError("REGISTRY", [
      `${message.method} ${message.url.href}: too many redirects`,
      `${message.method} ${message.url.href}: リダイレクトが多すぎます`,
    ]);
  }

  /** Sends a request whose answer has no content that matters. */
  async call(message: RegistryRequest, expected: number[]): Promise<IncomingMessage> {
    const response = await this.send(message, expected);
    response.resume();
    return response;
  }

  async #sendOnce({ method, url, headers = {}, body }: RegistryRequest): Promise<IncomingMessage> {
    const start = url.protocol === "https:" ? requestHttps : requestHttp;
    // Another host than the registry's has no business with its password.
    const authorized = this.#authorization !== undefined && url.host === this.base.host;
    const length =
      body === undefined && (method === "GET" || method === "HEAD")
        ? undefined
        : (body?.length ?? 0);
    const request = start(url, {
      method,
      signal: this.#signal,
      headers: {
        ...headers,
        ...(length === undefined ? {} : { "content-length": length }),
        ...(authorized ? { authorization: this.#authorization } : {}),
      },
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      request.once("response", resolve).once("error", reject);
    });
    try {
      const sent =
        body === undefined || body.content instanceof Uint8Array
          ? request.end(body?.content)
          : pipeline(body.content, request);
      const [response] = await Promise.all([answered, sent]);
      return response;
    } catch (cause) {
      this.#signal?.throwIfAborted();
      throw new BuildError(
        "REGISTRY",
        [
          `${method} ${url.href} failed: ${(cause as Error).message}`,
          `${method} ${url.href} が失敗しました: ${(cause as Error).message}`,
        ],
        { cause },
      );
    }
  }
}

/**
 * Reads a document that is an answer.
 *
 * @throws {BuildError} `REGISTRY` if it is larger than any document may be
 */
export async function readDocument(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MAX_DOCUMENT_BYTES)
      throw new BuildError("REGISTRY", [
        "the registry's answer is too large for a manifest",
        "レジストリの応答がマニフェストとしては大きすぎます",
      ]);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
async function toError(
  { method }: RegistryRequest,
  url: URL,
  response: IncomingMessage,
): Promise<BuildError> {
  const text = (await readDocument(response)).toString();
  let details = text.slice(0, 500);
  try {
    const { errors } = JSON.parse(text) as { errors: { code?: string; message?: string }[] };
    details = errors
      .map(({ code, message }) => [code, message].filter(Boolean).join(": "))
      .join("; ");
  } catch {
    // Not the errors of a registry (a proxy's page, perhaps): its text says more than nothing.
  }
  return new BuildError("REGISTRY", [
    `${method} ${url.origin}${url.pathname} answered ${response.statusCode} ${details}`.trim(),
    `${method} ${url.origin}${url.pathname} の応答: ${response.statusCode} ${details}`.trim(),
  ]);
}
