import { createHmac, hash, timingSafeEqual } from "node:crypto";
import type { SignedRequest } from "./signed-request.ts";

/** SHA-256 of nothing, in hex. */
export const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** SHA-256 of `data`, in hex. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash("sha256", data, "hex");
}

/**
 * Computes Signature Version 4, and remembers signing keys: one is good for a secret, day, region and service.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
 */
export class Signer {
  readonly #keys = new Map<string, Buffer>();
  readonly #pads = new WeakMap<Buffer, { readonly inner: Buffer; readonly outer: Buffer }>();

  /** The key that signs requests of `signed`'s scope. */
  signingKey(secret: string, signed: Pick<SignedRequest, "date" | "region" | "service">): Buffer {
    const id = `${signed.date}/${signed.region}/${signed.service}/${secret}`;
    let key = this.#keys.get(id);
    if (!key) {
      key = hmac(`AWS4${secret}`, signed.date);
      for (const part of [signed.region, signed.service, "aws4_request"]) key = hmac(key, part);
      // A cloud sees a handful of scopes a day; the bound is for a caller who makes them up.
      if (this.#keys.size >= 1000) this.#keys.clear();
      this.#keys.set(id, key);
    }
    return key;
  }

  /** The signature, in hex, of a request with this canonical form. */
  sign(secret: string, signed: SignedRequest, canonicalRequest: string): string {
    const toSign = `AWS4-HMAC-SHA256\n${signed.timestamp}\n${scopeOf(signed)}\n${sha256Hex(canonicalRequest)}`;
    return this.#hmacHex(this.signingKey(secret, signed), toSign);
  }

  /**
   * HMAC of RFC 2104 section 2 by two one-shot hashes: every request is signed with one of very few keys, and making
   * Node's Hmac object for each costs more than all the rest of the check.
   */
  #hmacHex(key: Buffer, text: string): string {
    let pads = this.#pads.get(key);
    if (!pads) {
      pads = { inner: pad(key, 0x36), outer: pad(key, 0x5c) };
      this.#pads.set(key, pads);
    }
    const inner = hash("sha256", Buffer.concat([pads.inner, Buffer.from(text)]), "buffer");
    return hash("sha256", Buffer.concat([pads.outer, inner]), "hex");
  }
}

/** The key, filled up to a block of SHA-256 and mixed with `byte`. */
function pad(key: Buffer, byte: number): Buffer {
  const block = Buffer.alloc(64, byte);
  for (const [index, value] of key.entries()) block[index]! ^= value;
  return block;
}

/** The credential scope without the key id. */
export function scopeOf(signed: SignedRequest): string {
  return `${signed.date}/${signed.region}/${signed.service}/aws4_request`;
}

/** Compares two signatures without telling by its duration where they differ. */
export function sameSignature(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * The canonical request of `method url` with `headers`.
 * @param payloadHash hex, or one of S3's literals (`UNSIGNED-PAYLOAD`, `STREAMING-…`)
 */
export function canonicalRequest(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  signed: SignedRequest,
  payloadHash: string,
): string {
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? "" : canonicalQuery(url.slice(mark + 1));
  let lines = "";
  for (const name of signed.signedHeaders) {
    lines += `${name}:${(headers[name] ?? "").trim().replace(/ {2,}/g, " ")}\n`;
  }
  return `${method}\n${canonicalPath(path, signed.service)}\n${query}\n${lines}\n${signed.signedHeaders.join(";")}\n${payloadHash}`;
}

/** S3 signs the path encoded once, whether it was sent so or not; every other service encodes what was sent, after removing dot segments. */
function canonicalPath(path: string, service: string): string {
  if (path === "" || path === "/") return "/";
  if (service === "s3") return path.split("/").map(encodedOnce).join("/");
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") segments.pop();
    else segments.push(encode(segment));
  }
  const trailing = path.endsWith("/") && segments.length > 0 ? "/" : "";
  return `/${segments.join("/")}${trailing}`;
}

function canonicalQuery(query: string): string {
  const pairs: [string, string][] = [];
  for (const part of query.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = reencode(equals < 0 ? part : part.slice(0, equals));
    if (name === "X-Amz-Signature") continue;
    pairs.push([name, equals < 0 ? "" : reencode(part.slice(equals + 1))]);
  }
  pairs.sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)));
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const reencode = (part: string): string => encodedOnce(part.replaceAll("+", "%20"));

function encodedOnce(part: string): string {
  try {
    return encode(decodeURIComponent(part));
  } catch {
    // A stray percent sign: what was signed can only be what was sent.
    return part;
  }
}

/** Percent-encodes everything but RFC 3986's unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac("sha256", key).update(data).digest();
}
