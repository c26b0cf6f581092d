import type { WireRequest } from "../protocol/wire-types.ts";

/** What belongs to the signature itself, and checksums of the empty body that was there when a URL was signed. */
const NOT_HEADERS =
  /^x-amz-(?:algorithm|credential|date|expires|signedheaders|signature|security-token|content-sha256|sdk-checksum-algorithm|checksum-.*)$/;

/**
 * A presigned request with the headers that its signer put into the query, such as `x-amz-meta-…`: they count as if they
 * had been sent. One that was sent goes before.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function withSignedQuery(request: WireRequest): WireRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of new URL(request.url, "http://s3").searchParams) {
    const header = name.toLowerCase();
    if (header.startsWith("x-amz-") && !NOT_HEADERS.test(header)) headers[header] = value;
  }
  return { ...request, headers: { ...headers, ...request.headers } };
}
