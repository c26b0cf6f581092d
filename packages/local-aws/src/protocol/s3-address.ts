/**
 * The virtual hosts of S3 (https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html), with `localhost`
 * beside AWS's own domain: `<bucket>.s3.localhost`, `<bucket>.s3.<region>.localhost`, `<bucket>.s3-<region>.amazonaws.com`.
 */
const SERVICE_HOST =
  /^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.(?:localhost|amazonaws\.com)$/;
/** What the SDKs make of the endpoint `http://localhost:<port>`. */
const BARE_HOST = /^(.+)\.localhost$/;

/** The bucket named by a Host header (a port does not count), or undefined for path-style requests. */
export function bucketOfHost(host: string): string | undefined {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  const service = SERVICE_HOST.exec(name);
  if (service !== null) return service[1];
  return BARE_HOST.exec(name)?.[1];
}

/**
 * The path of an S3 request with the bucket in it, whichever way it was addressed: `/bucket` or `/bucket/key`. The path is
 * percent-encoded, without a query, and stays so.
 */
export function pathWithBucket(path: string, host: string): string {
  const bucket = bucketOfHost(host);
  const full =
    bucket === undefined ? path : `/${encodeURIComponent(bucket)}${path === "/" ? "" : path}`;
  const isBucket = full.indexOf("/", 1) === full.length - 1;
  return full.length > 1 && isBucket ? full.slice(0, -1) : full;
}
