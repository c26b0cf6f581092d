import { encode, ExtData } from "@msgpack/msgpack";

/** A line, as it is sent on: when it was written, and what is said of it. */
export interface ForwardEntry {
  readonly tag: string;
  /** Wall time in milliseconds. */
  readonly at: number;
  readonly record: Readonly<Record<string, string>>;
  /** Whether the time is told to the nanosecond, and not to the second. */
  readonly subSecond: boolean;
  /** What the receiver is to answer when it has the line. */
  readonly chunk?: string | undefined;
}

/** A line in message mode. https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1#message-modes */
export function forwardMessage({ tag, at, record, subSecond, chunk }: ForwardEntry): Uint8Array {
  const time = subSecond ? eventTime(at) : Math.floor(at / 1000);
  return encode(chunk === undefined ? [tag, time, record] : [tag, time, record, { chunk }]);
}

/** Seconds and nanoseconds. https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1#eventtime-ext-format */
function eventTime(at: number): ExtData {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(Math.floor(at / 1000), 0);
  bytes.writeUInt32BE((at % 1000) * 1_000_000, 4);
  return new ExtData(0, bytes);
}
