import { gunzipSync } from "node:zlib";
import { decodeMulti, decodeMultiStream, ExtensionCodec } from "@msgpack/msgpack";
import type { LogEvent } from "../event.ts";

/** What one message brings, and what its sender wants to be told when it is here. */
export interface Batch {
  readonly tag: string;
  readonly events: readonly LogEvent[];
  readonly chunk: string | undefined;
}

/** Seconds and nanoseconds. https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1#eventtime-ext-format */
const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: 0,
  encode: () => null,
  decode: (bytes) => {
    const at = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return at.getUint32(0) + at.getUint32(4) / 1e9;
  },
});

/**
 * Reads the messages of a connection, in all four modes.
 * @throws Error where it is not the forward protocol
 * @see https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1#event-modes
 */
export async function* forwardMessages(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Batch> {
  for await (const message of decodeMultiStream(stream, { extensionCodec })) {
    if (!Array.isArray(message) || typeof message[0] !== "string")
      throw new Error("no message of the forward protocol");
    yield toBatch(message[0], message.slice(1));
  }
}

function toBatch(tag: string, [second, third, fourth]: readonly unknown[]): Batch {
  if (Array.isArray(second)) return { tag, events: second.map(toEvent), chunk: chunkOf(third) };
  if (second instanceof Uint8Array || typeof second === "string") {
    const bytes = Buffer.from(second as Uint8Array);
    const { compressed } = (third ?? {}) as { compressed?: unknown };
    const plain = compressed === "gzip" ? gunzipSync(bytes) : bytes;
    const events = Array.from(decodeMulti(plain, { extensionCodec }), toEvent);
    return { tag, events, chunk: chunkOf(third) };
  }
  return { tag, events: [toEvent([second, third])], chunk: chunkOf(fourth) };
}

function toEvent(entry: unknown): LogEvent {
  const [time, record] = entry as [unknown, LogEvent["record"]];
  // Fluent Bit itself sends times with metadata beside.
  const at = Array.isArray(time) ? (time[0] as unknown) : time;
  return { time: Number(at), record };
}

const chunkOf = (option: unknown) => {
  const { chunk } = (option ?? {}) as { chunk?: unknown };
  return typeof chunk === "string" ? chunk : undefined;
};
