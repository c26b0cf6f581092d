import type { IncomingMessage } from "node:http";
import { AwsError } from "../protocol/aws-error.ts";

/** The largest body of a call that is not a stream. AWS's own limits are lower; this bounds memory. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;

const EMPTY = Buffer.alloc(0);

/**
 * Reads a whole body.
 * @throws AwsError `RequestEntityTooLarge` (413) past {@link MAX_BODY_BYTES}; the fault of the connection where it ends
 *   early (`ECONNRESET`)
 */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES)
    return Promise.reject(tooLarge());
  // By events: an iterator over the request costs more than most calls.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) return void chunks.push(chunk);
      // The rest is let in and dropped: the answer goes out on this connection.
      chunks.length = 0;
      reject(tooLarge());
    });
    request.on("end", () => resolve(joined(chunks, size)));
    request.on("error", reject);
  });
}

function joined(chunks: readonly Buffer[], size: number): Buffer {
  if (chunks.length === 0) return EMPTY;
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}

function tooLarge(): AwsError {
  const message = `The request body is larger than ${MAX_BODY_BYTES} bytes.`;
  return new AwsError("RequestEntityTooLarge", message, { status: 413 });
}
