import type { WireRequest } from "../protocol/wire-types.ts";
import { AwsError } from "../protocol/aws-error.ts";

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

/** Headers of which a second one would leave open which of them was meant. */
const SINGLE: ReadonlySet<string> = new Set(["authorization", "content-md5", "date", "host"]);
/** Lists, which HTTP lets a client send in several lines: RFC 9110 section 5.3. */
const LISTS: ReadonlySet<string> = new Set(["x-amz-object-attributes"]);
const METADATA = "x-amz-meta-";

/**
 * Refuses a request that says twice what it may say once.
 * @param rawHeaders names and values in turn, as Node has them
 * @throws AwsError `InvalidRequest`
 */
export function refuseRepeated(rawHeaders: readonly string[]): void {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    if (!SINGLE.has(name) && !(name.startsWith("x-amz-") && !isList(name))) continue;
    if (seen.has(name))
      throw new AwsError("InvalidRequest", `The header ${name} was sent more than once.`);
    seen.add(name);
  }
}

function isList(name: string): boolean {
  return LISTS.has(name) || name.startsWith(METADATA);
}
