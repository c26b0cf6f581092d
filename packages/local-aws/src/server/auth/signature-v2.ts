import { createHmac } from "node:crypto";
import { pathWithBucket } from "../../protocol/s3-address.ts";
import type { WireRequest } from "../../protocol/wire-types.ts";
import type { SignedRequest } from "./signed-request.ts";

/*
 * Signature Version 2 in the query of a URL of S3: what `aws s3 presign` and boto3 make of a region that has it, in
 * their defaults. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html#RESTAuthenticationQueryStringAuth
 */

/** Parts of the query that name what is asked for, or change its answer, are signed. */
const SIGNED_PARAMETERS = new Set([
  "accelerate",
  "acl",
  "cors",
  "delete",
  "inventory",
  "lifecycle",
  "location",
  "logging",
  "metrics",
  "notification",
  "partNumber",
  "policy",
  "replication",
  "requestPayment",
  "response-cache-control",
  "response-content-disposition",
  "response-content-encoding",
  "response-content-language",
  "response-content-type",
  "response-expires",
  "restore",
  "tagging",
  "torrent",
  "uploadId",
  "uploads",
  "versionId",
  "versioning",
  "versions",
  "website",
]);

/** What a listing of a bucket takes beside: not signed by Version 2, and without power over what is done. */
const UNSIGNED_PARAMETERS = new Set([
  "AWSAccessKeyId",
  "Expires",
  "Signature",
  "continuation-token",
  "delimiter",
  "encoding-type",
  "fetch-owner",
  "key-marker",
  "list-type",
  "marker",
  "max-keys",
  "max-uploads",
  "prefix",
  "start-after",
  "upload-id-marker",
  "version-id-marker",
  "x-id",
]);

/** Seconds since the epoch, in at most as many digits as the year 5138 has. */
const EPOCH_SECONDS = /^\d{1,11}$/;

/** Reads such a signature; undefined where the query carries none, or none that can be read. */
export function readSignatureV2(url: string): SignedRequest | undefined {
  const mark = url.indexOf("?");
  if (mark < 0 || !url.includes("AWSAccessKeyId=", mark)) return undefined;
  const query = new URLSearchParams(url.slice(mark + 1));
  const accessKeyId = query.get("AWSAccessKeyId");
  const signature = query.get("Signature");
  const expires = query.get("Expires");
  // The query protocol's own form of Version 2 says so, and is refused like a request without a signature.
  if (!accessKeyId || !signature || !expires || query.has("SignatureVersion")) return undefined;
  if (!EPOCH_SECONDS.test(expires) || new Set(query.keys()).size < query.size) return undefined;
  return {
    version: 2,
    accessKeyId,
    date: "",
    // It names no region, and S3 finds a bucket in any.
    region: "us-east-1",
    service: "s3",
    timestamp: expires,
    signedHeaders: [],
    signature,
    sessionToken: query.get("x-amz-security-token") ?? undefined,
    expiresSeconds: 0,
  };
}

/** Whether nothing in the query could change, unsigned, what is done. */
export function isWhollySigned(url: string): boolean {
  const names = [...new URLSearchParams(url.slice(url.indexOf("?") + 1)).keys()];
  return names.every(
    (name) =>
      SIGNED_PARAMETERS.has(name) ||
      UNSIGNED_PARAMETERS.has(name) ||
      name.startsWith("x-amz-") ||
      name === "content-md5" ||
      name === "content-type",
  );
}

/** What such a signature signs. */
export function stringToSignV2(request: WireRequest, expires: string): string {
  const mark = request.url.indexOf("?");
  const query = [...new URLSearchParams(request.url.slice(mark + 1))];
  // The SDKs move headers into the query; either way they count as headers.
  const stated = new Map([...Object.entries(request.headers), ...query]);
  const amz = [...stated]
    .filter(([name]) => name.startsWith("x-amz-"))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`);
  const of = (name: string) => stated.get(name) ?? "";
  const head = `${request.method}\n${of("content-md5")}\n${of("content-type")}\n${expires}\n`;
  return head + amz.join("") + resource(request, request.url.slice(0, mark), query);
}

function resource(request: WireRequest, path: string, query: readonly [string, string][]): string {
  const signed = query
    .filter(([name]) => SIGNED_PARAMETERS.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === "" ? name : `${name}=${value}`));
  const bucketPath = pathWithBucket(path, request.headers["host"] ?? "");
  return signed.length === 0 ? bucketPath : `${bucketPath}?${signed.join("&")}`;
}

/** The signature, in base 64. */
export function signV2(secret: string, stringToSign: string): string {
  return createHmac("sha1", secret).update(stringToSign).digest("base64");
}
