import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { WireRequest } from "../protocol/wire-types.ts";
import type { Sender } from "../services/iam/authorizer.ts";

/** Where a request comes from. What comes from this machine counts as coming from its home. */
export function senderOf({ socket, headers }: IncomingMessage, home: string): Sender {
  const address = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  const isHere = address.startsWith("127.") || address === "::1";
  return { address: isHere ? home : address, userAgent: headers["user-agent"] };
}

/** A request's head, with the body still to be read. */
export function toWireRequest(incoming: IncomingMessage): WireRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(",") : value;
  }
  return { method: incoming.method ?? "GET", url: incoming.url ?? "/", headers, body: incoming };
}

/** Waits for a body's first bytes, so that one that cannot be read is told by an error and not by a cut. */
export function opened(body: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    body.once("readable", resolve).once("end", resolve).once("error", reject);
  });
}

/** Whether the other side has gone. */
export function isAborted(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE";
}
