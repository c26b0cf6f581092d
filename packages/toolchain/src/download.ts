import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { get as getHttp, Agent as HttpAgent, type IncomingMessage } from "node:http";
import { get as getHttps, Agent as HttpsAgent } from "node:https";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

/** One file to fetch. */
export interface Download {
  readonly address: string;
  readonly file: string;
  /** Variables that name a proxy count: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, in either case. */
  readonly env: NodeJS.ProcessEnv;
  readonly onBytes: (receivedBytes: number, totalBytes: number | undefined) => void;
  readonly signal?: AbortSignal | undefined;
}

const MAX_REDIRECTS = 5;
/** A server that says nothing for this long is given up. */
const SILENCE_MS = 30_000;
const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"];

/**
 * Fetches a file, and once more without the proxy where one is named and does not answer.
 * @returns the SHA-256 of what came, in lower-case hexadecimal
 * @throws Error in the words of the network or of the server (`404 Not Found`)
 */
export async function download(options: Download): Promise<string> {
  try {
    return await downloadOnce(options);
  } catch (error) {
    if (options.signal?.aborted || !PROXY_VARIABLES.some((name) => options.env[name])) throw error;
    return await downloadOnce({ ...options, env: {} });
  }
}

async function downloadOnce({ address, file, env, onBytes, signal }: Download): Promise<string> {
  const response = await open(address, env, signal);
  const length = Number(response.headers["content-length"]);
  const totalBytes = Number.isSafeInteger(length) && length > 0 ? length : undefined;
  const hash = createHash("sha256");
  let receivedBytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      receivedBytes += chunk.length;
      onBytes(receivedBytes, totalBytes);
      done(null, chunk);
    },
  });
  await pipeline(response, measure, createWriteStream(file, { flags: "w" }), { signal });
  return hash.digest("hex");
}

async function open(
  address: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  let next = new URL(address);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await request(next, env, signal);
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    response.resume();
    if (status < 300 || status >= 400 || !response.headers.location) {
      throw new Error(`${next.href}: ${status} ${response.statusMessage ?? ""}`.trimEnd());
    }
    next = new URL(response.headers.location, next);
  }
  throw new Error(`${address}: more than ${MAX_REDIRECTS} redirects`);
}

function request(
  address: URL,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  // https://nodejs.org/docs/latest-v24.x/api/http.html#built-in-proxy-support
  const settings = { proxyEnv: env, keepAlive: false };
  return new Promise((resolve, reject) => {
    const sent =
      address.protocol === "https:"
        ? getHttps(address, { agent: new HttpsAgent(settings), signal }, resolve)
        : getHttp(address, { agent: new HttpAgent(settings), signal }, resolve);
    sent.setTimeout(SILENCE_MS, () =>
      sent.destroy(new Error(`${address.host} said nothing for ${SILENCE_MS / 1000} seconds`)),
    );
    sent.once("error", reject);
  });
}
