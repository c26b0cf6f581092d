import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { AwsError } from "./aws-error.ts";
import type { ProtocolGuess } from "./wire-types.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** What a call to a service that is not in the table below may bring. The largest document that AWS documents is smaller. */
const DEFAULT_LIMIT_BYTES = MIB;

/**
 * Services whose documented limits allow longer bodies:
 * - Logs takes 1 MiB of messages, which JSON in pure ASCII writes in up to three times as many bytes:
 *   https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 * - SQS takes 1 MiB of messages, of which a form may write each byte as three:
 *   https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 * - ECR's manifests have up to 4 MiB, in JSON once more:
 *   https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests
 * - S3's longest document, the list of a multipart upload's 10,000 parts with a checksum each, has some 2 MiB:
 *   https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
const LIMITS_BYTES: Readonly<Record<string, number>> = {
  logs: 4 * MIB,
  ecr: 6 * MIB,
  s3: 4 * MIB,
  sqs: 4 * MIB,
};

/** The longest body of any call that is not a stream. */
export const MAX_BODY_BYTES = 6 * MIB;

/** How long a body that is not a stream may be, in bytes, for a service that may not be known. */
export function bodyLimit({ service }: ProtocolGuess): number {
  return (service && LIMITS_BYTES[service]) || DEFAULT_LIMIT_BYTES;
}

const EMPTY = Buffer.alloc(0);

/**
 * Reads a whole body.
 * @throws AwsError `RequestEntityTooLarge` (413) past `limit` bytes; the fault of the connection where it ends early
 *   (`ECONNRESET`)
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const isTooLong = Number(request.headers["content-length"] ?? 0) > limit;
  return isTooLong ? Promise.reject(tooLarge(limit)) : readAll(request, limit);
}

/** Reads a stream to its end; see {@link readBody}. */
export function readAll(stream: Readable, limit: number): Promise<Buffer> {
  // By events: an iterator over the request costs more than most calls.
  return new Promise((resolve, reject) => {
    // Node tells nobody of an end before anybody listened, nor again.
    if (stream.destroyed) return reject(stream.errored ?? cutOff());
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      // The rest is let in and dropped: the answer goes out on this connection.
      chunks.length = 0;
      reject(tooLarge(limit));
    });
    // An end comes before the close: an error for each body that is whole would cost more than reading it.
    const cut = () => reject(cutOff());
    stream.on("end", () => {
      stream.off("close", cut);
      resolve(joined(chunks, size));
    });
    stream.on("error", reject);
    stream.on("close", cut);
  });
}

/** As Node names a request whose sender has gone. */
function cutOff(): Error {
  return Object.assign(new Error("aborted"), { code: "ECONNRESET" });
}

function joined(chunks: readonly Buffer[], size: number): Buffer {
  if (chunks.length === 0) return EMPTY;
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}

function tooLarge(limit: number): AwsError {
  const message = `The request body is larger than ${limit} bytes.`;
  return new AwsError("RequestEntityTooLarge", message, { status: 413 });
}
