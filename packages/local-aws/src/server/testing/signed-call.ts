import { createHash, createHmac } from "node:crypto";
import { connect } from "node:net";
import { canonicalRequest, sha256Hex, Signer } from "../auth/signature.ts";
import type { SignedRequest } from "../auth/signed-request.ts";

/** A request signed by hand: what an SDK would never send can be said as well. */
export interface SignedCall {
  readonly service: string;
  readonly method?: string;
  /** Path and query, percent-encoded. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly region?: string;
  /** Milliseconds since the epoch; now by default. */
  readonly at?: number;
  /** `YYYYMMDD`; the day of `at` by default. */
  readonly scopeDate?: string;
  /** Names to sign; all by default. */
  readonly signedHeaders?: readonly string[];
  /** What is signed in place of the body's hash. */
  readonly payloadHash?: string;
  /** Headers and a body that are exchanged, or added, after signing. A header with several values is sent several times. */
  readonly tamper?: {
    readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    readonly body?: string | Buffer;
    readonly query?: string;
  };
}

export interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface RawAnswer {
  /** 0 where the connection ended without an answer. */
  readonly status: number;
  readonly body: string;
}

/** Signs a call by its `Authorization` header and sends it. */
export function send(endpoint: string, key: Key, call: SignedCall): Promise<RawAnswer> {
  const { headers, body, method, path } = signedRequest(endpoint, key, call);
  const query = call.tamper?.query;
  const url = query === undefined ? path : `${path}${path.includes("?") ? "&" : "?"}${query}`;
  const sent = { ...headers, ...call.tamper?.headers };
  return exchange(endpoint, method, url, sent, call.tamper?.body ?? body);
}

/** A call with its `Authorization` header. */
export function signedRequest(endpoint: string, key: Key, call: SignedCall) {
  const { service, method = "POST", path = "/", body = "" } = call;
  const timestamp = basic(call.at ?? Date.now());
  const isS3 = service === "s3";
  const payloadHash = call.payloadHash ?? sha256Hex(body);
  const headers: Record<string, string> = {
    host: new URL(endpoint).host,
    "x-amz-date": timestamp,
    ...(isS3 ? { "x-amz-content-sha256": payloadHash } : {}),
    ...call.headers,
  };
  const signed: SignedRequest = {
    version: 4,
    accessKeyId: key.accessKeyId,
    date: call.scopeDate ?? timestamp.slice(0, 8),
    region: call.region ?? "us-east-1",
    service,
    timestamp,
    signedHeaders: call.signedHeaders ?? Object.keys(headers).toSorted(),
    signature: "",
    sessionToken: undefined,
    expiresSeconds: undefined,
  };
  const canonical = canonicalRequest(method, path, headers, signed, payloadHash);
  const signature = new Signer().sign(key.secretAccessKey, signed, canonical);
  const scope = `${signed.date}/${signed.region}/${service}/aws4_request`;
  headers["authorization"] =
    `AWS4-HMAC-SHA256 Credential=${key.accessKeyId}/${scope}, SignedHeaders=${signed.signedHeaders.join(";")}, Signature=${signature}`;
  return { headers, body, method, path };
}

/** A presigned URL's path and query, with every parameter as it is given. */
export function presign(
  endpoint: string,
  key: Key,
  path: string,
  options: {
    readonly service?: string;
    readonly method?: string;
    readonly expires?: string | undefined;
    readonly at?: number;
    readonly more?: Readonly<Record<string, string>>;
  } = {},
): string {
  const { service = "s3", method = "GET" } = options;
  const timestamp = basic(options.at ?? Date.now());
  const scope = `${timestamp.slice(0, 8)}/us-east-1/${service}/aws4_request`;
  const query = new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${key.accessKeyId}/${scope}`,
    "X-Amz-Date": timestamp,
    "X-Amz-SignedHeaders": "host",
    ...(options.expires === undefined ? {} : { "X-Amz-Expires": options.expires }),
    ...options.more,
  });
  const url = `${path}?${query}`;
  const signed: SignedRequest = {
    version: 4,
    accessKeyId: key.accessKeyId,
    date: timestamp.slice(0, 8),
    region: "us-east-1",
    service,
    timestamp,
    signedHeaders: ["host"],
    signature: "",
    sessionToken: undefined,
    expiresSeconds: 0,
  };
  const payload = service === "s3" ? "UNSIGNED-PAYLOAD" : sha256Hex("");
  const headers = { host: new URL(endpoint).host };
  const canonical = canonicalRequest(method, url, headers, signed, payload);
  return `${url}&X-Amz-Signature=${new Signer().sign(key.secretAccessKey, signed, canonical)}`;
}

/** A presigned URL of Version 2. */
export function presignV2(key: Key, path: string, expires: string): string {
  const signature = createHmac("sha1", key.secretAccessKey)
    .update(`GET\n\n\n${expires}\n${path}`)
    .digest("base64");
  const query = new URLSearchParams({
    AWSAccessKeyId: key.accessKeyId,
    Expires: expires,
    Signature: signature,
  });
  return `${path}?${query}`;
}

/** Sends a request as it is, byte by byte, on a connection of its own. */
export function exchange(
  endpoint: string,
  method: string,
  url: string,
  headers: Readonly<Record<string, string | readonly string[]>>,
  body: string | Buffer = "",
): Promise<RawAnswer> {
  const all: Readonly<Record<string, string | readonly string[]>> = {
    host: new URL(endpoint).host,
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    [value].flat().map((each) => `${name}: ${each}`),
  );
  const bytes = Buffer.from(body);
  const length = `content-length: ${bytes.length}`;
  const head = `${[`${method} ${url} HTTP/1.1`, ...lines, length, "connection: close"].join("\r\n")}\r\n\r\n`;
  return new Promise((resolve) => {
    const { hostname, port } = new URL(endpoint);
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => {
      socket.write(head);
      socket.write(bytes);
    });
    socket.on("data", (chunk: Buffer) => void chunks.push(chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      const text = Buffer.concat(chunks).toString();
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
      resolve({ status, body: text.slice(text.indexOf("\r\n\r\n") + 4) });
    });
  });
}

/** Content-MD5 of a body. */
export function md5(body: string): string {
  return createHash("md5").update(body).digest("base64");
}

function basic(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, "");
}
