import { createHash } from "node:crypto";
import { AwsError } from "../protocol/aws-error.ts";
import { CHECKSUM_ALGORITHMS, createDigest } from "../services/s3/checksums.ts";

type Headers = Readonly<Record<string, string>>;

const MD5_BYTES = 16;

/** Operations that S3 takes with a digest alone, as their pages in the API reference say. */
const NEEDS_DIGEST: ReadonlySet<string> = new Set([
  "DeleteObjects",
  "PutBucketCors",
  "PutBucketLifecycleConfiguration",
]);

/**
 * Compares a document sent to S3 with the digests that its sender states, in headers or in trailers.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 * @throws AwsError `InvalidRequest` where one is needed, `BadDigest`, and `InvalidDigest` for an MD5 that is none
 */
export function checkDigests(
  operation: string,
  headers: Headers,
  body: Buffer,
  trailers: Headers,
): void {
  const md5 = headers["content-md5"];
  const isStated = [headers, trailers].some((each) =>
    Object.keys(each).some((name) => /^x-amz-checksum-(?!algorithm|type|mode)/.test(name)),
  );
  if (md5 === undefined && !isStated && NEEDS_DIGEST.has(operation)) {
    throw new AwsError(
      "InvalidRequest",
      "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
      { status: 400 },
    );
  }
  if (md5 !== undefined) {
    if (Buffer.from(md5, "base64").length !== MD5_BYTES)
      throw new AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.");
    if (createHash("md5").update(body).digest("base64") !== md5)
      throw new AwsError(
        "BadDigest",
        "The Content-MD5 you specified did not match what we received.",
      );
  }
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const name = `x-amz-checksum-${algorithm.toLowerCase()}`;
    const stated = headers[name] ?? trailers[name];
    if (stated === undefined) continue;
    const digest = createDigest(algorithm);
    digest.update(body);
    if (digest.digest() !== stated)
      throw new AwsError(
        "BadDigest",
        `The ${algorithm} you specified did not match the calculated checksum.`,
      );
  }
}
