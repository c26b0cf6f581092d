/** What a name server is asked. Types as RFC 1035 section 3.2.2 and RFC 3596 number them. */
export interface Question {
  readonly id: number;
  /** In lower case, without the dot at its end. */
  readonly name: string;
  readonly type: number;
}

export const TYPE_A = 1;

const HEADER_BYTES = 12;
const CLASS_IN = 1;
/** Answer, authoritative, recursion desired and available. */
const ANSWER_FLAGS = 0x8580;
const NAME_ERROR = 3;
const SERVER_FAILURE = 2;
/** Names in the VPC's own zones change as tasks come and go. */
const TTL_SECONDS = 5;

/** Reads a query of one question, as all resolvers send them; undefined where it is something else. */
export function readQuestion(packet: Buffer): Question | undefined {
  if (packet.length < HEADER_BYTES + 5 || packet.readUInt16BE(4) !== 1) return undefined;
  if ((packet[2]! & 0xf8) !== 0) return undefined;
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (;;) {
    const length = packet[at];
    if (length === undefined || length > 63 || at + length + 5 > packet.length) return undefined;
    at += 1;
    if (length === 0) break;
    labels.push(packet.toString("latin1", at, at + length));
    at += length;
  }
  return {
    id: packet.readUInt16BE(0),
    name: labels.join(".").toLowerCase(),
    type: packet.readUInt16BE(at),
  };
}

/** The answer with these IPv4 addresses; none where the name has others than were asked for. */
export function addressAnswer(query: Buffer, addresses: readonly string[]): Buffer {
  const head = answerHead(query, addresses.length, 0);
  const records = addresses.map((address) => {
    const record = Buffer.alloc(16);
    // The name is the question's, which stands behind the header.
    record.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
    record.writeUInt16BE(TYPE_A, 2);
    record.writeUInt16BE(CLASS_IN, 4);
    record.writeUInt32BE(TTL_SECONDS, 6);
    record.writeUInt16BE(4, 10);
    address.split(".").forEach((part, index) => record.writeUInt8(Number(part), 12 + index));
    return record;
  });
  return Buffer.concat([head, ...records]);
}

export const noSuchName = (query: Buffer): Buffer => answerHead(query, 0, NAME_ERROR);

export const serverFailure = (query: Buffer): Buffer => answerHead(query, 0, SERVER_FAILURE);

/** The header and the question, without what may follow it. */
function answerHead(query: Buffer, answers: number, code: number): Buffer {
  let end = HEADER_BYTES;
  while (query[end] !== 0) end += query[end]! + 1;
  const head = Buffer.from(query.subarray(0, end + 5));
  head.writeUInt16BE(ANSWER_FLAGS | code, 2);
  head.writeUInt16BE(answers, 6);
  head.writeUInt32BE(0, 8);
  return head;
}
