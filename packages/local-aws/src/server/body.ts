import type { IncomingMessage } from "node:http";
import { AwsError } from "../protocol/aws-error.ts";

/** The largest body of a call that is not a stream. AWS's own limits are lower; this bounds memory. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;

const EMPTY = Buffer.alloc(0);

/**
 * Reads a whole body.
 * @throws AwsError `RequestEntityTooLarge` (413) past {@link MAX_BODY_BYTES}
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = () =>
    new AwsError(
      "RequestEntityTooLarge",
      `The request body is larger than ${MAX_BODY_BYTES} bytes.`,
      { status: 413 },
    );
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  // The socket must outlive an early end: the answer goes out on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return chunks.length === 0
    ? EMPTY
    : chunks.length === 1
      ? chunks[0]!
      : Buffer.concat(chunks, size);
}
