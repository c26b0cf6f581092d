/**
 * One field of a message in protobuf's wire format.
 * https://protobuf.dev/programming-guides/encoding/
 */
export interface Field {
  readonly number: number;
  /** What a length-delimited field holds; empty for any other kind. */
  readonly value: Buffer;
  /** The whole field, tag and length included, as it was sent. */
  readonly raw: Buffer;
}

/** @throws RangeError where the bytes are no message */
export function* fieldsOf(message: Buffer): Generator<Field> {
  for (let at = 0; at < message.length;) {
    const tag = readVarint(message, at);
    const number = Math.floor(tag.value / 8);
    const start = tag.next;
    let from = start;
    let to = start;
    switch (tag.value % 8) {
      case 0:
        to = from = readVarint(message, start).next;
        break;
      case 1:
        to = from = start + 8;
        break;
      case 2: {
        const length = readVarint(message, start);
        from = length.next;
        to = from + length.value;
        break;
      }
      case 5:
        to = from = start + 4;
        break;
      default:
        throw new RangeError(`field ${number} has a wire type that is not in use`);
    }
    if (to > message.length) throw new RangeError(`field ${number} ends after its message`);
    yield { number, value: message.subarray(from, to), raw: message.subarray(at, to) };
    at = to;
  }
}

function readVarint(bytes: Buffer, at: number): { value: number; next: number } {
  let value = 0;
  for (let index = at; index < bytes.length; index++) {
    const byte = bytes[index]!;
    value += (byte & 0x7f) * 2 ** (7 * (index - at));
    if (byte < 0x80) return { value, next: index + 1 };
  }
  throw new RangeError("a number ends after its message");
}
