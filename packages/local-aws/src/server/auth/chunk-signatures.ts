import { createHmac } from "node:crypto";
import { AwsError } from "../../protocol/aws-error.ts";
import { EMPTY_SHA256, sameSignature, scopeOf, sha256Hex } from "./signature.ts";
import type { SignedRequest } from "./signed-request.ts";

/**
 * Checks the chunks of one `aws-chunked` body in their order; each signature takes in the one before it.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export interface ChunkVerifier {
  /** @throws AwsError `SignatureDoesNotMatch` */
  chunk(data: Buffer, signature: string | undefined): void;
  /** @param trailers the trailing headers as `name:value\n` each, without the signature. @throws AwsError */
  trailer(trailers: string, signature: string | undefined): void;
}

/** Makes the verifier of a request whose own signature has been checked with `key`. */
export function createChunkVerifier(key: Buffer, signed: SignedRequest): ChunkVerifier {
  let previous = signed.signature;
  const check = (algorithm: string, hashes: string, signature: string | undefined) => {
    const toSign = `${algorithm}\n${signed.timestamp}\n${scopeOf(signed)}\n${previous}\n${hashes}`;
    const expected = createHmac("sha256", key).update(toSign).digest("hex");
    if (!signature || !sameSignature(expected, signature)) {
      throw new AwsError(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        { status: 403 },
      );
    }
    previous = expected;
  };
  return {
    chunk: (data, signature) =>
      check("AWS4-HMAC-SHA256-PAYLOAD", `${EMPTY_SHA256}\n${sha256Hex(data)}`, signature),
    trailer: (trailers, signature) =>
      check("AWS4-HMAC-SHA256-TRAILER", sha256Hex(trailers), signature),
  };
}
