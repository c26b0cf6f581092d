import type { WireRequest } from "../wire-types.ts";

/** A JSON call of the given target. */
export function jsonRequest(target: string, body: unknown): WireRequest {
  const headers = { "x-amz-target": target, "content-type": "application/x-amz-json-1.1" };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { method: "POST", url: "/", headers, body: Buffer.from(text) };
}

/** A query or EC2 call with the given form. */
export function formRequest(form: string): WireRequest {
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  return { method: "POST", url: "/", headers, body: Buffer.from(form) };
}

/** A path-style S3 call. */
export function s3Request(
  method: string,
  url: string,
  headers: Record<string, string> = {},
  body = "",
): WireRequest {
  return { method, url, headers: { host: "127.0.0.1:4566", ...headers }, body: Buffer.from(body) };
}
