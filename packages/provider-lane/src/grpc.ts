import type {
  ClientHttp2Session,
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
  ServerHttp2Stream,
} from "node:http2";
import type { Readable } from "node:stream";

/** A call that has one message in it, as it came; passed on, it stays what it is. */
export interface Call {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The caller waits no longer. */
  readonly signal: AbortSignal;
}

/** What came of a call. Without trailers, the headers say why there is no message. */
export interface Answer {
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
  readonly trailers: OutgoingHttpHeaders | undefined;
}

/** The connection to a provider has broken before it has answered. */
export class BrokenCall extends Error {
  override readonly name = "BrokenCall";
}

const PREFIX_LENGTH = 5;

/**
 * The message in a body; undefined where there is none, or where it is compressed.
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export function messageOf(body: Buffer): Buffer | undefined {
  if (body.length < PREFIX_LENGTH || body[0] !== 0) return undefined;
  return body.subarray(PREFIX_LENGTH, PREFIX_LENGTH + body.readUInt32BE(1));
}

/** A body of one message. */
export function toBody(message: Buffer): Buffer {
  const prefix = Buffer.alloc(PREFIX_LENGTH);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** An answer without a message: status 0 is success. https://grpc.io/docs/guides/status-codes/ */
export function statusOnly(status: number, message: string): Answer {
  const headers = {
    ":status": 200,
    "content-type": "application/grpc",
    "grpc-status": String(status),
    "grpc-message": encodeURIComponent(message).replaceAll("%20", " "),
  };
  return { headers, body: Buffer.alloc(0), trailers: undefined };
}

/** An answer with one message and no complaint. */
export function succeeded(body: Buffer): Answer {
  const headers = { ":status": 200, "content-type": "application/grpc" };
  return { headers, body, trailers: { "grpc-status": "0" } };
}

export function isSuccess({ headers, trailers }: Answer): boolean {
  return (trailers ?? headers)["grpc-status"] === "0";
}

/** All of a stream. */
export async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** @throws {BrokenCall} where the other side is gone before it has answered, or while it does */
export async function send(session: ClientHttp2Session, call: Call): Promise<Answer> {
  const { headers, body, signal } = call;
  let answered: OutgoingHttpHeaders | undefined;
  let trailers: OutgoingHttpHeaders | undefined;
  try {
    const stream = session.request(headers as OutgoingHttpHeaders, { endStream: false, signal });
    stream.once("response", (received) => (answered = received));
    stream.once("trailers", (received) => (trailers = received));
    stream.end(body);
    const received = await readAll(stream);
    if (answered && (trailers ?? answered)["grpc-status"] !== undefined)
      return { headers: answered, body: received, trailers };
  } catch (error) {
    signal.throwIfAborted();
    throw new BrokenCall(`the provider has not answered ${headers[":path"]}`, { cause: error });
  }
  signal.throwIfAborted();
  throw new BrokenCall(`the provider has not answered ${headers[":path"]}`);
}

/** Writes an answer, unless the caller has gone. */
export function answer(stream: ServerHttp2Stream, { headers, body, trailers }: Answer): void {
  if (stream.destroyed || stream.closed) return;
  if (!trailers) {
    stream.respond(headers, { endStream: true });
    return;
  }
  stream.once("wantTrailers", () => stream.sendTrailers(trailers));
  stream.respond(headers, { waitForTrailers: true });
  stream.end(body);
}

/** A stream on which nothing will ever be said, open for as long as the caller wants. */
export function holdOpen(stream: ServerHttp2Stream): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc" });
  stream.resume();
}

/** For both sides: a schema is 5 MB, and Node's own limits are for web pages. */
export const LIMITS = {
  maxSessionMemory: 1000,
  settings: { initialWindowSize: 16 * 2 ** 20 },
} as const;

/** gRPC's codes that are given here. */
export const CODES = { ok: 0, unavailable: 14 } as const;
