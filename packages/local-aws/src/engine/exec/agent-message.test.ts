import { expect, test } from "vitest";
import {
  acknowledgedBy,
  acknowledgeOf,
  decodeMessage,
  encodeMessage,
  MalformedMessageError,
  toMessage,
} from "./agent-message.ts";

const SIZE = toMessage({
  type: "input_stream_data",
  createdAt: 0x0102030405,
  sequence: 7,
  flags: 3,
  id: "00112233-4455-6677-8899-aabbccddeeff",
  payloadType: 3,
  payload: Buffer.from('{"cols":80,"rows":24}'),
});

/** Field by field, as the message package of Session Manager's plugin lays them out. */
const BYTES = [
  "00000074",
  Buffer.from("input_stream_data".padEnd(32)).toString("hex"),
  "00000001",
  "0000000102030405",
  "0000000000000007",
  "0000000000000003",
  "8899aabbccddeeff0011223344556677",
  "d53ca1ea7dce87c11432052a8550ed2615cf715ca843c89710ed83325b691cba",
  "00000003",
  "00000015",
  Buffer.from('{"cols":80,"rows":24}').toString("hex"),
];

test("a message has the bytes of AWS's plugin, and is read from them", () => {
  const bytes = encodeMessage(SIZE);
  let at = 0;
  const fields = BYTES.map((field) => {
    const taken = bytes.subarray(at, (at += field.length / 2));
    return taken.toString("hex");
  });
  expect(fields).toEqual(BYTES);
  expect(bytes).toHaveLength(at);
  expect(decodeMessage(bytes)).toEqual(SIZE);
});

test("an acknowledgement names the message that has come", () => {
  const answer = acknowledgeOf(SIZE, 1);
  expect(JSON.parse(answer.payload.toString())).toEqual({
    AcknowledgedMessageType: "input_stream_data",
    AcknowledgedMessageId: SIZE.id,
    AcknowledgedMessageSequenceNumber: 7,
    IsSequentialMessage: true,
  });
  expect(acknowledgedBy(decodeMessage(encodeMessage(answer)))).toBe(7);
});

test("what is cut off, or has another payload than it names, is no message", () => {
  const bytes = encodeMessage(SIZE);
  const other = Buffer.from(bytes);
  other[other.length - 1]! ^= 1;
  const long = Buffer.from(bytes);
  long.writeUInt32BE(0xffff_ffff, 0);
  for (const wrong of [bytes.subarray(0, 50), bytes.subarray(0, -1), other, long])
    expect(() => decodeMessage(wrong)).toThrow(MalformedMessageError);
});
