import { createHash, randomUUID } from "node:crypto";

/**
 * One message of a Session Manager data channel. Numbers are big-endian; the layout is that of the `message` package of
 * https://github.com/aws/session-manager-plugin.
 *
 * | offset | bytes | what it is                                                          |
 * | ------ | ----- | ------------------------------------------------------------------- |
 * | 0      | 4     | length of the header up to the payload's length: 116                |
 * | 4      | 32    | type of the message, filled up with spaces                          |
 * | 36     | 4     | version of the schema: 1                                            |
 * | 40     | 8     | when it was made, in milliseconds since 1970                        |
 * | 48     | 8     | its number in the stream                                            |
 * | 56     | 8     | flags: 1 for the first of a stream, 2 for the last                  |
 * | 64     | 16    | its id, a UUID whose halves stand the other way round               |
 * | 80     | 32    | SHA-256 of the payload                                              |
 * | 112    | 4     | type of the payload                                                 |
 * | 116    | 4     | length of the payload, which follows                                |
 */
export interface AgentMessage {
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly sequence: number;
  readonly flags: number;
  readonly id: string;
  readonly payloadType: number;
  readonly payload: Buffer;
}

export const MESSAGE_TYPE = {
  input: "input_stream_data",
  output: "output_stream_data",
  acknowledge: "acknowledge",
  closed: "channel_closed",
} as const;

export const PAYLOAD = {
  output: 1,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  flag: 10,
} as const;

/** What a payload of the type `flag` can ask for. */
export const TERMINATE_SESSION = 2;

const HEADER_LENGTH = 116;
const PAYLOAD_AT = HEADER_LENGTH + 4;
const SCHEMA_VERSION = 1;

/** A message is not one. */
export class MalformedMessageError extends Error {
  override readonly name = "MalformedMessageError";
}

/** Makes a message with an id of its own. */
export function toMessage(
  message: Pick<AgentMessage, "type" | "createdAt" | "payload"> & Partial<AgentMessage>,
): AgentMessage {
  return { sequence: 0, flags: 0, id: randomUUID(), payloadType: 0, ...message };
}

export function encodeMessage(message: AgentMessage): Buffer {
  const { payload } = message;
  const bytes = Buffer.alloc(PAYLOAD_AT + payload.length);
  bytes.writeUInt32BE(HEADER_LENGTH, 0);
  bytes.write(message.type.padEnd(32), 4, 32, "utf8");
  bytes.writeUInt32BE(SCHEMA_VERSION, 36);
  bytes.writeBigUInt64BE(BigInt(message.createdAt), 40);
  bytes.writeBigInt64BE(BigInt(message.sequence), 48);
  bytes.writeBigUInt64BE(BigInt(message.flags), 56);
  const id = Buffer.from(message.id.replaceAll("-", ""), "hex");
  id.copy(bytes, 64, 8, 16);
  id.copy(bytes, 72, 0, 8);
  digest(payload).copy(bytes, 80);
  bytes.writeUInt32BE(message.payloadType, 112);
  bytes.writeUInt32BE(payload.length, 116);
  payload.copy(bytes, PAYLOAD_AT);
  return bytes;
}

/** @throws MalformedMessageError where it is cut off, or its payload is not the one that it names */
export function decodeMessage(bytes: Buffer): AgentMessage {
  if (bytes.length < PAYLOAD_AT)
    throw new MalformedMessageError(`a message has ${PAYLOAD_AT} bytes at least`);
  const start = bytes.readUInt32BE(0) + 4;
  const length = bytes.readUInt32BE(116);
  const payload = bytes.subarray(start, start + length);
  if (start < PAYLOAD_AT || payload.length !== length)
    throw new MalformedMessageError("a message is not as long as it says");
  if (length > 0 && !digest(payload).equals(bytes.subarray(80, 112)))
    throw new MalformedMessageError("a message's payload is not the one that it names");
  const hex = Buffer.concat([bytes.subarray(72, 80), bytes.subarray(64, 72)]).toString("hex");
  return {
    type: bytes.toString("utf8", 4, 36).replace(/[\0 ]+$/, ""),
    createdAt: Number(bytes.readBigUInt64BE(40)),
    sequence: Number(bytes.readBigInt64BE(48)),
    flags: Number(bytes.readBigUInt64BE(56)),
    id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
    payloadType: bytes.readUInt32BE(112),
    payload,
  };
}

const digest = (payload: Buffer): Buffer => createHash("sha256").update(payload).digest();

/** The answer to a message that has come. */
export function acknowledgeOf(message: AgentMessage, createdAt: number): AgentMessage {
  const content = {
    AcknowledgedMessageType: message.type,
    AcknowledgedMessageId: message.id,
    AcknowledgedMessageSequenceNumber: message.sequence,
    IsSequentialMessage: true,
  };
  const payload = Buffer.from(JSON.stringify(content));
  return toMessage({ type: MESSAGE_TYPE.acknowledge, createdAt, flags: 3, payload });
}

/** The number of the message that an acknowledgement is of. @throws MalformedMessageError */
export function acknowledgedBy({ payload }: AgentMessage): number {
  const { AcknowledgedMessageSequenceNumber: sequence } = readJson(payload);
  if (typeof sequence !== "number")
    throw new MalformedMessageError("an acknowledgement names no message");
  return sequence;
}

/** @throws MalformedMessageError where it is no object */
export function readJson(payload: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString("utf8"));
  } catch (error) {
    throw new MalformedMessageError("a payload is no JSON", { cause: error });
  }
  if (typeof value !== "object" || value === null)
    throw new MalformedMessageError("a payload is no JSON object");
  return value as Record<string, unknown>;
}
