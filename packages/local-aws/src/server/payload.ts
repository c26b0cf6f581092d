import { createHash } from "node:crypto";
import { Transform, type Readable } from "node:stream";
import { AwsError } from "../protocol/aws-error.ts";
import type { WireRequest } from "../protocol/wire-types.ts";
import { AwsChunkedDecoder } from "../protocol/chunked.ts";
import { CHECKSUM_ALGORITHMS, createDigest } from "../services/s3/checksums.ts";
import type { Authenticated } from "./auth/authenticator.ts";
import { createChunkVerifier } from "./auth/chunk-signatures.ts";
import type { SignedRequest } from "./auth/signed-request.ts";

const SHA256 = /^[0-9a-f]{64}$/;
const STREAMS: ReadonlySet<string> = new Set([
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
]);

/**
 * The payload of a request to S3, checked while it is read: against the stated SHA-256, or, in `aws-chunked` form,
 * against each chunk's signature, the framing taken off. A mismatch destroys the stream with an AwsError, which is for
 * whoever reads it: where nobody does, it concerns nobody.
 * @throws AwsError where what is stated is missing or none of these
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export function payloadStream(
  body: Readable,
  request: WireRequest,
  signed: SignedRequest,
  caller: Authenticated,
): Readable {
  const stated = request.headers["x-amz-content-sha256"];
  if (stated === undefined) {
    // With `--credentials any` nothing is verified: there is no key.
    if (signed.expiresSeconds === undefined && caller.signingKey) throw missingHash();
    return body;
  }
  if (STREAMS.has(stated)) {
    const isSigned = stated.startsWith("STREAMING-AWS4-");
    const key = caller.signingKey;
    const verify = key && isSigned ? createChunkVerifier(key, signed) : undefined;
    return forward(body, new AwsChunkedDecoder({ verify }));
  }
  if (stated === "UNSIGNED-PAYLOAD") return body;
  if (!SHA256.test(stated)) throw unreadableHash(stated);
  return forward(body, new HashCheck(stated));
}

function forward(source: Readable, transform: Transform): Readable {
  source.once("error", (error) => transform.destroy(error));
  // A stream without a listener ends the process; its reader, if there is one, has its own.
  transform.on("error", () => source.unpipe(transform).resume());
  return source.pipe(transform);
}

function missingHash(): AwsError {
  const message = "Missing required header for this request: x-amz-content-sha256";
  return new AwsError("InvalidRequest", message, { status: 400 });
}

function unreadableHash(stated: string): AwsError {
  const message =
    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.";
  const fields = { ArgumentName: "x-amz-content-sha256", ArgumentValue: stated };
  return new AwsError("InvalidArgument", message, { status: 400, fields });
}

class HashCheck extends Transform {
  readonly #hash = createHash("sha256");
  readonly #stated: string;

  constructor(stated: string) {
    super();
    this.#stated = stated;
  }

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error: null, chunk: Buffer) => void,
  ): void {
    this.#hash.update(chunk);
    done(null, chunk);
  }

  override _flush(done: (error?: Error) => void): void {
    const actual = this.#hash.digest("hex");
    if (actual === this.#stated) return done();
    done(
      new AwsError(
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        { fields: { ClientComputedContentSHA256: this.#stated, S3ComputedContentSHA256: actual } },
      ),
    );
  }
}

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
