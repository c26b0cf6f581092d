import { createHash } from "node:crypto";
import { Transform, type Readable } from "node:stream";
import { AwsError } from "../protocol/aws-error.ts";
import type { WireRequest } from "../protocol/wire-types.ts";
import type { Authenticated } from "./auth/authenticator.ts";
import { createChunkVerifier } from "./auth/chunk-signatures.ts";
import type { SignedRequest } from "./auth/signed-request.ts";
import { AwsChunkedDecoder } from "../protocol/chunked.ts";

/**
 * The payload of a streaming request, checked while it is read: against the stated SHA-256, or, in `aws-chunked` form,
 * against each chunk's signature, the framing taken off. A mismatch destroys the stream with an AwsError.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export function payloadStream(
  body: Readable,
  request: WireRequest,
  signed: SignedRequest | undefined,
  caller: Authenticated,
): Readable {
  const stated = request.headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD";
  if (stated.startsWith("STREAMING-")) {
    const verify =
      signed && caller.signingKey && stated.startsWith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
        ? createChunkVerifier(caller.signingKey, signed)
        : undefined;
    return forward(body, new AwsChunkedDecoder({ verify }));
  }
  return /^[0-9a-f]{64}$/.test(stated) ? forward(body, new HashCheck(stated)) : body;
}

function forward(source: Readable, transform: Transform): Readable {
  source.once("error", (error) => transform.destroy(error));
  return source.pipe(transform);
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
